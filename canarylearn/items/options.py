"""The options of an item, and what is shown with them afterwards."""

from typing import Annotated, Self

from pydantic import Discriminator, Field, Tag, model_validator

from canarylearn.items.authored import Authored, Code, Prose
from canarylearn.items.goals import Goal


class Option(Authored):
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


class Contracts(Authored):
    """Afterwards: every option once more, under other templates, to show what the same text means elsewhere."""

    title: Prose
    intro: Prose
    templates: dict[str, Code] = Field(min_length=2)


class Demonstration(Authored):
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


Options = Annotated[
    Annotated[tuple[Option, ...], Tag("pool")] | Annotated[dict[str, tuple[Option, ...]], Tag("each")],
    Discriminator(_pool_or_each),
]
Afterwards = Annotated[
    Annotated[Contracts, Tag("contracts")] | Annotated[Demonstration, Tag("demonstration")],
    Discriminator(_what_follows),
]

TAGS = frozenset({"pool", "each", "contracts", "demonstration"})
"""Steps in the path of an error that no author wrote: which of two forms was read."""
