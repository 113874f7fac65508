"""Lessons: pages of Markdown in which code is run, releases are shown, and questions are judged where they stand.

A page begins with its facts between two lines of `---`. A line `::: word` opens a block, and a line `:::` closes it:

    ::: printed NAME in SCENARIO     canary script, run and shown with what it prints
    ::: release NAME in SCENARIO     canary script, run and shown as a timeline with figures; with `folded` at the end
                                     of the line, for whoever opens it
    ::: compare                      runs of this page side by side (YAML: title, runs, measures; folded: true)
    ::: cost                         a table of what decisions cost (YAML: title, pairs, share, and the traffic)
    ::: calculator                   a form for the same (YAML: what it begins with)
    ::: ask ID                       a question (YAML: as an item's, with prompt, options, scenarios, goals, notes)

In the text `{{NAME: measure}}` is a number of a run of this page, `{{1% to 2% at 5%: requests}}` one of a decision's
cost, and a number inside a link to a source is cited. Any other number must stand in the code or the scenarios.
"""

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, replace
from typing import Annotated, Literal, Self, TypeVar

from pydantic import BaseModel, BeforeValidator, Field, model_validator

from canarylearn.dialects.errors import Unreadable, unreadable
from canarylearn.engine import MEASURES, parse_share
from canarylearn.items.authored import Authored, Prose
from canarylearn.items.reading import read_as
from canarylearn.items.spec import Item

Spec = TypeVar("Spec", bound=BaseModel)

_OPENS = re.compile(r":::\s+(?P<word>[a-z]+)(?:\s+(?P<rest>\S.*?))?\s*")
_NAMED = re.compile(r"(?P<name>[a-z][a-z0-9-]{1,39}) in (?P<scenario>[a-z][a-z0-9-]{2,59})(?P<folded> folded)?")
_CLOSES = ":::"
_FACTS = "---"
_WORDS = "printed, release, compare, cost, calculator, ask"

Share = Annotated[float, BeforeValidator(parse_share), Field(gt=0, lt=1)]


class PageFacts(Authored):
    """What is listed of a page: its title, the minutes it takes, whether to test oneself first, and a summary."""

    title: Prose
    minutes: int = Field(ge=1, le=600)
    begin: Literal["jump in", "test first"]
    summary: Prose


class Question(Item):
    """A question of a lesson: an item with nothing but what is asked, and what must hold of the runs."""

    kind: Literal["question"] = "question"
    level: Literal["easy", "medium", "hard"] = "easy"
    title: Prose
    hints: tuple[Prose, ...] = ()
    mistakes: tuple[Prose, ...] = ()
    solution: tuple[Prose, ...] = ()
    quick_check: str = ""


class Comparison(Authored):
    """Measures of runs side by side; folded, it is opened by whoever wants to see it."""

    title: Prose
    runs: tuple[str, ...] = Field(min_length=2)
    measures: tuple[str, ...] = Field(min_length=1)
    folded: bool = False

    @model_validator(mode="after")
    def measures_exist(self) -> Self:
        """Each measure is one of the engine's."""
        if strays := [name for name in self.measures if name not in MEASURES]:
            raise ValueError(f"there is no measure {strays[0]!r}; choose one of {', '.join(MEASURES)}")
        return self


class _Traffic(Authored):
    share: Share
    requests_per_second: float = Field(gt=0, le=1e6)
    users: int = Field(ge=1, le=10**9)


class CostTable(_Traffic):
    """What it costs to notice each pair of error rates (stable, canary) at one share of one traffic."""

    title: Prose
    pairs: tuple[tuple[Share, Share], ...] = Field(min_length=1)

    @model_validator(mode="after")
    def v2_is_worse(self) -> Self:
        """Each pair has a harm to notice."""
        if any(canary <= baseline for baseline, canary in self.pairs):
            raise ValueError("a pair is [v1's error rate, v2's], and v2's is the higher one")
        return self


class Calculator(_Traffic):
    """What the form of the cost begins with."""

    baseline: Share
    canary: Share

    @model_validator(mode="after")
    def v2_is_worse(self) -> Self:
        """It begins with a harm to notice."""
        if self.canary <= self.baseline:
            raise ValueError("v2 (canary) has to fail more often than v1 (baseline)")
        return self


@dataclass(frozen=True, kw_only=True)
class Words:
    """Markdown between the blocks."""

    line: int
    text: str


@dataclass(frozen=True, kw_only=True)
class Shown:
    """A script that is run: `way` is 'printed' or 'release'."""

    line: int
    way: str
    name: str
    scenario: str
    script: str
    folded: bool = False


@dataclass(frozen=True, kw_only=True)
class Block:
    """A block of facts: a comparison, a table, a calculator or a question."""

    line: int
    spec: Comparison | CostTable | Calculator | Question


Part = Words | Shown | Block


@dataclass(frozen=True, kw_only=True)
class Page:
    """A page as it was read."""

    facts: PageFacts
    parts: tuple[Part, ...]

    @property
    def runs(self) -> dict[str, Shown]:
        """The scripts that are run, by their names."""
        return {part.name: part for part in self.parts if isinstance(part, Shown)}

    @property
    def questions(self) -> dict[str, Question]:
        """The questions, by their ids, in the order of the page."""
        return {question.id: question for _line, question in self.asked}

    @property
    def asked(self) -> list[tuple[int, Question]]:
        """The questions, each with the line it begins on."""
        blocks = [part for part in self.parts if isinstance(part, Block)]
        return [(block.line, block.spec) for block in blocks if isinstance(block.spec, Question)]

    @property
    def calculator(self) -> Calculator | None:
        """The form of the cost, if the page has one."""
        specs = [part.spec for part in self.parts if isinstance(part, Block)]
        return next((spec for spec in specs if isinstance(spec, Calculator)), None)

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The slugs of every scenario that something is run in."""
        asked = [slug for question in self.questions.values() for slug in question.scenarios]
        return tuple(sorted({*(run.scenario for run in self.runs.values()), *asked}))


def read_page(text: str) -> Page:
    """A page. Raises Unreadable with the line of each thing that is wrong."""
    lines = text.split("\n")
    if lines[0] != _FACTS or _FACTS not in lines[1:]:
        raise unreadable(1, "no-facts", "a page begins with its facts between two lines of ---")
    end = lines.index(_FACTS, 1)
    facts = _read_spec(PageFacts, lines[1:end], 2)
    page = Page(facts=facts, parts=tuple(_parts(lines, end + 1)))
    _refuse_mismatches(page)
    return page


def _parts(lines: list[str], start: int) -> Iterator[Part]:
    """Words and blocks, in their order; `start` is the index of the first line."""
    words: list[str] = []
    number = begun = start
    while number < len(lines):
        if not lines[number].startswith(_CLOSES):
            words.append(lines[number])
            number += 1
            continue
        yield from _words(words, begun)
        opened = _OPENS.fullmatch(lines[number])
        if opened is None:
            raise unreadable(number + 1, "no-block", f"a block opens as '::: word'; the words are {_WORDS}")
        if _CLOSES not in lines[number + 1 :]:
            raise unreadable(number + 1, "not-closed", "this block is not closed; end it with a line ':::'")
        closed = lines.index(_CLOSES, number + 1)
        yield _block(opened["word"], opened["rest"] or "", lines[number + 1 : closed], number + 1)
        words, number = [], closed + 1
        begun = number
    yield from _words(words, begun)


def _words(lines: list[str], start: int) -> Iterator[Words]:
    if any(line.strip() for line in lines):
        yield Words(line=start + 1, text="\n".join(lines))


def _block(word: str, rest: str, lines: list[str], line: int) -> Part:
    """The block that opens on this line, with the lines in it."""
    if word in ("printed", "release"):
        named = _NAMED.fullmatch(rest)
        if named is None:
            raise unreadable(line, "no-name", f"say which run and where: '::: {word} a-name in a-scenario'")
        return Shown(
            line=line,
            way=word,
            name=named["name"],
            scenario=named["scenario"],
            script="\n".join(lines) + "\n",
            folded=named["folded"] is not None,
        )
    if word == "ask":
        return Block(line=line, spec=_read_spec(Question, [f"id: {rest}", *lines], line))
    schemas: Mapping[str, type[Comparison | CostTable | Calculator]] = {
        "compare": Comparison,
        "cost": CostTable,
        "calculator": Calculator,
    }
    if word not in schemas:
        raise unreadable(line, "no-block", f"there is no block {word!r}; the words are {_WORDS}")
    if rest:
        raise unreadable(line, "no-name", f"a block {word!r} takes no name")
    return Block(line=line, spec=_read_spec(schemas[word], lines, line + 1))


def _read_spec(schema: type[Spec], lines: list[str], first: int) -> Spec:
    """Lines of YAML as a spec, with errors placed in the whole page; `first` is the number of the first line."""
    try:
        return read_as(schema, "\n".join(lines))
    except Unreadable as error:
        moved = [replace(at, line=at.line + first - 1) for at in error.errors]
        raise Unreadable(tuple(moved)) from None


def _refuse_mismatches(page: Page) -> None:
    """Names of runs and of questions stand once; comparisons speak of runs that are there."""
    named = [(part.line, part.name) for part in page.parts if isinstance(part, Shown)]
    seen: set[str] = set()
    for line, name in (*named, *((line, question.id) for line, question in page.asked)):
        if name in seen:
            raise unreadable(line, "twice", f"{name!r} stands twice on this page; rename one")
        seen.add(name)
    for part in page.parts:
        if isinstance(part, Block) and isinstance(part.spec, Comparison):
            for run in part.spec.runs:
                if run not in page.runs:
                    raise unreadable(part.line, "no-run", f"there is no run {run!r} on this page to compare")
    if len([part for part in page.parts if isinstance(part, Block) and isinstance(part.spec, Calculator)]) > 1:
        raise unreadable(1, "twice", "a page has one calculator at most")
