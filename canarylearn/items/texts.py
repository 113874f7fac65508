"""What is wrong with what an author wrote: bindings that lead nowhere, numbers no run shows, code that does not run."""

from collections.abc import Mapping

from canarylearn.engine import Scenario
from canarylearn.items.binding import bind, is_bound, speaks_of_other_answers, unbound_numbers
from canarylearn.items.judging import deploy, shown_seed
from canarylearn.items.problems import Problem
from canarylearn.items.spec import Answer, Contracts, Demonstration, Item


def text_problems(item: Item, scenarios: Mapping[str, Scenario]) -> list[Problem]:
    """Bindings that lead nowhere or tell too much, numbers no run shows, and code of the author's that does not run."""
    problems = []
    for place, text in _texts_after_the_run(item):
        problems += _binding_problems(place, text, item, scenarios, None)
    for option, note in item.notes.items():
        problems += _note_problems(option, note, item, scenarios)
    for place, text in (*_texts_after_the_run(item), *_notes(item)):
        for number in unbound_numbers(text, item, scenarios):
            message = (
                f"{place}: the number {number} is stated by no run, code or scenario; "
                "bind it as {{scenario: measure}}"
            )
            problems.append(Problem(code="number-without-run", message=message))
    for place, text in _texts_before_the_run(item):
        if is_bound(text):
            message = f"{place}: it is read before the run, so it cannot hold a number of a run; remove the {{{{ }}}}"
            problems.append(Problem(code="tells-too-early", message=message))
    return problems + _code_problems(item, scenarios)


def _binding_problems(
    place: str, text: str, item: Item, scenarios: Mapping[str, Scenario], answer: Answer | None
) -> list[Problem]:
    try:
        bind(text, item, scenarios, answer)
    except ValueError as error:
        return [Problem(code="bound-to-nothing", message=f"{place}: {error}")]
    return []


def _note_problems(option: str, note: str, item: Item, scenarios: Mapping[str, Scenario]) -> list[Problem]:
    """A note is read while tries may be left, beside each answer that holds its option: it speaks of that one alone."""
    place = f"note on {option}"
    if speaks_of_other_answers(note):
        message = f"{place}: it would show the run of another answer too early; write {{{{scenario: measure}}}}"
        return [Problem(code="tells-too-early", message=message)]
    beside = (answer for answer in item.assignments() if _holds(item, answer, option))
    found = (_binding_problems(place, note, item, scenarios, answer) for answer in beside)
    return next((problems for problems in found if problems), [])


def _holds(item: Item, answer: Answer, option: str) -> bool:
    return option in [chosen.text for chosen in item.chosen(answer).values()]


def _notes(item: Item) -> list[tuple[str, str]]:
    return [(f"note on {option}", note) for option, note in item.notes.items()]


def _texts_after_the_run(item: Item) -> list[tuple[str, str]]:
    texts = [(f"solution step {number}", text) for number, text in enumerate(item.solution, start=1)]
    texts += [(f"mistake {number}", text) for number, text in enumerate(item.mistakes, start=1)]
    return [*texts, ("quick check", item.quick_check)]


def _texts_before_the_run(item: Item) -> list[tuple[str, str]]:
    hints = [(f"hint {number}", text) for number, text in enumerate(item.hints, start=1)]
    return [("title", item.title), ("prompt", item.prompt), *hints]


def _code_problems(item: Item, scenarios: Mapping[str, Scenario]) -> list[Problem]:
    """Code of the author's that is refused where it should run, or runs where it should be refused."""
    first = scenarios[item.scenarios[0]]
    scripts = [
        (f"run {name!r}", script, scenarios[slug]) for name, script in item.runs.items() for slug in item.scenarios
    ]
    scripts += [(f"{part.title!r}", part.script, first) for part in item.afterwards if isinstance(part, Demonstration)]
    problems = {}
    for place, script, scenario in scripts:
        if refused := deploy(script, scenario, shown_seed(item)).refused:
            message = f"{place}, line {refused.line}: {refused.message}"
            problems[place] = Problem(code="code-refused", message=message)
    for part in item.afterwards:
        for name, template in part.templates.items() if isinstance(part, Contracts) else ():
            codes = [item.filled(answer, template) or "" for answer in item.assignments()]
            if all(deploy(code, first, shown_seed(item)).refused for code in codes):
                message = f"{part.title!r}: every option is refused under {name!r}"
                problems[message] = Problem(code="code-refused", message=message)
    if item.faulty is not None and deploy(item.with_faulty_code, first, shown_seed(item)).refused is None:
        problems["faulty"] = Problem(code="faulty-code-runs", message="the faulty code runs; show code that is refused")
    return list(problems.values())
