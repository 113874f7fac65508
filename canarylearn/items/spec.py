"""The schema of an item: what an author writes, checked, for files, the admin and the tests alike."""

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Any, Literal, Self

from pydantic import (
    BaseModel,
    ConfigDict,
    Discriminator,
    Field,
    ModelWrapValidatorHandler,
    PrivateAttr,
    Tag,
    ValidationInfo,
    model_validator,
)
from pydantic_core import PydanticCustomError

from canarylearn.engine.outcome import Phase
from canarylearn.items.filling import with_values
from canarylearn.items.goals import Goal
from canarylearn.items.parameters import Misused, Parameter, ParameterName, Value, combinations

BLANK = re.compile(r"⟦([a-z][a-z0-9_]{0,29})⟧")
"""A blank in a template: a name between white square brackets."""

LINES = "⟦lines⟧"
"""Where the lines of an 'order' item go in its template."""

CHOICE = "choice"
"""The one blank of a question: which of its options was picked."""

TRIES = {"task": 3, "question": 2, "order": 2}
"""How many tries an item of each kind allows in practice. Elsewhere see `Item.tries`."""

ROOM_TRIES = {"challenge": 2, "test": 1}
"""How many tries an item allows in a room that is stricter than practice."""

_FOLDERS = {"challenge": "challenge", "test": "bank"}

HINTS = 3
"""How many hints every item has."""

MOST_ASSIGNMENTS = 4096

MOST_LINES = 6
"""How many lines there may be to put in order: 720 orders."""

MOST_VARIANTS = 20

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{2,59}$")]
Prose = Annotated[str, Field(min_length=3, max_length=4000)]
Code = Annotated[str, Field(min_length=1, max_length=8192)]

FieldPath = Annotated[str, Field(pattern=r"^[a-z_]+(\.([a-z_0-9]+))*$")]
"""A field of a scenario: the names and positions that lead to it, such as canary.errors or faults.0.rate."""

Answer = Mapping[str, int]
"""The options chosen: for each blank, the position of its option in the item's list, counted from 0."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _misfit(field: str, message: str, *place: str | int) -> PydanticCustomError:
    """What is wrong between fields, told at the field that has to change, or at a place in its list."""
    return PydanticCustomError("misfit", "{message}", {"message": message, "where": (field, *place)})


class Option(_Part):
    """One thing to pick: `text` is shown; `fill` goes into the blank, or `claim` says something about the runs."""

    text: Annotated[str, Field(min_length=1, max_length=600)]
    fill: Code | None = None
    claim: tuple[Goal, ...] = ()

    @model_validator(mode="before")
    @classmethod
    def code_may_stand_alone(cls, value: object) -> object:
        """A plain text is code that shows itself: '10' is {text: '10', fill: '10'}; a single claim needs no list."""
        if isinstance(value, str):
            return {"text": value, "fill": value}
        if not isinstance(value, dict | Option):
            raise ValueError(f"an option is code in quotes, such as '{value}', or a text with 'fill' or 'claim'")
        if isinstance(value, dict) and isinstance(value.get("claim"), dict):
            return {**value, "claim": [value["claim"]]}
        return value

    @model_validator(mode="after")
    def does_something(self) -> Self:
        """An option that neither fills the blank nor claims anything could not be judged by a run."""
        if (self.fill is None) == (not self.claim):
            raise ValueError(
                "an option needs either 'fill' (code for the blank) or 'claim' (something a run can refute)"
            )
        return self


class Contracts(_Part):
    """Afterwards: every option once more, under other templates, to show what the same text means elsewhere."""

    title: Prose
    intro: Prose
    templates: dict[str, Code] = Field(min_length=2)


class Demonstration(_Part):
    """Afterwards: one more script that is run and shown with what it printed."""

    title: Prose
    intro: Prose
    script: Code


def _pool_or_each(value: object) -> str:
    return "each" if isinstance(value, dict) else "pool"


def _what_follows(value: object) -> str:
    return "demonstration" if isinstance(value, Demonstration) or "script" in _keys(value) else "contracts"


def _keys(value: object) -> set[object]:
    return set(value) if isinstance(value, dict) else set()


_Options = Annotated[
    Annotated[tuple[Option, ...], Tag("pool")] | Annotated[dict[str, tuple[Option, ...]], Tag("each")],
    Discriminator(_pool_or_each),
]
_Afterwards = Annotated[
    Annotated[Contracts, Tag("contracts")] | Annotated[Demonstration, Tag("demonstration")],
    Discriminator(_what_follows),
]

TAGS = frozenset({"pool", "each", "contracts", "demonstration"})
"""Steps in the path of an error that no author wrote: which of two forms was read."""


class Item(_Part):
    """One question as authored.

    `template` is canary script with blanks; `faulty` is what fills them in the code of a 'fix the error' task; `runs`
    are named scripts beside the learner's own, for claims to speak about. An answer is right if the filled template
    can be read, runs, and every goal, and every claim of the chosen option, holds in every scenario.

    An item of the kind 'order' has `lines` instead of options: its blanks are the positions line1, line2 ..., and an
    answer puts each line into one of them.

    An item with `parameters` is a family: `variants` is how many further sets of numbers it wants, and `varies` says
    which fields of its scenarios they change. This is one member of the family, with its numbers in place.

    `seconds` is the time that is planned for an item of the challenge.
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
    options: _Options = ()
    lines: tuple[Option, ...] = ()
    runs: dict[str, Code] = {}
    scenarios: tuple[Slug, ...] = Field(min_length=1)
    goals: tuple[Goal, ...] = ()
    hints: tuple[Prose, ...] = Field(min_length=HINTS, max_length=HINTS)
    mistakes: tuple[Prose, ...] = Field(min_length=1)
    notes: dict[str, Prose] = {}
    solution: tuple[Prose, ...] = Field(min_length=1)
    quick_check: Prose
    afterwards: tuple[_Afterwards, ...] = ()
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
            return _in_order(template or LINES, [option.fill or "" for option in self.chosen(answer).values()])
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
    def blanks_and_options_match(self) -> Self:
        """Each blank has options, each list of options has a blank, and no two options are alike."""
        if self.kind == "order":
            return self
        if not self.blanks:
            raise _misfit("template", "the template has no blank; mark one with ⟦name⟧")
        if not self.options:
            raise _misfit("options", "there are no options; give at least two")
        if isinstance(self.options, dict) and set(self.options) != set(self.blanks):
            raise _misfit(
                "options", f"options are given for {sorted(self.options)}, and the blanks are {sorted(self.blanks)}"
            )
        count = 1
        for blank in self.blanks:
            options = self.options_for(blank)
            _refuse_twins(options)
            count *= len(options)
        if count > MOST_ASSIGNMENTS:
            raise _misfit(
                "options", f"{count} possible answers are more than {MOST_ASSIGNMENTS}; use fewer blanks or options"
            )
        return self

    @model_validator(mode="after")
    def lines_belong_to_an_order(self) -> Self:
        """An item to put in order has lines of code, no options, and one place in its template where they go."""
        if self.kind != "order":
            if self.lines:
                raise _misfit("lines", f"lines belong to items of the kind 'order', and this is a {self.kind}")
            return self
        for field in ("options", "faulty", "notes", "afterwards"):
            if getattr(self, field):
                raise _misfit(field, f"an item to put in order has lines, and no {field}")
        if not 3 <= len(self.lines) <= MOST_LINES:
            raise _misfit("lines", f"{len(self.lines)} lines; give 3 to {MOST_LINES} to put in order")
        _refuse_twins(self.lines, "lines")
        for number, line in enumerate(self.lines):
            if line.fill is None:
                raise _misfit("lines", "a line is code in quotes, or a text with 'fill'", number)
        template = self.template or LINES
        if template.count(LINES) != 1 or len(BLANK.findall(template)) != 1:
            raise _misfit("template", f"the template of an item to put in order holds {LINES} once, and no other blank")
        return self

    @model_validator(mode="after")
    def parameters_make_enough_variants(self) -> Self:
        """Parameters are for variants, variants need parameters, and there are combinations enough for all."""
        if bool(self.parameters) != bool(self.variants):
            raise _misfit(
                "variants", "an item with parameters says how many 'variants' it wants, and no other item does"
            )
        most = combinations(self.parameters) - 1
        if self.variants > most:
            raise _misfit(
                "variants",
                f"{self.variants} variants are wanted, and beside the authored one the parameters make {most} "
                "combinations; widen a range or ask for fewer",
            )
        if strays := sorted(set(self.varies) - set(self.scenarios)):
            raise _misfit("varies", f"{strays[0]!r} is not among the item's scenarios", strays[0])
        return self

    @model_validator(mode="after")
    def challenge_has_its_time(self) -> Self:
        """An item of the challenge says how long it is planned to take, and no other item does."""
        if (self.room == "challenge") != (self.seconds is not None):
            raise _misfit("seconds", "an item of the challenge plans 'seconds' for itself, and no other item does")
        return self

    @model_validator(mode="after")
    def question_has_one_choice(self) -> Self:
        """A question has one list of options; if they fill code, the template has the blank ⟦choice⟧."""
        if self.kind == "question":
            found = set(BLANK.findall(self.template or ""))
            if not found <= {CHOICE}:
                raise _misfit(
                    "template", f"a question's template may hold the blank ⟦choice⟧ only, and it holds {sorted(found)}"
                )
            if any(option.fill for option in self.options_for(CHOICE)) != bool(found):
                raise _misfit(
                    "options", "options that fill code need the blank ⟦choice⟧ in the template, and the other way round"
                )
        elif any(option.claim for blank in self.blanks for option in self.options_for(blank)):
            raise _misfit("options", "options of a task fill code; claims belong to questions")
        return self

    @model_validator(mode="after")
    def goals_and_notes_speak_of_what_is_there(self) -> Self:
        """Goals name scenarios and runs of this item; notes name options of it; something decides."""
        claims = [goal for blank in self.blanks for option in self.options_for(blank) for goal in option.claim]
        for number, goal in enumerate((*self.goals, *claims)):
            try:
                goal.refuse_unknown(scenarios=self.scenarios, runs=tuple(self.runs))
            except ValueError as error:
                where = ("goals", str(error), number) if number < len(self.goals) else ("options", str(error))
                raise _misfit(*where) from None
        texts = {option.text for blank in self.blanks for option in self.options_for(blank)}
        if strays := sorted(set(self.notes) - texts):
            raise _misfit("notes", f"notes speak of {strays}, which are not options")
        if not self.goals and not claims:
            raise _misfit("goals", "nothing decides this item; give it a goal")
        return self

    @model_validator(mode="after")
    def contracts_ask_for_the_same(self) -> Self:
        """The other templates of contracts have the item's own blanks."""
        for part in self.afterwards:
            for name, template in part.templates.items() if isinstance(part, Contracts) else ():
                if (found := set(BLANK.findall(template))) != set(self.blanks):
                    raise _misfit(
                        "afterwards",
                        f"the template for {name!r} has the blanks {sorted(found)}, and the item {sorted(self.blanks)}",
                    )
        return self

    @model_validator(mode="after")
    def faulty_code_fills_the_blanks(self) -> Self:
        """The faulty code of a 'fix the error' task fills each blank of the template, and no other."""
        if self.faulty is not None and set(self.faulty) != set(self.blanks):
            raise _misfit(
                "faulty", f"faulty code is given for {sorted(self.faulty)}, and the blanks are {sorted(self.blanks)}"
            )
        return self


def _in_order(template: str, lines: list[str]) -> str:
    """The template with these lines where they belong, each as far in as the mark stands."""
    place = template.index(LINES)
    before = template[template.rfind("\n", 0, place) + 1 : place]
    indent = before if not before.strip() else ""
    script = "\n".join(line.rstrip("\n") for line in lines)
    return template.replace(LINES, script.replace("\n", f"\n{indent}"))


def _refuse_twins(options: tuple[Option, ...], field: str = "options") -> None:
    if len(options) < 2:
        raise _misfit("options", "one option is no choice; give at least two")
    texts = [" ".join(option.text.split()) for option in options]
    if twins := sorted({text for text in texts if texts.count(text) > 1}):
        raise _misfit(field, f"two {field} are alike: {twins[0]!r}; change or remove one")


__all__ = ["BLANK", "CHOICE", "LINES", "Answer", "Contracts", "Demonstration", "Item", "Option", "Phase"]
