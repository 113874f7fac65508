"""Amounts in scenario files: numbers, durations, shares and names, each refused in plain words when it is not one."""

import math
import re
from typing import Annotated, Any, ClassVar

from pydantic import (
    AfterValidator,
    BaseModel,
    BeforeValidator,
    ConfigDict,
    Field,
    SerializerFunctionWrapHandler,
    model_serializer,
)
from pydantic_core import PydanticCustomError

from canarylearn.engine.quantities import parse_duration, parse_share, parse_weight

LONGEST = 7 * 86400.0
"""The longest time in a scenario, in seconds: 7 days."""

_MOST_SHOWN = 40
_TIME_OF_DAY = re.compile(r"([01]\d|2[0-3]):([0-5]\d)", re.ASCII)


class Part(BaseModel):
    """A piece of a scenario file: immutable, and unknown fields are refused.

    Fields in `_later` came after the first proofs: they are written down only where they say something, so that the
    digest of a scenario without them stays what it was.
    """

    model_config = ConfigDict(frozen=True, extra="forbid", ser_json_inf_nan="strings")

    _later: ClassVar[frozenset[str]] = frozenset()

    @model_serializer(mode="wrap")
    def _write(self, write: SerializerFunctionWrapHandler) -> dict[str, Any]:
        fields = type(self).model_fields
        silent = {name for name in self._later if getattr(self, name) == fields[name].default}
        return {name: value for name, value in write(self).items() if name not in silent}


def misfit(message: str, *where: str | int) -> PydanticCustomError:
    """The refusal of values that do not fit together; `where` leads from the part to the one to change."""
    return PydanticCustomError("misfit", "{message}", {"message": message, "where": where})


def _number(value: object) -> float:
    if isinstance(value, bool) or not isinstance(value, (int, float)):
        raise ValueError(f"{_short(value)} is not a number; write it in digits, without quotes and without a unit")
    # A number of so many digits that no float holds it is as good as infinite.
    if abs(value) >= 1e300 or not math.isfinite(value):
        raise ValueError(f"{_short(value)} is not a number that anything can have; write a finite one")
    return float(value)


def _whole(value: object) -> int:
    if isinstance(value, bool) or not isinstance(value, int):
        raise ValueError(f"{_short(value)} is not a whole number; write it in digits, without quotes")
    return value


def _short(value: object) -> str:
    said = "nothing" if value is None else str(value).lower() if isinstance(value, bool) else repr(value)
    return said if len(said) <= _MOST_SHOWN else f"{said[:_MOST_SHOWN]}…"


def _moment(value: object) -> float:
    if value in ("0", "0s") or (value == 0 and isinstance(value, int) and not isinstance(value, bool)):
        return 0.0
    return parse_duration(value)  # type: ignore[arg-type]  # refuses whatever is not a text


def _not_too_long(seconds: float) -> float:
    if seconds > LONGEST:
        raise ValueError(f"{seconds / 86400:,.1f} days are too long; a scenario's times go up to 7 days")
    return seconds


def _time_of_day(value: object) -> float:
    found = _TIME_OF_DAY.fullmatch(value) if isinstance(value, str) else None
    if found is None:
        raise ValueError(f"{_short(value)} is not a time of day; write hours and minutes in quotes, such as '14:30'")
    return int(found[1]) * 3600.0 + int(found[2]) * 60.0


Number = Annotated[float, BeforeValidator(_number)]
Whole = Annotated[int, BeforeValidator(_whole)]
Seconds = Annotated[float, AfterValidator(_not_too_long), BeforeValidator(parse_duration)]
"""A length of time, in seconds, of a text such as '180ms'."""
Moment = Annotated[float, AfterValidator(_not_too_long), BeforeValidator(_moment)]
"""A time from the start of the window, in seconds; 0 is one too."""
TimeOfDay = Annotated[float, BeforeValidator(_time_of_day)]
"""Seconds since midnight, of a text such as '14:30'."""
Share = Annotated[float, BeforeValidator(parse_share)]
SomeShare = Annotated[float, BeforeValidator(parse_share), Field(gt=0)]
"""A share above nothing."""
Weight = Annotated[int, BeforeValidator(parse_weight)]
Name = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{0,39}$")]
