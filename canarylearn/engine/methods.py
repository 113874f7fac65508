"""The methods of `samples`, one function each: two samples and a request in, a comparison out. Loads scipy.stats."""

import math
from collections.abc import Callable, Mapping

from scipy.special import ndtri

from canarylearn.engine import kayenta, ranks, rates
from canarylearn.engine.anytime import asymptotic_sequence, bernoulli_sequence
from canarylearn.engine.drift import ks_two_sample
from canarylearn.engine.exact import fisher_exact, poisson_exact
from canarylearn.engine.judge import Judgement
from canarylearn.engine.means import Summary, welch
from canarylearn.engine.rates import Counts
from canarylearn.engine.samples import Compared, Method, Request, Sample, Unfit
from canarylearn.engine.statistics import log_e_value, not_worse_p_value
from canarylearn.engine.tails import Side, Span, normal_p_value, t_p_value

_TIGHTEST = 5000
"""Where the sequence for means is tightest, in values of both arms: GrowthBook's default."""

_MOST_POINTS = 100_000


def _by_welch(canary: Sample, baseline: Sample, request: Request) -> Compared:
    _refuse_totals(canary, request)
    _at_least_two(canary, baseline)
    arms = Summary.of(canary.values), Summary.of(baseline.values)
    found = welch(*arms, request.worse, request.alpha)

    def past(shift: float, side: Side) -> float:
        away = found.estimate - shift
        t = away / found.error if found.error else math.copysign(math.inf, away) if away else 0.0
        return t_p_value(t, found.df, side)

    return Compared(estimate=found.estimate, span=found.span, p=found.p, margin_p=_margin(request, past))


def _by_mann_whitney(canary: Sample, baseline: Sample, request: Request) -> Compared:
    _refuse_totals(canary, request)
    found = ranks.mann_whitney(canary.values, baseline.values, request.worse, alpha=request.alpha)

    def past(shift: float, side: Side) -> float:
        return ranks.mann_whitney_p([value - shift for value in canary.values], baseline.values, side)

    return Compared(estimate=found.shift, span=found.span, p=found.p, margin_p=_margin(request, past))


def _by_brunner_munzel(canary: Sample, baseline: Sample, request: Request) -> Compared:
    _refuse_totals(canary, request)
    _at_least_two(canary, baseline)
    if request.margin is not None:
        raise Unfit("brunner-munzel estimates a chance and knows no margin; leave --margin out, or use mann-whitney")
    found = ranks.brunner_munzel(canary.values, baseline.values, request.worse, request.alpha)
    return Compared(estimate=found.larger, span=found.span, p=found.p)


def _by_two_proportion(canary: Sample, baseline: Sample, request: Request) -> Compared:
    ours, theirs = _events(canary, baseline)
    found = rates.two_proportion_z(ours, theirs, request.worse)
    return _of_rates(ours, theirs, request, found.p)


def _by_fisher(canary: Sample, baseline: Sample, request: Request) -> Compared:
    ours, theirs = _events(canary, baseline)
    return _of_rates(ours, theirs, request, fisher_exact(ours, theirs, request.worse).p)


def _of_rates(ours: Counts, theirs: Counts, request: Request, p: float) -> Compared:
    span = rates.newcombe_interval(ours, theirs, request.alpha)
    margin_p = _margin_of_rates(ours, theirs, request)
    return Compared(estimate=ours.rate - theirs.rate, span=span, p=p, margin_p=margin_p)


def _by_poisson(canary: Sample, baseline: Sample, request: Request) -> Compared:
    ours, theirs = canary.counts, baseline.counts
    if min(ours.units, theirs.units) <= 0 or any(value < 0 or value % 1 for value in (ours.events, theirs.events)):
        raise Unfit("poisson counts events over an exposure: whole numbers of events, and exposures above 0")
    # Half an event keeps an arm without events from looking certain.
    error = math.sqrt(max(ours.events, 0.5) / ours.units**2 + max(theirs.events, 0.5) / theirs.units**2)
    difference = ours.rate - theirs.rate
    half = float(ndtri(1 - request.alpha / 2)) * error
    return Compared(
        estimate=difference,
        span=Span(low=difference - half, high=difference + half),
        p=poisson_exact(ours, theirs, request.worse).p,
        margin_p=_margin(request, lambda shift, side: normal_p_value((difference - shift) / error, side)),
    )


def _by_ks(canary: Sample, baseline: Sample, request: Request) -> Compared:
    _refuse_totals(canary, request)
    if request.worse != "two-sided" or request.margin is not None:
        raise Unfit("ks finds any difference of two distributions; it takes --direction either, and no margin")
    found = ks_two_sample(baseline.values, canary.values)
    return Compared(estimate=found.distance, span=Span(low=math.nan, high=math.nan), p=found.p)


def _by_kayenta(canary: Sample, baseline: Sample, request: Request) -> Compared:
    _refuse_totals(canary, request)
    if max(len(canary.values), len(baseline.values)) > _MOST_POINTS:
        raise Unfit(
            f"Kayenta compares series of minutes; more than {_MOST_POINTS:,} points have to be aggregated first"
        )
    direction = {"larger": "increase", "smaller": "decrease", "two-sided": "either"}[request.worse]
    settings = kayenta.Settings(direction=direction)  # type: ignore[arg-type]  # one of the three it names
    found = kayenta.classify(canary.values, baseline.values, settings)
    verdict = Judgement.PASS if found.label is kayenta.Label.PASS else Judgement.FAIL
    reason = f"{found.label.value}: {found.reason}"
    return Compared(estimate=found.shift, span=found.span, p=math.nan, verdict=verdict, reason=reason)


def _sequentially(canary: Sample, baseline: Sample, request: Request) -> Compared:
    if canary.is_of_events and baseline.is_of_events:
        return _events_sequentially(*_events(canary, baseline), request)
    _refuse_totals(canary, request)
    _at_least_two(canary, baseline)
    arms = Summary.of(canary.values), Summary.of(baseline.values)
    found = welch(*arms)
    if not found.error:
        raise Unfit("neither arm varies at all, so there is nothing to tell luck from harm by")
    n = arms[0].size + arms[1].size
    sided = asymptotic_sequence(found.estimate, found.error, n, _TIGHTEST, alpha=request.alpha, side=request.worse)
    both = asymptotic_sequence(found.estimate, found.error, n, _TIGHTEST, alpha=request.alpha)

    def past(shift: float, side: Side) -> float:
        away = found.estimate - shift
        return asymptotic_sequence(away, found.error, n, _TIGHTEST, alpha=request.alpha, side=side).p

    return Compared(
        estimate=found.estimate,
        span=Span(low=both.low, high=both.high),
        p=sided.p,
        margin_p=_margin(request, past),
    )


def _events_sequentially(ours: Counts, theirs: Counts, request: Request) -> Compared:
    """The judge's own e-process; an interval from two confidence sequences, so that it holds at any look as well."""
    share = ours.units / (ours.units + theirs.units)
    more = log_e_value(canary_events=int(ours.events), baseline_events=int(theirs.events), canary_share=share)
    fewer = log_e_value(canary_events=int(theirs.events), baseline_events=int(ours.events), canary_share=1 - share)
    log_e = {"larger": more, "smaller": fewer, "two-sided": max(more, fewer) - math.log(2)}[request.worse]
    (low, high), (least, most) = (
        bernoulli_sequence(arm.events, arm.units, request.alpha / 2, arm.units) for arm in (ours, theirs)
    )
    return Compared(
        estimate=ours.rate - theirs.rate,
        span=Span(low=low - most, high=high - least),
        p=math.exp(min(0.0, -log_e)),
        margin_p=_margin_of_rates(ours, theirs, request),
        log_e=log_e,
    )


def _margin_of_rates(ours: Counts, theirs: Counts, request: Request) -> float | None:
    def past(shift: float, side: Side) -> float:
        """That a rate is higher than another less a margin is asked of what did not happen."""
        arms = [(arm.units - arm.events if side == "larger" else arm.events, arm.units) for arm in (ours, theirs)]
        return not_worse_p_value(
            canary_events=int(arms[0][0]),
            canary_requests=int(arms[0][1]),
            baseline_events=int(arms[1][0]),
            baseline_requests=int(arms[1][1]),
            margin=abs(shift),
        )

    return _margin(request, past)


def _margin(request: Request, past: Callable[[float, Side], float]) -> float | None:
    """The p-value that the canary is worse by the margin or more, on the side or sides that are worse.

    `past(shift, side)` is the p-value of the difference, less the shift, lying on that side of 0.
    """
    if request.margin is None:
        return None
    return max(
        past(request.margin, "smaller") if request.worse != "smaller" else 0.0,
        past(-request.margin, "larger") if request.worse != "larger" else 0.0,
    )


def _events(canary: Sample, baseline: Sample) -> tuple[Counts, Counts]:
    for name, sample in (("canary", canary), ("baseline", baseline)):
        if not sample.is_of_events:
            raise Unfit(
                f"the {name}'s values are not all 0 or 1; a rate needs one row a request, or --total with the column "
                "of all requests beside each number of events"
            )
        counts = sample.counts
        if counts.units <= 0 or not 0 <= counts.events <= counts.units or counts.events % 1 or counts.units % 1:
            raise Unfit(f"the {name} has {counts.events:g} events of {counts.units:g}; that is no part of a whole")
    return canary.counts, baseline.counts


def _refuse_totals(sample: Sample, request: Request) -> None:
    if sample.totals is not None:
        raise Unfit(
            f"{request.method} compares values, not events of a total; leave --total out or take two-proportion"
        )


def _at_least_two(canary: Sample, baseline: Sample) -> None:
    if min(len(canary.values), len(baseline.values)) < 2:
        raise Unfit("two numbers or more are needed in each arm to know how much they vary")


METHODS: Mapping[Method, Callable[[Sample, Sample, Request], Compared]] = {
    Method.SEQUENTIAL: _sequentially,
    Method.KAYENTA: _by_kayenta,
    Method.MANN_WHITNEY: _by_mann_whitney,
    Method.BRUNNER_MUNZEL: _by_brunner_munzel,
    Method.WELCH: _by_welch,
    Method.TWO_PROPORTION: _by_two_proportion,
    Method.FISHER: _by_fisher,
    Method.POISSON: _by_poisson,
    Method.KS: _by_ks,
}
