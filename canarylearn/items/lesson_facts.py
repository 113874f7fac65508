"""The numbers of a lesson: bound to its runs and to the cost of a decision, or refused."""

import hashlib
import json
import math
import re
from collections.abc import Iterator, Mapping

from canarylearn.engine import ENGINE_VERSION, MEASURES, Scenario, parse_share
from canarylearn.engine.deciding import cost_to_decide
from canarylearn.engine.quantities import NBSP, say_count, say_duration
from canarylearn.items.binding import NUMBER, say_measure
from canarylearn.items.judging import FIRST_SEED, Run, deploy
from canarylearn.items.lessons import Block, Calculator, Comparison, CostTable, Page, Shown, Words
from canarylearn.items.problems import Problem
from canarylearn.items.texts import text_problems

_RUN = re.compile(r"\{\{\s*(?P<run>[a-z][a-z0-9-]*):\s*(?P<measure>\w+)\s*\}\}")
_PERCENT = r"[\d.]+%"
_COST = re.compile(
    rf"\{{\{{\s*(?P<baseline>{_PERCENT}) to (?P<canary>{_PERCENT}) at (?P<share>{_PERCENT}):\s*(?P<what>\w+)\s*\}}\}}"
)
_CITED = re.compile(r"\[[^\]]*\]\(https?://[^)\s]+\)")
_COSTS = {"requests": "canary_requests", "all_requests": "all_requests"}
_LONG = 3 * 86400


def run_of(shown: Shown, scenarios: Mapping[str, Scenario]) -> Run:
    """The run of a script that a page shows."""
    return deploy(shown.script, scenarios[shown.scenario], FIRST_SEED)


def bind_words(text: str, page: Page, scenarios: Mapping[str, Scenario]) -> str:
    """The text with every bound number written out. Raises ValueError for a binding that leads nowhere."""
    bound = _RUN.sub(lambda found: _of_run(found, page, scenarios), text)
    bound = _COST.sub(_of_cost, bound)
    if "{{" in bound:
        place = bound.index("{{")
        raise ValueError(f"{bound[place : place + 40]!r} is bound to nothing; write {{{{run: measure}}}}")
    return bound


def _of_run(found: re.Match[str], page: Page, scenarios: Mapping[str, Scenario]) -> str:
    if found["run"] not in page.runs or found["measure"] not in MEASURES:
        raise ValueError(f"{found[0]} is bound to nothing; name a run of this page and a measure")
    return say_measure(run_of(page.runs[found["run"]], scenarios), found["measure"], found[0])


def _of_cost(found: re.Match[str]) -> str:
    if found["what"] not in _COSTS:
        raise ValueError(f"{found[0]} is bound to nothing; a decision's cost has {', '.join(_COSTS)}")
    rates = (parse_share(found["baseline"]), parse_share(found["canary"]), parse_share(found["share"]))
    return say_count(getattr(cost_to_decide(*rates, rate=1, users=1), _COSTS[found["what"]]))


def say_time(seconds: float) -> str:
    """A span of time as `say_duration` says it, in days from three days on."""
    if math.isinf(seconds) or seconds < _LONG:
        return say_duration(seconds)
    return f"{seconds / 86400:,.0f}{NBSP}days"


def page_digest(text: str, scenarios: Mapping[str, str]) -> str:
    """What a page shows depends on this: its file, the files of its scenarios, and the engine."""
    facts = json.dumps([text, scenarios, ENGINE_VERSION], sort_keys=True, ensure_ascii=False)
    return hashlib.sha256(facts.encode()).hexdigest()


def page_problems(page: Page, scenarios: Mapping[str, Scenario]) -> list[tuple[int, Problem]]:
    """Everything that keeps a page from being published, each with its line; its questions are proven apart."""
    problems = [*_code_problems(page, scenarios)]
    if problems:
        return problems  # what is bound to those runs could only complain of the same
    known = _stated(page, scenarios)
    for line, text in _texts(page):
        try:
            bind_words(text, page, scenarios)
        except ValueError as error:
            problems.append((line, Problem(code="bound-to-nothing", message=str(error))))
        for offset, number in _unbound(text, known):
            message = f"the number {number} is stated by no run, code, scenario or source; bind it or cite it"
            problems.append((line + offset, Problem(code="number-without-run", message=message)))
    for line, question in page.asked:
        found = text_problems(question, {slug: scenarios[slug] for slug in question.scenarios})
        problems += [(line, problem) for problem in found]
    return problems


def _code_problems(page: Page, scenarios: Mapping[str, Scenario]) -> Iterator[tuple[int, Problem]]:
    for shown in page.runs.values():
        run = run_of(shown, scenarios)
        if run.refused is not None:
            yield shown.line + run.refused.line, Problem(code="code-refused", message=run.refused.message)
        elif shown.way == "printed" and not run.output:
            yield shown.line, Problem(code="nothing-printed", message=f"{shown.name!r} prints nothing to show")


def _texts(page: Page) -> Iterator[tuple[int, str]]:
    """What is read on the page, each with the line it begins on."""
    yield 1, f"{page.facts.title}. {page.facts.summary}"
    for part in page.parts:
        if isinstance(part, Words):
            yield part.line, part.text
        elif isinstance(part, Block) and isinstance(part.spec, Comparison | CostTable):
            yield part.line, part.spec.title


def _unbound(text: str, known: set[str]) -> Iterator[tuple[int, str]]:
    """Numbers that come from nowhere, each with how many lines down it stands."""
    bare = _CITED.sub("", _COST.sub("", _RUN.sub("", text)))
    for offset, line in enumerate(bare.split("\n")):
        yield from ((offset, number) for number in NUMBER.findall(line) if number not in known)


def _stated(page: Page, scenarios: Mapping[str, Scenario]) -> set[str]:
    """The numbers that the code of a page, its tables and its scenarios state."""
    texts = [run.script for run in page.runs.values()]
    texts += [f"{scenarios[slug].title} {scenarios[slug].about}" for slug in page.scenarios]
    texts += [found[0] for _line, text in _texts(page) for found in _COST.finditer(text)]
    specs = [part.spec for part in page.parts if isinstance(part, Block)]
    for spec in specs:
        if isinstance(spec, CostTable | Calculator):
            texts += [f"{spec.share * 100:g} {spec.requests_per_second:g} {spec.users:,}"]
        if isinstance(spec, Calculator):
            texts += [f"{spec.baseline * 100:g} {spec.canary * 100:g}"]
        if isinstance(spec, CostTable):
            texts += [f"{rate * 100:g}" for pair in spec.pairs for rate in pair]
    return {number for text in texts for number in NUMBER.findall(text)}
