"""What the engine makes of the families in `conformance/statistics.json`, said in the words of the file."""

import math
from collections.abc import Callable
from typing import Any, TypeVar

import numpy as np
from scipy.stats import norm

from canarylearn.engine import (
    anytime,
    burn,
    calibration,
    drift,
    exact,
    kayenta,
    kayenta_scores,
    means,
    multiplicity,
    quantiles,
    ranks,
    rates,
    sizes,
    statistics,
)
from canarylearn.engine.rates import Counts
from canarylearn.engine.tails import Side

Numbers = dict[str, Any]
_Arm = TypeVar("_Arm")


def both(make: Callable[[str], _Arm]) -> tuple[_Arm, _Arm]:
    """Something of the canary and the same of the baseline."""
    return make("canary"), make("baseline")


_SIDES: dict[str, Side] = {
    "two-sided": "two-sided",
    "greater": "larger",
    "larger": "larger",
    "one-sided": "larger",
    "less": "smaller",
    "smaller": "smaller",
    "lesser": "smaller",
}


def _side(given: Numbers) -> Side:
    return _SIDES[str(given.get("alternative") or given.get("side") or "two-sided")]


def _span(span: Any) -> list[float]:
    return [span.low, span.high]


def mann_whitney(given: Numbers) -> Numbers:
    options = given["options"]
    found = ranks.mann_whitney(
        given["canary"],
        given["baseline"],
        _side(options),
        method=options["method"],
        continuity=options.get("use_continuity", True),
    )
    return {"U_canary": found.u, "p": found.p, "cles": found.larger, "hodges_lehmann_shift": found.shift}


def mann_whitney_ci(given: Numbers) -> Numbers:
    low = float(norm.ppf((1 - given["confidence"]) / 2))
    if "canary" not in given:
        return {"z_lower": low}
    shift, span = kayenta.estimate_shift(given["canary"], given["baseline"], given["confidence"])
    return {"ci": _span(span), "estimate": shift, "z_lower": low}


def two_proportion_z(given: Numbers) -> Numbers:
    if "scale" in given:
        found = rates.relative_difference(*both(lambda arm: Counts(events=given[arm]["events"], units=given[arm]["n"])))
        return {"diff": found.estimate, "stderr": found.error, "ci95": _span(found.span), "p": found.p}
    arms = both(lambda arm: Counts(events=given[f"{arm}_errors"], units=given[f"{arm}_n"]))
    tested = rates.two_proportion_z(*arms, _side(given))
    return {
        "z": tested.statistic,
        "p": tested.p,
        "diff": tested.estimate,
        "newcombe_ci95": _span(rates.newcombe_interval(*arms)),
        "agresti_caffo_ci95": _span(rates.agresti_caffo_interval(*arms)),
    }


def fisher_exact(given: Numbers) -> Numbers:
    arms = both(lambda a: Counts(events=given[f"{a}_fail"], units=given[f"{a}_fail"] + given[f"{a}_ok"]))
    found = exact.fisher_exact(*arms, _side(given))
    return {"odds_ratio": found.statistic, "p": found.p}


def welch_t(given: Numbers) -> Numbers:
    found = means.welch(*both(lambda arm: means.Summary.of(given[arm])), _side(given))
    return {"t": found.t, "df": found.df, "p": found.p, "diff": found.estimate, "ci95": _span(found.span)}


def welch_t_summary(given: Numbers) -> Numbers:
    arms = both(lambda arm: _of_sums(given[arm]))
    compare = means.welch_relative if given["scale"].startswith("relative") else means.welch
    found = compare(*arms, _side(given))
    return {"diff": found.estimate, "stderr": found.error, "ci95": _span(found.span), "p": found.p}


def sample_size_proportion(given: Numbers) -> Numbers:
    if "mde_absolute" in given:
        n = sizes.size_for_difference(
            given["p_baseline"], given["mde_absolute"], alpha=given["alpha"], power=given["power"]
        )
        return {"n_per_variation": n}
    pooled, arcsine = (
        sizes.size_for_rates(
            given["p_baseline"],
            given["p_canary"],
            alpha=given["alpha"],
            power=given["power"],
            ratio=given["baseline_per_canary"],
            side=_side(given),
            formula=formula,
        )
        for formula in FORMULAS
    )
    return {
        "n_canary_arcsine": arcsine,
        "n_canary_arcsine_ceil": math.ceil(arcsine),
        "n_canary_pooled_formula": pooled,
        "n_canary_pooled_ceil": math.ceil(pooled),
        "n_per_group": pooled,
    }


FORMULAS: tuple[sizes.Formula, sizes.Formula] = ("pooled", "arcsine")


def sample_size_mean(given: Numbers) -> Numbers:
    d = given["cohens_d"] if "cohens_d" in given else given["delta"] / given["sd"]
    n = sizes.size_for_means(
        d, alpha=given["alpha"], power=given["power"], ratio=given.get("ratio", 1.0), side=_side(given)
    )
    return {"n_per_group": n, "ceil": math.ceil(n)}


def power_mean(given: Numbers) -> Numbers:
    d = given["delta"] / given["sd"]
    return {"power": sizes.power_for_means(d, given["n_per_group"], alpha=given["alpha"], side=_side(given))}


def power_proportion(given: Numbers) -> Numbers:
    power = sizes.power_for_rates(given["p1"], given["p2"], given["n_per_group"], alpha=given["alpha"])
    return {"power": power}


def detectable_proportion(given: Numbers) -> Numbers:
    found = sizes.detectable_rate(given["p1"], given["n_per_group"], alpha=given["alpha"], power=given["power"])
    return {"p2": found}


def sample_size_rule16(given: Numbers) -> Numbers:
    mean = float(given["p"] if "p" in given else given["mean"])
    variance = given["p"] * (1 - given["p"]) if "p" in given else given["sd"] ** 2
    return {"n_per_variant": sizes.rule_of_16(variance, mean * given["relative_change"])}


def srm_chi_square(given: Numbers) -> Numbers:
    found = rates.sample_ratio_chi_square(given["observed"], given["weights"])
    at = {f"srm_at_{str(alpha).replace('.', '_')}": found.p < alpha for alpha in (0.01, 0.001, 0.0005)}
    return {"chi2": found.statistic, "p": found.p, **at}


def ks_two_sample(given: Numbers) -> Numbers:
    found = drift.ks_two_sample(given["reference"], given["current"], method=given["method"])
    return {"D": found.distance, "p": found.p}


def ks_critical_value(given: Numbers) -> Numbers:
    return {"D_critical": drift.ks_critical(given["n"], given["m"], given["alpha"])}


def psi(given: Numbers) -> Numbers:
    value = drift.psi(given["reference_counts"], given["current_counts"], given["floor"])
    return {"psi": value, "band": drift.psi_band(value)}


def psi_null_distribution(given: Numbers) -> Numbers:
    n, m, bins = given["n"], given["m"], given["bins"]
    return {
        "null_mean": drift.psi_scale(n, m) * (bins - 1),
        "q95": drift.psi_threshold(n, m, bins, 0.05),
        "q999": drift.psi_threshold(n, m, bins, 0.001),
        "prob_psi_above_0_1": drift.psi_chance(0.1, n, m, bins),
    }


def non_inferiority_proportion(given: Numbers) -> Numbers:
    z = statistics.not_worse_score(
        canary_events=given["canary_errors"],
        canary_requests=given["canary_n"],
        baseline_events=given["baseline_errors"],
        baseline_requests=given["baseline_n"],
        margin=given["margin_abs"],
    )
    p = statistics.p_value_of(z)
    return {"z": z, "p": p, "non_inferior_at_05": p < 0.05}


def tost_mean(given: Numbers) -> Numbers:
    arms = both(lambda arm: means.Summary.of(given[arm]))
    return {"p": means.equivalent_means(*arms, given["low"], given["upp"])}


def brunner_munzel(given: Numbers) -> Numbers:
    found = ranks.brunner_munzel(given["canary"], given["baseline"], _side(given))
    return {"prob_canary_greater": found.larger, "ci95": _span(found.span), "t": found.statistic, "p": found.p}


def poisson_rates(given: Numbers) -> Numbers:
    arms = both(lambda arm: Counts(events=given[f"{arm}_events"], units=given[f"{arm}_exposure"]))
    score, conditional = rates.poisson_score(*arms), exact.poisson_exact(*arms)
    return {"score_z": score.statistic, "score_p": score.p, "exact_conditional_p": conditional.p}


def multiple_testing(given: Numbers) -> Numbers:
    p, alpha = given["p"], given["alpha"]
    adjusted = {
        "bonferroni": multiplicity.bonferroni(p),
        "holm": multiplicity.holm(p),
        "fdr_bh": multiplicity.benjamini_hochberg(p),
    }
    rejected = {f"{name}_reject": [value <= alpha for value in values] for name, values in adjusted.items()}
    return {**adjusted, **rejected}


def multiple_testing_fwer(given: Numbers) -> Numbers:
    return {"fwer": [multiplicity.family_wise_error(given["alpha"], tests) for tests in given["tests"]]}


def _mixture(given: Numbers, log_e: anytime.LogE, most: float = math.inf) -> Numbers:
    """The log e-value where a sum is given, the bound where an error is."""
    if "s" in given:
        return {"log_e": log_e(given["s"], given["v"])}
    if "alpha" in given:
        return {"bound": anytime.mixture_bound(log_e, given["v"], given["alpha"], most=most)}
    return {}


def anytime_normal_mixture(given: Numbers) -> Numbers:
    one_sided = given.get("one_sided", False)
    mixture = anytime.normal_mixture(given["v_opt"], one_sided=one_sided)
    return {"rho": anytime.best_rho(given["v_opt"], one_sided=one_sided), **_mixture(given, mixture)}


def anytime_gamma_exponential(given: Numbers) -> Numbers:
    return _mixture(given, anytime.gamma_exponential_mixture(given["v_opt"], given["c"]))


def anytime_gamma_poisson(given: Numbers) -> Numbers:
    return _mixture(given, anytime.gamma_poisson_mixture(given["v_opt"], given["c"]))


def _beta_binomial(given: Numbers, *, one_sided: bool) -> Numbers:
    mixture = anytime.beta_binomial_mixture(given["v_opt"], given["g"], given["h"], one_sided=one_sided)
    return _mixture(given, mixture, most=given["v"] / given["g"])


def anytime_beta_binomial_two_sided(given: Numbers) -> Numbers:
    return _beta_binomial(given, one_sided=False)


def anytime_beta_binomial_one_sided(given: Numbers) -> Numbers:
    return _beta_binomial(given, one_sided=True)


def anytime_poly_stitching(given: Numbers) -> Numbers:
    return {"bound": quantiles.stitched_bound(given["v"], given["alpha"], given["v_min"], given["c"])}


def anytime_empirical_process_lil(given: Numbers) -> Numbers:
    return {"radius": quantiles.distribution_radius(given["t"], given["alpha"], given["t_min"], given["A"])}


def anytime_double_stitching(given: Numbers) -> Numbers:
    return {"bound": quantiles.double_stitched_bound(given["quantile"], given["t"], given["alpha"], given["t_opt"])}


def anytime_bernoulli_cs(given: Numbers) -> Numbers:
    span = anytime.bernoulli_sequence(given["successes"], given["trials"], given["alpha"], given["t_opt"])
    return {"ci": list(span)}


def _run_of_numbers(text: str) -> list[float]:
    """'1+70..1000+70' in full."""
    first, last = (sum(int(part) for part in end.split("+")) for end in text.split(".."))
    return [float(number) for number in range(first, last + 1)]


def anytime_quantile_ab(given: Numbers) -> Numbers:
    arms = both(lambda arm: _run_of_numbers(given[arm]))
    return {"p": quantiles.quantile_p_value(*arms, given["quantile"], given["t_opt"], given["alpha_opt"])}


def anytime_asymptotic_cs(given: Numbers) -> Numbers:
    events = "events" in given["canary"]
    arms = both(lambda arm: _proportion(given[arm]) if events else _of_sums(given[arm]))
    estimate = arms[0].mean - arms[1].mean
    parts = [arm.variance / arm.size for arm in arms]
    error = math.sqrt(sum(parts))
    if given["scale"] == "relative":
        estimate = arms[0].mean / arms[1].mean - 1
        error = math.sqrt(parts[0] / arms[1].mean ** 2 + parts[1] * arms[0].mean ** 2 / arms[1].mean ** 4)
    found = anytime.asymptotic_sequence(
        estimate, error, sum(arm.size for arm in arms), given["N_star"], alpha=given["alpha"], side=_side(given)
    )
    return {"estimate": estimate, "stderr": error, "ci": _span(found), "p": found.p}


def _of_sums(arm: Numbers) -> means.Summary:
    return means.Summary.of_sums(total=arm["sum"], squares=arm["sum_squares"], size=arm["n"])


def _proportion(arm: Numbers) -> means.Summary:
    rate = arm["events"] / arm["n"]
    return means.Summary(mean=rate, variance=rate * (1 - rate), size=arm["n"])


def msprt_normal(given: Numbers) -> Numbers:
    found = anytime.msprt_normal(
        given["diff"],
        deviation=given["sd"],
        sizes=(given["canary_n"], given["baseline_n"]),
        tau=given["tau"],
        alpha=given["alpha"],
    )
    variance = given["sd"] ** 2 * (1 / given["canary_n"] + 1 / given["baseline_n"])
    return {
        "V": variance,
        "Lambda": found.ratio,
        "p_always_valid": found.p,
        "ci_halfwidth": found.half_width,
        "z_star": found.z,
    }


def anytime_multinomial(given: Numbers) -> Numbers:
    log_e = anytime.log_e_multinomial(given["counts"], given["theta0"], given["dirichlet_concentration"])
    return {"log_e": log_e, "p_anytime": min(1.0, math.exp(-log_e))}


def burn_rate(given: Numbers) -> Numbers:
    """Ten questions with inputs of their own; each is told by the names it gives."""
    found: Numbers = {}
    if "budget_fraction" in given:
        found["burn_rate"] = burn.burn_rate_of_budget(given["budget_fraction"], given["window_h"], given["period_d"])
    if "burn_rates" in given:
        found["error_rate"] = [burn.error_rate_of(rate, given["slo"]) for rate in given["burn_rates"]]
        found["time_to_exhaustion_min"] = [
            burn.minutes_to_exhaustion(rate, given["period_d"]) for rate in given["burn_rates"]
        ]
    if "requests_per_h" in given:
        rate = given["failed"] / given["requests_per_h"]
        used = burn.budget_used(burn.burn_rate(rate, given["slo"]), 1, given["period_d"])
        found |= {"hourly_error_rate": rate, "burn_rate_exact": burn.burn_rate(rate, given["slo"])}
        # The book prints 1,000 for 0.1 / 0.001; the case keeps the slip, and 100 beside it.
        found |= {"budget_consumed": used, "burn_rate_rounded_in_text": 10 * found["burn_rate_exact"]}
    if "canary_fraction" in given:
        found["overall_error_rate"] = rates.blended_rate(
            given["canary_fraction"], given["canary_error_rate"], given["baseline_error_rate"]
        )
    if "error_ratio" in given:
        minutes = given["long_window_min"] if "long_window_min" in given else given.get("window_min") or 0
        seconds = 60.0 * minutes + 3600.0 * (given.get("window_h") or 0)
        fires = burn.time_to_fire(given["error_ratio"], given["slo"], seconds, given["burn_rate"])
        found |= {"detection_seconds": fires, "long_window_crosses_after_min": fires / 60}
    return found


def calibrated(given: Numbers) -> Numbers:
    y, p = given["y"], given["p"]
    return {
        "brier": calibration.brier(y, p),
        "log_loss": calibration.log_loss(y, p),
        "auc": calibration.auc(y, p),
        f"ece_{given['bins']}_equal_width": calibration.calibration_error(y, p, given["bins"]),
        "mean_prediction": sum(p) / len(p),
        "base_rate": sum(y) / len(y),
    }


def kayenta_classifier(given: Numbers) -> Numbers:
    params = given["params"]
    settings = kayenta.Settings(
        direction=given["direction"],
        tolerance=params.get("tolerance", 0.25),
        confidence=params.get("confLevel", 0.95),
        effect=params.get("effectSizeMeasure", "meanRatio"),
        allowed=_pair(params.get("effectSizeThresholds")),
        critical_at=_pair(params.get("criticalThresholds")),
        nan=given["nan_strategy"],
        critical=given["critical_metric"],
        must_have_data=bool(given.get("must_have_data") or given.get("is_data_required")),
    )
    classify = kayenta.classify_by_mean if given["classifier"] == "MeanInequality" else kayenta.classify
    found = classify(*both(lambda arm: _with_missing(given[arm])), settings)
    return {
        "classification": found.label.value,
        "critical": found.critical,
        "deviation": found.effect,
        "reason_nonempty": bool(found.reason),
    }


def _with_missing(values: list[Any]) -> list[float]:
    return [math.nan if value in (None, "NaN") else float(value) for value in values]


def _pair(values: list[float] | None) -> tuple[float, float] | None:
    return (values[0], values[1]) if values else None


def kayenta_score(given: Numbers) -> Numbers:
    metrics = [
        kayenta_scores.ScoredMetric(
            label=kayenta.Label(metric["label"]),
            groups=tuple(metric["groups"]),
            critical=metric["critical"],
            muted=metric.get("muted", False),
        )
        for metric in given["metrics"]
    ]
    return {"score": kayenta_scores.score(metrics, given["group_weights"]).summary}


def kayenta_threshold(given: Numbers) -> Numbers:
    verdict = kayenta_scores.verdict_of(
        given["score"], passes=given["pass_threshold"], marginal=given["marginal_threshold"]
    )
    return {"verdict": verdict.value}


def kayenta_outlier(given: Numbers) -> Numbers:
    """'iqr 1.5', 'iqr two sided' (1.5 too), 'iqr 3 reduced', 'k-sigma 3'."""
    kind, *words = given["method"].split()
    factor = next((float(word) for word in words if word.replace(".", "").isdigit()), 1.5)
    if kind == "iqr":
        reduced = any(word.startswith("reduce") for word in words)
        found = kayenta.iqr_outliers(given["values"], factor, reduce_sensitivity=reduced)
    else:
        found = kayenta.k_sigma_outliers(given["values"], factor)
    return {"outlier_indexes": found.nonzero()[0].tolist()}


def percentile_r7(given: Numbers) -> Numbers:
    return {"value": quantiles.percentile(given["values"], given["percentile"])}


def effect_size(given: Numbers) -> Numbers:
    if given["measure"] == "cles":
        return {"value": ranks.cles(given["canary"], given["baseline"])}
    if given["measure"].startswith("cohen_d"):
        return {"value": means.cohens_d(*both(lambda arm: means.Summary.of(given[arm])))}
    arms = both(lambda arm: np.asarray(given[arm], dtype=float))
    return {"value": kayenta.effect_size(*arms, "meanRatio")}


def eprocess_conditional_counts(given: Numbers) -> Numbers:
    log_e = _log_e(given)
    return {
        "log_e": log_e,
        "p_anytime": min(1.0, math.exp(-log_e)),
        "fail_at_05": log_e >= math.log(1 / 0.05),
        "fail_at_05_three_metrics": log_e >= math.log(3 / 0.05),
    }


def _log_e(given: Numbers) -> float:
    return statistics.log_e_value(
        canary_events=given["canary_events"],
        baseline_events=given["baseline_events"],
        canary_share=given["canary_share"],
        allowed_ratio=given.get("allowed_ratio", 1.0),
    )


def eprocess_ramp(given: Numbers) -> Numbers:
    stages = [_log_e(stage) for stage in given["stages"]]
    return {"stage_log_e": stages, "total_log_e": sum(stages), "fail_at_05": sum(stages) >= math.log(1 / 0.05)}


def delayed_labels(given: Numbers) -> Numbers:
    """The canary's labels are as old as the canary is, the baseline's have all come in."""
    reported = given[f"reported_by_{given['canary_age_h']}h"]
    shown = rates.reported_rate(given["true_rate"], reported)
    return {"apparent_canary_rate": shown, "apparent_ratio": shown / given["true_rate"]}


FAMILIES: dict[str, Callable[[Numbers], Numbers]] = {
    **{
        family.__name__: family
        for family in (
            mann_whitney,
            mann_whitney_ci,
            two_proportion_z,
            fisher_exact,
            welch_t,
            welch_t_summary,
            sample_size_proportion,
            sample_size_mean,
            power_mean,
            power_proportion,
            detectable_proportion,
            sample_size_rule16,
            srm_chi_square,
            ks_two_sample,
            ks_critical_value,
            psi,
            psi_null_distribution,
            non_inferiority_proportion,
            tost_mean,
            brunner_munzel,
            poisson_rates,
            multiple_testing,
            multiple_testing_fwer,
            anytime_normal_mixture,
            anytime_gamma_exponential,
            anytime_gamma_poisson,
            anytime_beta_binomial_two_sided,
            anytime_beta_binomial_one_sided,
            anytime_poly_stitching,
            anytime_empirical_process_lil,
            anytime_bernoulli_cs,
            anytime_quantile_ab,
            anytime_asymptotic_cs,
            msprt_normal,
            anytime_multinomial,
            burn_rate,
            kayenta_classifier,
            kayenta_score,
            kayenta_threshold,
            kayenta_outlier,
            percentile_r7,
            effect_size,
            eprocess_conditional_counts,
            eprocess_ramp,
            delayed_labels,
        )
    },
    "anytime_poly_stitching_neg_c": anytime_poly_stitching,
    "anytime_double_stitching_median": anytime_double_stitching,
    "anytime_double_stitching_p90": anytime_double_stitching,
    "anytime_double_stitching_p10": anytime_double_stitching,
    "calibration": calibrated,
}
"""Families that are functions of their input; `recommended_judge` and `simulation_band` have tests of their own."""
