"""Many tests at once, and one test looked at many times."""

import math
from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.special import ndtri

_REACH = 9.0
_POINTS = 301


def bonferroni(p_values: Sequence[float]) -> list[float]:
    """Each p-value times their number, at most 1."""
    return [min(1.0, p * len(p_values)) for p in p_values]


def holm(p_values: Sequence[float]) -> list[float]:
    """Holm's adjusted p-values (1979): as safe as Bonferroni's against any false alarm, and never larger."""
    adjusted, worst = [0.0] * len(p_values), 0.0
    for rank, index in enumerate(_by_size(p_values)):
        worst = max(worst, (len(p_values) - rank) * p_values[index])
        adjusted[index] = min(1.0, worst)
    return adjusted


def benjamini_hochberg(p_values: Sequence[float]) -> list[float]:
    """Benjamini and Hochberg's adjusted p-values (1995): they bound the share of false alarms among the alarms."""
    adjusted, best = [0.0] * len(p_values), 1.0
    order = _by_size(p_values)
    for rank in range(len(p_values), 0, -1):
        index = order[rank - 1]
        best = min(best, p_values[index] * len(p_values) / rank)
        adjusted[index] = best
    return adjusted


def family_wise_error(alpha: float, tests: int) -> float:
    """The chance of at least one false alarm in independent tests (of metrics; looks at one metric inflate less)."""
    return 1 - (1 - alpha) ** tests


def peeking_error(alpha: float, looks: int) -> float:
    """The chance that a two-sided z test at `alpha` ever rejects a true null in equally spaced looks.

    The recursion of Armitage, McPherson and Rowe (1969), integrated on a grid.

    >>> round(peeking_error(0.05, 5), 3)
    0.142
    """
    return boundary_error([float(ndtri(1 - alpha / 2))] * looks)


def boundary_error(boundaries: Sequence[float]) -> float:
    """The chance that |z| ever reaches its boundary at one of these equally spaced looks, under the null.

    >>> round(boundary_error([2.413] * 5), 3)  # Pocock's constant for five looks
    0.05
    """
    if not boundaries:
        return 0.0
    # The sum S_k has variance k; its density on what has not crossed yet is carried from look to look.
    grid = np.linspace(-boundaries[0], boundaries[0], _POINTS)
    density = np.exp(-(grid**2) / 2) / math.sqrt(2 * math.pi)
    for look in range(2, len(boundaries) + 1):
        edge = boundaries[look - 1] * math.sqrt(look)
        following = np.linspace(-edge, edge, _POINTS)
        weights = _simpson(grid) * density
        step = np.exp(-((following[:, None] - grid[None, :]) ** 2) / 2) / math.sqrt(2 * math.pi)
        grid, density = following, step @ weights
    return float(1 - _simpson(grid) @ density)


def pocock_boundary(alpha: float, looks: int) -> float:
    """Pocock's constant (1977): the same |z| at every one of the looks, two-sided error `alpha` in all."""
    return _solve(lambda c: boundary_error([c] * looks), alpha)


def obrien_fleming_boundaries(alpha: float, looks: int) -> list[float]:
    """O'Brien and Fleming's boundaries (1979): strict at first, nearly a single test's at the last look."""
    last = _solve(lambda c: boundary_error([c * math.sqrt(looks / k) for k in range(1, looks + 1)]), alpha)
    return [last * math.sqrt(looks / k) for k in range(1, looks + 1)]


def _solve(error: Callable[[float], float], alpha: float) -> float:
    low, high = float(ndtri(1 - alpha / 2)) - 1e-9, _REACH
    for _ in range(30):
        middle = (low + high) / 2
        low, high = (middle, high) if error(middle) > alpha else (low, middle)
    return (low + high) / 2


def _simpson(grid: NDArray[np.float64]) -> NDArray[np.float64]:
    weights = np.ones(grid.size)
    weights[1:-1:2], weights[2:-1:2] = 4, 2
    return np.asarray(weights * ((grid[1] - grid[0]) / 3))


def _by_size(p_values: Sequence[float]) -> list[int]:
    return sorted(range(len(p_values)), key=lambda index: p_values[index])
