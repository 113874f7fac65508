"""The schema of an item: what an author writes, checked, for files, the admin and the tests alike."""

import itertools
import re
from collections.abc import Iterator, Mapping
from typing import Annotated, Literal, Self

from pydantic import BaseModel, ConfigDict, Discriminator, Field, Tag, model_validator
from pydantic_core import PydanticCustomError

from canarylearn.engine.outcome import Phase
from canarylearn.items.goals import Goal

BLANK = re.compile(r"⟦([a-z][a-z0-9_]{0,29})⟧")
"""A blank in a template: a name between white square brackets."""

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

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{2,59}$")]
Prose = Annotated[str, Field(min_length=3, max_length=4000)]
Code = Annotated[str, Field(min_length=1, max_length=8192)]

Answer = Mapping[str, int]
"""The options chosen: for each blank, the position of its option in the item's list, counted from 0."""


class _Part(BaseModel):
    model_config = ConfigDict(frozen=True, extra="forbid", populate_by_name=True)


def _misfit(field: str, message: str, *place: int) -> PydanticCustomError:
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
    """

    id: Slug
    kind: Literal["task", "question", "order"]
    room: Literal["practice", "challenge", "test"] = "practice"
    concept: Slug | None = None
    level: Literal["easy", "medium", "hard"]
    title: Prose
    prompt: Prose
    template: Code | None = None
    faulty: dict[str, Code] | None = None
    options: _Options
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
        return tuple(dict.fromkeys(BLANK.findall(self.template or "")))

    def options_for(self, blank: str) -> tuple[Option, ...]:
        """What may be put into a blank: the item's one pool, or the blank's own list."""
        return self.options[blank] if isinstance(self.options, dict) else self.options

    def assignments(self) -> Iterator[dict[str, int]]:
        """Every possible answer."""
        ranges = [range(len(self.options_for(blank))) for blank in self.blanks]
        for chosen in itertools.product(*ranges):
            yield dict(zip(self.blanks, chosen, strict=True))

    def chosen(self, answer: Answer) -> dict[str, Option]:
        """The option chosen for each blank. Raises KeyError or IndexError for an answer that is not one of ours."""
        return {blank: self.options_for(blank)[answer[blank]] for blank in self.blanks}

    def filled(self, answer: Answer, template: str | None = None) -> str | None:
        """The template (or another one) with the answer in its blanks; None when the item has no code of its own."""
        template = template or self.template
        if template is None:
            return None
        chosen = self.chosen(answer)
        return BLANK.sub(lambda found: chosen[found[1]].fill or "", template)

    @property
    def with_faulty_code(self) -> str:
        """The code that a 'fix the error' task begins with."""
        return BLANK.sub(lambda found: (self.faulty or {})[found[1]], self.template or "")

    @model_validator(mode="after")
    def blanks_and_options_match(self) -> Self:
        """Each blank has options, each list of options has a blank, and no two options are alike."""
        if not self.blanks:
            raise _misfit("template", "the template has no blank; mark one with ⟦name⟧")
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


def _refuse_twins(options: tuple[Option, ...]) -> None:
    if len(options) < 2:
        raise _misfit("options", "one option is no choice; give at least two")
    texts = [" ".join(option.text.split()) for option in options]
    if twins := sorted({text for text in texts if texts.count(text) > 1}):
        raise _misfit("options", f"two options are alike: {twins[0]!r}; change or remove one")


__all__ = ["BLANK", "CHOICE", "Answer", "Contracts", "Demonstration", "Item", "Option", "Phase"]
