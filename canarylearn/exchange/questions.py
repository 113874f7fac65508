"""What travels between systems: questions with choices, made of items by running them, or read from a file."""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from math import prod

from canarylearn.dialects.errors import Located
from canarylearn.engine import Scenario
from canarylearn.exchange.marks import pack
from canarylearn.items.binding import bind
from canarylearn.items.explaining import headline
from canarylearn.items.judging import Judgement, judge
from canarylearn.items.spec import BLANK, LINES, Answer, Item

MOST_QUESTIONS = 500
"""More questions in one file are refused."""


@dataclass(frozen=True, kw_only=True)
class Choice:
    """One thing to pick. Whether it is right was found by running it, or is what another system says."""

    text: str
    right: bool
    feedback: str = ""


@dataclass(frozen=True, kw_only=True)
class Blank:
    """A place with choices of its own; a multiple-choice question has one."""

    name: str
    choices: tuple[Choice, ...]


@dataclass(frozen=True, kw_only=True)
class Question:
    """A question as other systems know it.

    `text` is Markdown, and `code` what stands below it, with marks ⟦name⟧ where the blanks are. `mark` carries the item
    that it was made of, so that it can come back as that. `line` is where a file has it.
    """

    name: str
    text: str
    blanks: tuple[Blank, ...]
    code: str = ""
    mark: str = ""
    line: int = 1

    @property
    def is_choice(self) -> bool:
        """Whether it is multiple choice: one blank, and no code around it."""
        return len(self.blanks) == 1 and not BLANK.search(self.code)


@dataclass(frozen=True, kw_only=True)
class Read:
    """The questions of a file, and what of it did not come in."""

    questions: tuple[Question, ...]
    told: tuple[Located, ...]


def told(line: int, code: str, message: str) -> Located:
    """Something to say about a line of a file."""
    return Located(line=line, column=None, code=code, message=message)


def questions_of(items: Sequence[Item], scenarios: Mapping[str, Scenario]) -> tuple[tuple[Question, ...], list[str]]:
    """The items as questions, and what of them cannot go along."""
    made, lost = [], []
    for item in items:
        own = {slug: scenarios[slug] for slug in item.scenarios}
        passing = [answer for answer in item.assignments() if judge(item, own, answer).passed]
        if not _stand_alone(passing):
            lost.append(_say_left_out(item, passing))
            continue
        made.append(_question(item, own, passing[0], passing))
        lost += [f"{item.id}: {said}" for said in _lost(item)]
    return tuple(made), lost


def _stand_alone(passing: Sequence[Answer]) -> bool:
    """Whether each blank can be marked on its own: what passes is every combination of what may stand in each."""
    if not passing:
        return False
    may = {blank: {answer[blank] for answer in passing} for blank in passing[0]}
    return prod(len(options) for options in may.values()) == len(passing)


def _say_left_out(item: Item, passing: Sequence[Answer]) -> str:
    if not passing:
        return f"{item.id}: left out, since no answer passes; prove it first"
    return (
        f"{item.id}: left out, since {len(passing)} answers pass, and which option is right in one blank depends on "
        "the others; no format can mark that"
    )


def _lost(item: Item) -> Iterator[str]:
    if item.parameters:
        yield "goes out with the numbers as authored; its other variants come back with the mark alone"
    if item.kind == "order":
        yield "goes out as one list to choose from for each place, without feedback: half of an order cannot be run"
    elif len(item.blanks) > 1:
        yield "the feedback on each gap is what happens when all the other gaps are right"
    yield "hints, mistakes, the solution and the number of tries come back with the mark alone"


def _question(item: Item, scenarios: Mapping[str, Scenario], shown: Answer, passing: Sequence[Answer]) -> Question:
    blanks = []
    for blank in item.blanks:
        right = {answer[blank] for answer in passing}
        choices = [
            Choice(
                text=option.text,
                right=number in right,
                feedback="" if item.kind == "order" else _feedback(item, scenarios, {**shown, blank: number}),
            )
            for number, option in enumerate(item.options_for(blank))
        ]
        blanks.append(Blank(name=blank, choices=tuple(choices)))
    return Question(
        name=item.title,
        text=item.prompt.strip(),
        code=_code(item).strip("\n"),
        blanks=tuple(blanks),
        mark=pack(item, scenarios),
    )


def _code(item: Item) -> str:
    template = item.template or ""
    if item.kind == "order":
        lines = "\n".join(f"⟦{blank}⟧" for blank in item.blanks)
        return (item.template or LINES).replace(LINES, lines)
    if item.kind == "question":
        return "" if not BLANK.sub("", template).strip() else BLANK.sub("…", template)
    return template


def _feedback(item: Item, scenarios: Mapping[str, Scenario], answer: Answer) -> str:
    """What the answer did, as its runs show it."""
    judgement = judge(item, scenarios, answer)
    said = [f"{headline(judgement, dict(scenarios))}.", *_note(item, scenarios, judgement)]
    failed = judgement.first_failed
    if failed is not None and failed.goal in item.goals:
        said.append(f"Missed: {failed.goal.name}.")
    return " ".join(" ".join(said).split())


def _note(item: Item, scenarios: Mapping[str, Scenario], judgement: Judgement) -> Iterator[str]:
    for option in item.chosen(judgement.answer).values():
        if note := item.notes.get(option.text):
            try:
                yield bind(note, item, scenarios, judgement.answer)
            except ValueError:
                continue  # its numbers are those of a run that was refused, as the headline says


def one_a_blank(question: Question) -> Iterator[Question]:
    """The question as one multiple-choice question for each blank, for systems that know no others."""
    if question.is_choice:
        yield replace(question, text=with_code(question))
        return
    for number, blank in enumerate(question.blanks, start=1):
        name, asked = question.name, "What goes into the gap?"
        if len(question.blanks) > 1:
            name = f"{question.name} ({number} of {len(question.blanks)})"
            asked = f"What goes into gap {number}, `{blank.name}`?"
        text = f"{with_code(question)}\n\n{asked}"
        yield replace(
            question, name=name, text=text, code="", blanks=(blank,), mark=question.mark if number == 1 else ""
        )


def with_code(question: Question) -> str:
    """The question's text with its code below it, as Markdown."""
    if not question.code:
        return question.text
    code = BLANK.sub(lambda found: f"[{found[1]}]", question.code)
    return question.text + "\n\n" + "\n".join(f"    {line}".rstrip() for line in code.split("\n"))
