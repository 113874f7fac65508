"""Brent's root finder as Apache Commons Math has it: with tied data, where it stops is part of Kayenta's judgement."""

from collections.abc import Callable

_RELATIVE = 1e-14


def solve(f: Callable[[float], float], low: float, high: float, accuracy: float) -> float:
    """A root of f between `low` and `high`; the middle is tried first. ValueError when the signs do not differ.

    Brent, "Algorithms for minimization without derivatives", 1973, chapter 4.
    """
    middle = low + 0.5 * (high - low)
    at_middle = f(middle)
    if abs(at_middle) <= 1e-15:
        return middle
    at_low = f(low)
    if abs(at_low) <= 1e-15:
        return low
    if at_low * at_middle < 0:
        return _narrow(f, (low, at_low), (middle, at_middle), accuracy)
    at_high = f(high)
    if abs(at_high) <= 1e-15:
        return high
    if at_middle * at_high < 0:
        return _narrow(f, (middle, at_middle), (high, at_high), accuracy)
    raise ValueError("the function has the same sign at both ends")


def _narrow(
    f: Callable[[float], float], first: tuple[float, float], last: tuple[float, float], accuracy: float
) -> float:
    (a, fa), (b, fb) = first, last
    c, fc = a, fa
    d = e = b - a
    while True:
        if abs(fc) < abs(fb):
            (a, fa), (b, fb), (c, fc) = (b, fb), (c, fc), (b, fb)
        tolerance = 2 * _RELATIVE * abs(b) + accuracy
        half = 0.5 * (c - b)
        if abs(half) <= tolerance or fb == 0:
            return b
        d, e = _step((a, fa), (b, fb), (c, fc), (d, e), half, tolerance)
        a, fa = b, fb
        b += d if abs(d) > tolerance else tolerance if half > 0 else -tolerance
        fb = f(b)
        if (fb > 0) == (fc > 0):
            c, fc = a, fa
            d = e = b - a


def _step(
    a: tuple[float, float],
    b: tuple[float, float],
    c: tuple[float, float],
    before: tuple[float, float],
    half: float,
    tolerance: float,
) -> tuple[float, float]:
    """The next step and the one before it: interpolation where that converges, half the way otherwise."""
    d, e = before
    if abs(e) < tolerance or abs(a[1]) <= abs(b[1]):
        return half, half
    s = b[1] / a[1]
    if a[0] == c[0]:
        p, q = 2 * half * s, 1 - s
    else:
        q, r = a[1] / c[1], b[1] / c[1]
        p = s * (2 * half * q * (q - r) - (b[0] - a[0]) * (r - 1))
        q = (q - 1) * (r - 1) * (s - 1)
    p, q = (p, -q) if p > 0 else (-p, q)
    if p >= 1.5 * half * q - abs(tolerance * q) or p >= abs(0.5 * e * q):
        return half, half
    return p / q, d
