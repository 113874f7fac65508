"""Which way a difference counts, and what a normal or a t statistic says of it."""

from dataclasses import dataclass
from typing import Literal

from scipy.special import ndtr, stdtr

Side = Literal["two-sided", "larger", "smaller"]
"""What is looked for in the canary, seen from the baseline: any difference, a larger value, a smaller one."""


@dataclass(frozen=True, kw_only=True)
class Span:
    """An interval of values; either end may be infinite."""

    low: float
    high: float


def normal_p_value(z: float, side: Side) -> float:
    """The chance of a standard normal value at least as far out as z on that side."""
    if side == "two-sided":
        return float(2 * ndtr(-abs(z)))
    return float(ndtr(-z if side == "larger" else z))


def t_p_value(t: float, df: float, side: Side) -> float:
    """The same for Student's t with `df` degrees of freedom."""
    if side == "two-sided":
        return float(2 * stdtr(df, -abs(t)))
    return float(stdtr(df, -t if side == "larger" else t))
