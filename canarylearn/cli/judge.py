"""canary judge: a canary's numbers against a baseline's, from two CSV files."""

import argparse
import math
from statistics import fmean, median

from canarylearn.cli.numbers import Column, read_column
from canarylearn.cli.output import Output
from canarylearn.cli.problems import Usage
from canarylearn.engine.judge import Judgement
from canarylearn.engine.samples import (
    Compared,
    Method,
    Needed,
    Request,
    Sample,
    SampleJudgement,
    Unfit,
    default_method,
    judge_samples,
)
from canarylearn.engine.tails import Side

_SIDES: dict[str, Side] = {"increase": "larger", "decrease": "smaller", "either": "two-sided"}
_COLOURS = {Judgement.PASS: "green", Judgement.FAIL: "red"}
_ESTIMATES = {
    Method.MANN_WHITNEY: "shift",
    Method.KAYENTA: "shift",
    Method.BRUNNER_MUNZEL: "chance that a canary value is larger",
    Method.KS: "largest distance",
}


def run(options: argparse.Namespace, output: Output) -> int:
    """0 when the canary passed, or nothing was found and no margin was asked for; 1 otherwise."""
    columns = [read_column(file, options.metric) for file in (options.canary, options.baseline)]
    totals = (
        [read_column(file, options.total) for file in (options.canary, options.baseline)] if options.total else None
    )
    samples = [_sample(column, totals[arm] if totals else None) for arm, column in enumerate(columns)]
    method = Method(options.method) if options.method else default_method(*samples)
    mean = _baseline_mean(samples[1])
    request = Request(
        method=method,
        worse=_SIDES[options.direction],
        alpha=options.alpha,
        power=options.power,
        margin=_amount("--margin", options.margin, mean),
        effect=_amount("--effect", options.effect, mean),
        share=options.share,
    )
    try:
        judged = judge_samples(samples[0], samples[1], request)
    except Unfit as unfit:
        raise Usage(f"{options.metric}: {unfit}") from None
    warnings = [*_missing(columns), *judged.warnings]
    _tell(options, samples, judged, request, warnings, output)
    output.give(**_as_json(options, samples, judged, request, warnings))
    found = judged.verdict is Judgement.PASS or (judged.verdict is Judgement.INCONCLUSIVE and request.margin is None)
    return 0 if found else 1


def _sample(column: Column, totals: Column | None) -> Sample:
    """The numbers of an arm without its missing ones; a total goes with its number."""
    if totals is None:
        return Sample(values=column.present)
    pairs = [
        pair
        for pair in zip(column.values, totals.values, strict=True)
        if not (math.isnan(pair[0]) or math.isnan(pair[1]))
    ]
    return Sample(values=[value for value, _ in pairs], totals=[total for _, total in pairs])


def _baseline_mean(baseline: Sample) -> float:
    if not len(baseline.values):
        return math.nan
    counts = baseline.counts
    return counts.rate if counts.units else math.nan


def _amount(name: str, text: str | None, mean: float) -> float | None:
    """An amount in the metric's unit, or as a share of the baseline's mean where it ends in a percent sign."""
    if text is None:
        return None
    relative = text.endswith("%")
    try:
        value = float(text.removesuffix("%"))
    except ValueError:
        value = math.nan
    if not (math.isfinite(value) and value > 0):
        raise Usage(f"{name} is {text!r}; write an amount above 0 such as 0.5, or 10% of the baseline's mean")
    if relative and not (math.isfinite(mean) and mean):
        raise Usage(f"{name} is {text!r}, and the baseline's mean is not a number above 0; write an amount instead")
    return abs(mean) * value / 100 if relative else value


def _missing(columns: list[Column]) -> list[str]:
    return [
        f"{column.file}: {column.missing:,} of {len(column.values):,} cells are empty or NaN and were left out"
        for column in columns
        if column.missing
    ]


def _tell(
    options: argparse.Namespace,
    samples: list[Sample],
    judged: SampleJudgement,
    request: Request,
    warnings: list[str],
    output: Output,
) -> None:
    colour = _COLOURS.get(judged.verdict, "yellow")
    looks = "valid at any look" if request.method is Method.SEQUENTIAL else "for one look"
    worse = {"increase": "an increase", "decrease": "a decrease", "either": "any change"}[options.direction]
    output.say(
        f"{output.colour('strong', options.metric)}: {options.canary} against {options.baseline}, "
        f"by {request.method} ({looks}); {worse} is worse"
    )
    output.say(f"  {output.colour(colour, f'● {judged.verdict.upper()}')}  {judged.reason}")
    for name, sample in (("baseline", samples[1]), ("canary", samples[0])):
        output.say(f"  {name:<12}{_say_sample(sample)}")
    if judged.compared is not None:
        _tell_compared(judged.compared, request, output)
    if judged.needed is not None and (judged.verdict is Judgement.INCONCLUSIVE or request.effect is not None):
        output.say(f"  {'needed':<12}{_say_needed(judged.needed, request)}")
    for warning in warnings:
        output.say(f"  {output.colour('yellow', 'note')}  {warning}")


def _tell_compared(compared: Compared, request: Request, output: Output) -> None:
    name = _ESTIMATES.get(request.method, "difference")
    known = not math.isnan(compared.span.low)
    confidence = 0.98 if request.method is Method.KAYENTA else 1 - request.alpha
    between = (
        f"  ({confidence * 100:.4g} % interval {_say(compared.span.low)} to {_say(compared.span.high)})"
        if known
        else ""
    )
    output.say(f"  {'estimate':<12}{name} {_say(compared.estimate)}{between}")
    if not math.isnan(compared.p):
        e_value = "" if compared.log_e is None else f"e = {_say(math.exp(min(700.0, compared.log_e)))}, "
        output.say(f"  {'evidence':<12}{e_value}p = {_say(compared.p)} of as much, if the canary were not worse")
    if compared.margin_p is not None:
        margin = _say(request.margin or 0.0)
        output.say(f"  {'margin':<12}p = {_say(compared.margin_p)} of as little, if it were worse by {margin}")


def _say_sample(sample: Sample) -> str:
    if not len(sample.values):
        return "no values"
    if sample.is_of_events:
        counts = sample.counts
        rate = f"{counts.rate:.4%}" if counts.units else "no rate"
        return f"{counts.events:,.0f} of {counts.units:,.0f}   {rate}"
    return f"{len(sample.values):,} values   mean {_say(fmean(sample.values))}   median {_say(median(sample.values))}"


def _say_needed(needed: Needed, request: Request) -> str:
    what = "to show that it is not worse by" if needed.not_worse else "to find a difference of"
    still = f"{needed.missing:,.0f} are still missing" if needed.missing else "there are enough"
    return (
        f"{needed.units:,.0f} of the canary {what} {_say(abs(needed.effect))} in {request.power:.0%} of cases, "
        f"looked at once; {still}"
    )


def _say(value: float) -> str:
    return f"{value:.4g}"


def _as_json(
    options: argparse.Namespace,
    samples: list[Sample],
    judged: SampleJudgement,
    request: Request,
    warnings: list[str],
) -> dict[str, object]:
    compared, needed = judged.compared, judged.needed
    return {
        "metric": options.metric,
        "direction": options.direction,
        "method": request.method.value,
        "alpha": request.alpha,
        "margin": request.margin,
        "verdict": judged.verdict.value,
        "reason": judged.reason,
        "baseline": _sample_json(options.baseline, samples[1]),
        "canary": _sample_json(options.canary, samples[0]),
        "estimate": compared and compared.estimate,
        "interval": compared and [compared.span.low, compared.span.high],
        "p": compared and compared.p,
        "log_e": compared and compared.log_e,
        "margin_p": compared and compared.margin_p,
        "needed": needed
        and {"units": needed.units, "missing": needed.missing, "effect": needed.effect, "not_worse": needed.not_worse},
        "warnings": warnings,
    }


def _sample_json(file: str, sample: Sample) -> dict[str, object]:
    mean = fmean(sample.values) if len(sample.values) else None
    totals = None if sample.totals is None else sum(sample.totals)
    return {"file": file, "values": len(sample.values), "mean": mean, "total": totals}
