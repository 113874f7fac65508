"""Whether probabilities mean what they say: scores of predicted chances against what happened (0 or 1)."""

from collections.abc import Sequence

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.float64]


def brier(happened: Sequence[float], predicted: Sequence[float]) -> float:
    """The mean squared distance of prediction and truth (Brier 1950); lower is better."""
    y, p = _pair(happened, predicted)
    return float(np.mean((p - y) ** 2))


def log_loss(happened: Sequence[float], predicted: Sequence[float]) -> float:
    """The mean negative log of the chance given to what happened; chances of 0 and 1 are kept a hair away from them."""
    y, p = _pair(happened, predicted)
    tiny = np.finfo(float).eps
    p = np.clip(p, tiny, 1 - tiny)
    surprise = -(y * np.log(p) + (1 - y) * np.log1p(-p))
    return float(np.mean(surprise))


def auc(happened: Sequence[float], predicted: Sequence[float]) -> float:
    """The chance that what happened was given more than what did not, ties halved; blind to how sure a model is."""
    y, p = _pair(happened, predicted)
    yes, no = p[y == 1], np.sort(p[y == 0])
    if not yes.size or not no.size:
        raise ValueError("both outcomes have to occur, or nothing can be told apart")
    below = np.searchsorted(no, yes, "left") + np.searchsorted(no, yes, "right")
    return float(np.sum(below) / (2 * yes.size * no.size))


def calibration_error(happened: Sequence[float], predicted: Sequence[float], bins: int = 10) -> float:
    """The expected calibration error over equally wide bins (Naeini, Cooper and Hauskrecht 2015)."""
    y, p = _pair(happened, predicted)
    edges = np.linspace(0, 1, bins + 1)
    which = np.clip(np.searchsorted(edges, p, "right") - 1, 0, bins - 1)
    sums = [np.bincount(which, weights, minlength=bins) for weights in (y, p)]
    return float(np.abs(sums[0] - sums[1]).sum() / y.size)


def _pair(happened: Sequence[float], predicted: Sequence[float]) -> tuple[Numbers, Numbers]:
    y, p = np.asarray(happened, dtype=float), np.asarray(predicted, dtype=float)
    if y.shape != p.shape or not y.size:
        raise ValueError("as many predictions are needed as outcomes, and at least one")
    if not np.isin(y, (0, 1)).all() or not ((p >= 0) & (p <= 1)).all():
        raise ValueError("outcomes are 0 or 1, and predictions are chances from 0 to 1")
    return y, p
