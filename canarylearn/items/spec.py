"""The schema of an item: what an author writes, checked, for files, the admin and the tests alike."""

import itertools
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import Field, ModelWrapValidatorHandler, PrivateAttr, ValidationInfo, model_validator
from pydantic_core import PydanticCustomError

from canarylearn.items.authored import Authored, Code, Prose, Slug
from canarylearn.items.blanks import BLANK, CHOICE, LINES, in_order
from canarylearn.items.filling import with_values
from canarylearn.items.fitting import RULES
from canarylearn.items.goals import Goal
from canarylearn.items.options import Afterwards, Contracts, Demonstration, Option, Options
from canarylearn.items.parameters import Misused, Parameter, ParameterName, Value

TRIES = {"task": 3, "question": 2, "order": 2}
"""How many tries an item of each kind allows in practice. Elsewhere see `Item.tries`."""

ROOM_TRIES = {"challenge": 2, "test": 1}
"""How many tries an item allows in a room that is stricter than practice."""

_FOLDERS = {"challenge": "challenge", "test": "bank"}

HINTS = 3
"""How many hints every item has."""

MOST_VARIANTS = 20

FieldPath = Annotated[str, Field(pattern=r"^[a-z_]+(\.([a-z_0-9]+))*$")]
"""A field of a scenario: the names and positions that lead to it, such as canary.errors or faults.0.rate."""

Answer = Mapping[str, int]
"""The options chosen: for each blank, the position of its option in the item's list, counted from 0."""


class Item(Authored):
    """One question as authored.

    `template` is canary script with blanks; `faulty` is what fills them in the code of a 'fix the error' task; `runs`
    are named scripts beside the learner's own, for claims to speak about. An answer is right if the filled template
    can be read, runs, and every goal, and every claim of the chosen option, holds in every scenario.

    An item of the kind 'order' has `lines` instead of options: its blanks are the positions line1, line2 ..., and an
    answer puts each line into one of them.

    An item with `parameters` is a family: `variants` is how many further sets of numbers it wants, and `varies` says
    which fields of its scenarios they change. This is one member of the family, with its numbers in place.

    `seconds` is the time that is planned for an item of the challenge. `passing_answers` is how many answers are meant
    to pass. `notes` say something about an option, by its text, to whoever chose it; `mistakes`, `solution` and
    `quick_check` are read once the item is resolved, and what is `afterwards` is run then.
    """

    _source: dict[str, Any] = PrivateAttr(default_factory=dict)
    _number: int = PrivateAttr(default=0)

    id: Slug
    kind: Literal["task", "question", "order"]
    room: Literal["practice", "challenge", "test"] = "practice"
    concept: Slug | None = None
    level: Literal["easy", "medium", "hard"]
    seconds: int | None = Field(default=None, ge=30, le=1800, exclude_if=lambda seconds: seconds is None)
    title: Prose
    prompt: Prose
    template: Code | None = None
    faulty: dict[str, Code] | None = None
    options: Options = ()
    lines: tuple[Option, ...] = ()
    runs: dict[str, Code] = {}
    scenarios: tuple[Slug, ...] = Field(min_length=1)
    goals: tuple[Goal, ...] = ()
    hints: tuple[Prose, ...] = Field(min_length=HINTS, max_length=HINTS)
    mistakes: tuple[Prose, ...] = Field(min_length=1)
    notes: dict[str, Prose] = {}
    solution: tuple[Prose, ...] = Field(min_length=1)
    quick_check: Prose
    afterwards: tuple[Afterwards, ...] = ()
    passing_answers: int = Field(default=1, ge=1)
    parameters: dict[ParameterName, Parameter] = {}
    variants: int = Field(default=0, ge=0, le=MOST_VARIANTS)
    varies: dict[Slug, dict[FieldPath, Value]] = {}

    @model_validator(mode="wrap")
    @classmethod
    def with_the_numbers_of_a_variant(
        cls, value: Any, handler: ModelWrapValidatorHandler[Self], info: ValidationInfo
    ) -> Self:
        """What the file says with values for its parameters: the authored ones unless the context asks for others."""
        if not isinstance(value, dict):
            return handler(value)
        number = (info.context or {}).get("variant", 0)
        try:
            made = handler(with_values(value, number))
        except Misused as misused:
            raise PydanticCustomError(
                "parameter", "{message}", {"message": str(misused), "where": misused.path}
            ) from None
        if made.parameters:
            made._source, made._number = value, number
        return made

    @property
    def number(self) -> int:
        """The number of this variant: 0 has the authored values."""
        return self._number

    @property
    def source(self) -> dict[str, Any]:
        """What the file of an item with parameters says, marks and all; empty for any other item."""
        return self._source

    def variant(self, number: int) -> Self:
        """This item with the values of another variant. Raises ValueError if they do not make an item, and LookupError
        if there are not so many."""
        if number == self._number:
            return self
        if not self.parameters:
            raise LookupError(f"{self.id} has no parameters, and so no variant {number}")
        return type(self).model_validate(self._source, context={"variant": number})

    @property
    def tries(self) -> int:
        """How many tries an item of this kind allows in its room."""
        return ROOM_TRIES.get(self.room, TRIES[self.kind])

    @property
    def folder(self) -> str:
        """The folder of a topic that holds the item's file."""
        return _FOLDERS.get(self.room, f"{self.kind}s")

    @property
    def blanks(self) -> tuple[str, ...]:
        """The names of the blanks, in the order of the template; a question has the one blank 'choice'."""
        if self.kind == "question":
            return (CHOICE,)
        if self.kind == "order":
            return tuple(f"line{number}" for number in range(1, len(self.lines) + 1))
        return tuple(dict.fromkeys(BLANK.findall(self.template or "")))

    def options_for(self, blank: str) -> tuple[Option, ...]:
        """What may be put into a blank: the item's one pool, or the blank's own list."""
        if self.kind == "order":
            return self.lines
        return self.options[blank] if isinstance(self.options, dict) else self.options

    def assignments(self) -> Iterator[dict[str, int]]:
        """Every possible answer."""
        if self.kind == "order":
            for order in itertools.permutations(range(len(self.lines))):
                yield dict(zip(self.blanks, order, strict=True))
            return
        ranges = [range(len(self.options_for(blank))) for blank in self.blanks]
        for chosen in itertools.product(*ranges):
            yield dict(zip(self.blanks, chosen, strict=True))

    def chosen(self, answer: Answer) -> dict[str, Option]:
        """The option chosen for each blank. Raises KeyError or IndexError for an answer that is not one of ours."""
        if self.kind == "order" and len({answer[blank] for blank in self.blanks}) != len(self.blanks):
            raise KeyError("each line goes in once")
        return {blank: self.options_for(blank)[answer[blank]] for blank in self.blanks}

    def filled(self, answer: Answer, template: str | None = None) -> str | None:
        """The template (or another one) with the answer in its blanks; None when the item has no code of its own."""
        template = template or self.template
        if self.kind == "order":
            return in_order(template or LINES, [option.fill or "" for option in self.chosen(answer).values()])
        if template is None:
            return None
        chosen = self.chosen(answer)
        return BLANK.sub(lambda found: chosen[found[1]].fill or "", template)

    def step_at(self, answer: Answer, line: int) -> int | None:
        """Which of the lines put in order stands on this line of the script, counted from 1; None beside them."""
        reached = (self.template or LINES).split(LINES)[0].count("\n") + 1
        for number, option in enumerate(self.chosen(answer).values() if self.kind == "order" else (), start=1):
            until = reached + (option.fill or "").rstrip("\n").count("\n") + 1
            if reached <= line < until:
                return number
            reached = until
        return None

    @property
    def with_faulty_code(self) -> str:
        """The code that a 'fix the error' task begins with."""
        return BLANK.sub(lambda found: (self.faulty or {})[found[1]], self.template or "")

    @model_validator(mode="after")
    def fields_fit_each_other(self) -> Self:
        """Hold the fields against each other by every rule of `fitting`."""
        for rule in RULES:
            rule(self)
        return self


__all__ = ["BLANK", "CHOICE", "LINES", "Answer", "Contracts", "Demonstration", "Item", "Option"]
