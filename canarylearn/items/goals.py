"""Goals: what must be true of the runs for an answer to be right."""

import math
from collections.abc import Callable, Mapping
from typing import Self

from pydantic import ConfigDict, Field, model_validator

from canarylearn.engine.measures import MEASURES, Measure
from canarylearn.engine.outcome import Phase
from canarylearn.engine.quantities import parse_duration, parse_share
from canarylearn.items.authored import Authored

_READ: Mapping[str, Callable[[str], float]] = {
    "share": parse_share,
    "duration": lambda text: math.inf if text == "never" else parse_duration(text),
    "latency": parse_duration,
    "count": float,
    "yes-no": lambda text: {"yes": 1.0, "no": 0.0}[text],
}


def read_amount(measure: Measure, text: str) -> float:
    """A goal's amount in the unit of its measure. Raises ValueError naming the form that is expected."""
    forms = {
        "share": "'20%'",
        "duration": "'10m' or 'never'",
        "latency": "'0.5s'",
        "count": "500",
        "yes-no": "'yes'",
    }
    try:
        return _READ[measure.unit](text)
    except (ValueError, KeyError):
        raise ValueError(f"{measure.name} takes a value such as {forms[measure.unit]}, and not {text!r}") from None


class Goal(Authored):
    """One thing that must hold: of the outcome, of a measure, or of what the script printed.

    `name` is the sentence a learner reads. `in` limits the goal to one scenario (otherwise it must hold in each).
    `run` names one of the item's other runs instead of the learner's own. A measure is compared with amounts
    (`at_least`, `at_most`, written with their unit) or with the same measure of another run (`below`, `above`).
    """

    model_config = ConfigDict(populate_by_name=True, coerce_numbers_to_str=True)

    name: str = Field(min_length=5, max_length=120)
    scenario: str | None = Field(default=None, alias="in")
    run: str | None = None
    outcome: Phase | None = None
    measure: str | None = None
    at_least: str | None = None
    at_most: str | None = None
    below: str | None = None
    above: str | None = None
    prints: str | None = None

    @model_validator(mode="after")
    def says_one_thing(self) -> Self:
        """A goal is about an outcome, a measure or printed text, and a measure is compared with something."""
        if sum(thing is not None for thing in (self.outcome, self.measure, self.prints)) != 1:
            raise ValueError("a goal names exactly one of 'outcome', 'measure' and 'prints'")
        comparisons = [self.at_least, self.at_most, self.below, self.above]
        if (self.measure is None) == any(comparison is not None for comparison in comparisons):
            raise ValueError(
                "'at_least', 'at_most', 'below' and 'above' compare a measure; a measure needs at least one of them"
            )
        return self

    @model_validator(mode="after")
    def amounts_can_be_read(self) -> Self:
        """Amounts are in the unit of a measure that exists."""
        if self.measure is not None:
            if self.measure not in MEASURES:
                raise ValueError(f"there is no measure {self.measure!r}; choose one of {', '.join(MEASURES)}")
            for text in filter(None, (self.at_least, self.at_most)):
                read_amount(MEASURES[self.measure], text)
        return self

    def refuse_unknown(self, *, scenarios: tuple[str, ...], runs: tuple[str, ...]) -> None:
        """Raise ValueError if the goal speaks of a scenario or a run that the item does not have."""
        if self.scenario is not None and self.scenario not in scenarios:
            raise ValueError(f"goal {self.name!r} is in {self.scenario!r}, which is not among the item's scenarios")
        for run in filter(None, (self.run, self.below, self.above)):
            if run not in runs:
                raise ValueError(f"goal {self.name!r} speaks of the run {run!r}, which the item does not have")

    def holds_for(self, value: float, others: Mapping[str, float]) -> bool:
        """Whether a value satisfies every comparison; `others` has the same measure of the item's other runs.

        Nothing holds beside a value that is not there: NaN, or a run that was refused.
        """
        measure = MEASURES[self.measure or ""]
        return (
            not math.isnan(value)
            and (self.at_least is None or value >= read_amount(measure, self.at_least))
            and (self.at_most is None or value <= read_amount(measure, self.at_most))
            and (self.below is None or value < others.get(self.below, math.nan))
            and (self.above is None or value > others.get(self.above, math.nan))
        )
