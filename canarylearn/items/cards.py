"""Flashcards: a question in words on the front, and on the back words with numbers that are bound to runs.

A back is written as a lesson is (`canarylearn.items.lessons`): text, and the blocks `printed`, `release`, `compare` and
`cost`. `faces` are the card's other numbers and scenarios: `$share` in any text stands for the `share` of the face that
is shown, so that a card that comes back asks the same with another run behind it.
"""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from string import Template
from typing import Annotated, Self

from pydantic import ConfigDict, Field, model_validator

from canarylearn.dialects.errors import Unreadable
from canarylearn.engine import Scenario
from canarylearn.items.authored import Authored, Prose, Slug
from canarylearn.items.lesson_facts import page_problems
from canarylearn.items.lessons import Block, Comparison, CostTable, Page, PageFacts, Shown, read_page
from canarylearn.items.problems import Problem
from canarylearn.items.reading import read_as

_FACTS = "---\ntitle: Card\nminutes: 1\nbegin: jump in\nsummary: Card\n---\n"

FaceValues = Annotated[dict[str, str], Field(max_length=8)]


@dataclass(frozen=True, kw_only=True, eq=False)
class Face:
    """A card with the numbers of one of its faces; `page` is its back."""

    number: int
    front: str
    checklist: tuple[str, ...]
    page: Page


class Card(Authored):
    """A flashcard as authored. With a checklist it asks for an explanation, to be held against the list."""

    model_config = ConfigDict(coerce_numbers_to_str=True)

    id: Slug
    concept: Slug
    title: Annotated[str, Field(min_length=3, max_length=80)]
    front: Prose
    back: Annotated[str, Field(min_length=3, max_length=8000)]
    checklist: tuple[Prose, ...] = Field(default=(), max_length=6)
    faces: tuple[FaceValues, ...] = Field(min_length=2)

    @model_validator(mode="after")
    def every_face_can_be_shown(self) -> Self:
        """Each face fills in the same names, all that stand in the texts, and its back can be read."""
        names = set(self.faces[0])
        for number, values in enumerate(self.faces, start=1):
            if set(values) != names:
                raise ValueError(f"face {number} gives {sorted(values)}, and the first {sorted(names)}")
            try:
                made = self.face(number - 1)
            except KeyError as error:
                raise ValueError(f"no face gives ${error.args[0]}, which stands in the text") from None
            except Unreadable as error:
                at = error.errors[0]
                line = at.line - _FACTS.count("\n")
                raise ValueError(f"the back of face {number}, its line {line}: {at.message}") from None
            _refuse_blocks(made.page)
        said = [(made.front, made.checklist, made.page) for made in map(self.face, range(len(self.faces)))]
        if any(one in said[:place] for place, one in enumerate(said)):
            raise ValueError("two faces are alike; change or remove one")
        return self

    def face(self, number: int) -> Face:
        """The card with the numbers of a face; they are counted from 0, and after the last comes the first again."""
        number %= len(self.faces)
        values = self.faces[number]
        front = _fill(self.front, values)
        checklist = tuple(_fill(line, values) for line in self.checklist)
        facts = PageFacts(
            title=_fill(self.title, values), minutes=1, begin="jump in", summary="\n".join((front, *checklist))
        )
        page = replace(read_page(_FACTS + _fill(self.back, values)), facts=facts)
        return Face(number=number, front=front, checklist=checklist, page=page)

    @property
    def scenarios(self) -> tuple[str, ...]:
        """The slugs of every scenario that a face runs something in."""
        used = {slug for number in range(len(self.faces)) for slug in self.face(number).page.scenarios}
        return tuple(sorted(used))


@lru_cache(maxsize=512)
def read_card(text: str) -> Card:
    """A card's file, read once for each text."""
    return read_as(Card, text)


@lru_cache(maxsize=1024)
def read_face(text: str, number: int) -> Face:
    """A face of the card in a file, made once."""
    return read_card(text).face(number)


def card_problems(card: Card, scenarios: Mapping[str, Scenario]) -> list[Problem]:
    """Everything that keeps a card from being published: code that is refused, and numbers that no run shows."""
    found: list[Problem] = []
    for number in range(len(card.faces)):
        for _line, problem in page_problems(card.face(number).page, scenarios):
            found.append(Problem(code=problem.code, message=f"face {number + 1}: {problem.message}"))
    return found


def _fill(text: str, values: Mapping[str, str]) -> str:
    return Template(text).substitute(values)


def _refuse_blocks(page: Page) -> None:
    """A back shows something that was run or worked out, and asks nothing."""
    for part in page.parts:
        if isinstance(part, Block) and not isinstance(part.spec, Comparison | CostTable):
            raise ValueError("a card's back shows: printed, release, compare, cost; it asks nothing")
    if not any(isinstance(part, Shown | Block) for part in page.parts):
        raise ValueError("nothing stands behind this card; show a run or a cost on its back")
