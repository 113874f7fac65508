"""A person's own numbers, judged: two samples of one metric, a method, and a verdict with the numbers behind it."""

import math
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass
from enum import StrEnum

import numpy as np

from canarylearn.engine import sizes
from canarylearn.engine.judge import Judgement
from canarylearn.engine.means import Summary, autocorrelation
from canarylearn.engine.rates import Counts
from canarylearn.engine.statistics import log_e_sample_ratio
from canarylearn.engine.tails import Side, Span

_SAMPLE_RATIO_ALPHA = 0.001
_POINTS_FOR_KAYENTA = 50
_MANY_ALIKE = 0.3


class Unfit(ValueError):
    """Numbers that a method cannot take: the text says which, and what to do."""


class Method(StrEnum):
    """The ways to compare two samples. All but `sequential` are made for one look."""

    SEQUENTIAL = "sequential"
    KAYENTA = "kayenta"
    MANN_WHITNEY = "mann-whitney"
    BRUNNER_MUNZEL = "brunner-munzel"
    WELCH = "welch"
    TWO_PROPORTION = "two-proportion"
    FISHER = "fisher"
    POISSON = "poisson"
    KS = "ks"


OF_RATES = (Method.TWO_PROPORTION, Method.FISHER, Method.POISSON)
_BY_RANK = (Method.MANN_WHITNEY, Method.BRUNNER_MUNZEL, Method.KAYENTA)


@dataclass(frozen=True, kw_only=True)
class Sample:
    """One arm: values in their order, and, where each stands for many units, how many."""

    values: Sequence[float]
    totals: Sequence[float] | None = None

    @property
    def is_of_events(self) -> bool:
        """Whether the values count events: a total beside each, or nothing but 0 and 1."""
        return self.totals is not None or set(self.values) <= {0.0, 1.0}

    @property
    def counts(self) -> Counts:
        """Events and units."""
        units = len(self.values) if self.totals is None else sum(self.totals)
        return Counts(events=sum(self.values), units=units)


@dataclass(frozen=True, kw_only=True)
class Request:
    """What is asked: which way is worse, by which method, with which error, margin and effect worth finding.

    `margin` and `effect` are in the metric's own unit; `share` is the canary's planned share of units, if any.
    """

    method: Method
    worse: Side = "larger"
    alpha: float = 0.05
    power: float = 0.8
    margin: float | None = None
    effect: float | None = None
    share: float | None = None


@dataclass(frozen=True, kw_only=True)
class Compared:
    """What a method says: difference and interval, the p-value of harm, and that of being worse than the margin.

    `verdict` and `reason` are given by methods that have a rule of their own.
    """

    estimate: float
    span: Span
    p: float
    margin_p: float | None = None
    log_e: float | None = None
    verdict: Judgement | None = None
    reason: str = ""


@dataclass(frozen=True, kw_only=True)
class Needed:
    """Canary units for a decision with the power asked for: for which effect, and how many are missing still."""

    units: float
    missing: float
    effect: float
    not_worse: bool


@dataclass(frozen=True, kw_only=True)
class SampleJudgement:
    """The verdict on two samples: in a word, in a sentence, and in numbers."""

    verdict: Judgement
    reason: str
    compared: Compared | None
    needed: Needed | None
    warnings: tuple[str, ...]


def default_method(canary: Sample, baseline: Sample) -> Method:
    """Sequential for events, ranks for all other numbers."""
    return Method.SEQUENTIAL if canary.is_of_events and baseline.is_of_events else Method.MANN_WHITNEY


def judge_samples(canary: Sample, baseline: Sample, request: Request) -> SampleJudgement:
    """Judge a canary's sample against a baseline's. Raises Unfit for numbers that the method cannot take.

    With a margin the verdict is PASS when the canary is shown to be worse by less than that; without one, finding no
    harm is inconclusive, because it is no proof that there is none.
    """
    for name, sample in (("canary", canary), ("baseline", baseline)):
        if not len(sample.values):
            reason = f"the {name} has no numbers, and what is missing never passes"
            return SampleJudgement(verdict=Judgement.NODATA, reason=reason, compared=None, needed=None, warnings=())
    from canarylearn.engine.methods import METHODS  # methods load scipy.stats, and no numbers need none

    compared = METHODS[request.method](canary, baseline, request)
    verdict, reason = _decide(compared, request)
    if verdict is Judgement.PASS and (off := _split_is_off(canary, baseline, request)):
        verdict, reason = Judgement.INVALID, off
    return SampleJudgement(
        verdict=verdict,
        reason=reason,
        compared=compared,
        needed=_needed(canary, baseline, request),
        warnings=tuple(_warn(canary, baseline, request)),
    )


def _decide(compared: Compared, request: Request) -> tuple[Judgement, str]:
    if compared.verdict is not None:
        return compared.verdict, compared.reason
    harmful = compared.p <= request.alpha
    way = {"larger": "higher", "smaller": "lower", "two-sided": "further away"}[request.worse]
    if compared.margin_p is not None and compared.margin_p < request.alpha:
        but = f"{way}, and by less than the margin" if harmful else "not worse than the margin allows"
        return Judgement.PASS, f"the canary is {but}"
    if harmful:
        return Judgement.FAIL, f"the canary is {way} than luck explains"
    if request.margin is None:
        return Judgement.INCONCLUSIVE, "no harm was found, which is no proof that there is none; a margin asks for one"
    return Judgement.INCONCLUSIVE, "too close to call: neither harm nor its absence within the margin is shown"


def _split_is_off(canary: Sample, baseline: Sample, request: Request) -> str:
    if request.share is None:
        return ""
    units = [round(sample.counts.units) for sample in (canary, baseline)]
    log_e = log_e_sample_ratio(canary_units=units[0], baseline_units=units[1], canary_share=request.share)
    if log_e <= -math.log(_SAMPLE_RATIO_ALPHA):
        return ""
    seen = units[0] / sum(units)
    return (
        f"{seen:.2%} of the units are the canary's, and {request.share:.2%} were planned: the arms cannot be compared"
    )


def _needed(canary: Sample, baseline: Sample, request: Request) -> Needed | None:
    """Units for the effect that was asked for, for the margin, or for what was seen; None when nothing was."""
    if request.method in (Method.KAYENTA, Method.KS):
        return None
    of_rates = request.method in OF_RATES or (request.method is Method.SEQUENTIAL and canary.is_of_events)
    if of_rates:
        ours, theirs = canary.counts, baseline.counts
        have, seen, ratio = ours.units, ours.rate - theirs.rate, theirs.units / ours.units
    else:
        ours_values, theirs_values = np.asarray(canary.values), np.asarray(baseline.values)
        have, ratio = float(ours_values.size), theirs_values.size / ours_values.size
        seen = float(ours_values.mean() - theirs_values.mean())
    asked_for = request.effect if request.effect is not None else request.margin
    not_worse = request.effect is None and request.margin is not None
    harmless = request.worse != "two-sided" and (seen < 0) is (request.worse == "larger")
    if asked_for is None and (harmless or not seen):
        return None
    effect = seen if asked_for is None else -asked_for if request.worse == "smaller" else asked_for
    side: Side = "two-sided" if request.worse == "two-sided" else "larger"
    if of_rates and not_worse:
        units = sizes.size_not_worse(
            _inside(theirs.rate), abs(effect), alpha=request.alpha, power=request.power, ratio=ratio, formula="score"
        )
    elif of_rates:
        units = sizes.size_for_rates(
            _inside(theirs.rate),
            _inside(theirs.rate + effect),
            alpha=request.alpha,
            power=request.power,
            ratio=ratio,
            side=side,
        )
    else:
        spread = _spread(canary, baseline)
        units = (
            sizes.size_for_means(abs(effect) / spread, alpha=request.alpha, power=request.power, ratio=ratio, side=side)
            if spread
            else math.inf
        )
        if request.method in _BY_RANK:
            units *= math.pi / 3  # what ranks cost where the numbers are normal (Pitman's efficiency)
    if not math.isfinite(units):
        return None
    return Needed(units=math.ceil(units), missing=max(0.0, math.ceil(units) - have), effect=effect, not_worse=not_worse)


def _inside(rate: float) -> float:
    return min(1 - 1e-9, max(1e-9, rate))


def _spread(canary: Sample, baseline: Sample) -> float:
    if min(len(canary.values), len(baseline.values)) < 2:
        return 0.0
    return math.sqrt(sum(Summary.of(sample.values).variance for sample in (canary, baseline)) / 2)


def _warn(canary: Sample, baseline: Sample, request: Request) -> list[str]:
    return [
        warning
        for name, sample in (("canary", canary), ("baseline", baseline))
        for warning in (_warn_of_order(name, sample), _warn_of_ties(name, sample, request))
        if warning
    ] + [warning for warning in (_warn_of_size(canary, baseline, request),) if warning]


def _warn_of_order(name: str, sample: Sample) -> str:
    n = len(sample.values)
    if n < 10:
        return ""
    leaning = autocorrelation(sample.values)
    if leaning <= max(0.2, 2.6 / math.sqrt(n)):
        return ""
    return (
        f"the {name}'s values lean on the ones before (correlation {leaning:.2f}), so they say less than as many "
        "independent ones and p-values are too small; compare averages of longer stretches"
    )


def _warn_of_ties(name: str, sample: Sample, request: Request) -> str:
    if request.method not in _BY_RANK:
        return ""
    value, count = Counter(sample.values).most_common(1)[0]
    share = count / len(sample.values)
    if share < _MANY_ALIKE or len(sample.values) < 5:
        return ""
    return (
        f"{share:.0%} of the {name}'s values are {value:g}, so the shift says little; "
        "compare how often the value differs from it (two-proportion), or use brunner-munzel"
    )


def _warn_of_size(canary: Sample, baseline: Sample, request: Request) -> str:
    sizes_of = [len(sample.values) for sample in (canary, baseline)]
    if request.method in (Method.MANN_WHITNEY, Method.BRUNNER_MUNZEL):
        ways = math.comb(sum(sizes_of), sizes_of[0]) if sum(sizes_of) < 200 else math.inf
        least = (2 if request.worse == "two-sided" else 1) / ways
        if least > request.alpha:
            return f"{sizes_of[0]} and {sizes_of[1]} values are too few for any verdict: p cannot go below {least:.2g}"
    if request.method is Method.KAYENTA and min(sizes_of) < _POINTS_FOR_KAYENTA:
        return f"{min(sizes_of)} points; Kayenta's own guidance is at least {_POINTS_FOR_KAYENTA} for each metric"
    if request.method is Method.TWO_PROPORTION:
        rate = (canary.counts.events + baseline.counts.events) / (canary.counts.units + baseline.counts.units)
        expected = min(canary.counts.units, baseline.counts.units) * min(rate, 1 - rate)
        if expected < 5:
            return f"only {expected:.1f} events are expected in the smaller arm; an exact test (fisher) is safer"
    return ""
