"""How often the judge is wrong, by simulation: many releases, each looked at 100 times by the real judge.

`python -m benchmarks.judge` prints the table of docs/engine.md; here are fewer runs of the same.
"""

import math
from collections import Counter
from pathlib import Path

import numpy as np
import pytest

from benchmarks.judge import ALPHA, BASE, RUNS, TRUTHS, Truth, equal_releases, looked_once, measure, peeking, z_score
from canarylearn.engine import Judge, Phase, State
from canarylearn.engine.evidence import Evidence
from tests.worlds import arm, release, world

FEWER = 300
ROUNDING = 0.001

Printed = dict[tuple[str, int], list[float]]
"""The rows of the table in the docs: what is printed for each truth and number of requests, as fractions."""


@pytest.mark.parametrize("truth", TRUTHS, ids=lambda truth: f"{truth.name}, {truth.requests}")
def test_the_judge_is_right_as_often_as_measured_elsewhere(truth: Truth, printed: Printed) -> None:
    found = measure(truth, FEWER)
    assert abs(found.passes - truth.passes) <= three_deviations(truth.passes)
    assert abs(found.fails - truth.fails) <= three_deviations(truth.fails)
    if max(truth.canary) == BASE:
        assert found.fails <= ALPHA + three_deviations(ALPHA)
        assert found.naive_fails >= 0.25
    else:
        assert found.passes <= ALPHA + three_deviations(ALPHA)
    measured = [found.passes, found.fails, 1 - found.passes - found.fails, found.traffic, found.naive_fails]
    for ours, theirs in zip(measured, printed[truth.name, truth.requests], strict=True):
        assert abs(ours - theirs) <= 2 * three_deviations(min(0.5, max(0.02, theirs)))


def test_the_printed_table_keeps_what_the_judge_promises(printed: Printed) -> None:
    """False FAIL at most 5 %, false PASS at the margin at most 5 % and luck, the naive test wrong 30 % or more."""
    assert list(printed) == [(truth.name, truth.requests) for truth in TRUTHS]
    for truth in TRUTHS:
        passes, fails, undecided, traffic, naive = printed[truth.name, truth.requests]
        assert passes + fails + undecided == pytest.approx(1, abs=0.0015)
        assert abs(passes - truth.passes) <= three_deviations(truth.passes, RUNS) + ROUNDING
        assert abs(fails - truth.fails) <= three_deviations(truth.fails, RUNS) + ROUNDING
        if max(truth.canary) == BASE:
            assert fails <= ALPHA
            assert naive >= 0.3
        else:
            assert passes <= ALPHA + three_deviations(ALPHA, RUNS)
            assert traffic < 1


@pytest.fixture(scope="module")
def printed(repository: Path) -> Printed:
    """The table in docs/engine.md: what is printed for each truth and number of requests, as fractions."""
    rows = {}
    for line in (repository / "docs" / "engine.md").read_text(encoding="utf-8").splitlines():
        if line.startswith(("| equal", "| worse")):
            name, requests, *cells = (cell.strip(" *") for cell in line.strip("|").split("|"))
            rows[name, int(requests.replace(",", ""))] = [float(cell.rstrip(" %")) / 100 for cell in cells]
    return rows


def test_a_naive_test_at_every_look_fails_a_third_of_equal_canaries() -> None:
    """The control: on the same kind of data, a one-sided z test at 5 % that is looked at 100 times."""
    assert peeking() >= 0.3
    assert 0.2 <= peeking(consecutive=2) < peeking()
    assert looked_once() <= ALPHA + three_deviations(ALPHA, 8000) + 0.01


def test_a_ramp_through_a_busy_hour_fools_pooled_counts_and_not_the_judge() -> None:
    """Both arms fail 0.5 % while 5 % are on the canary and 2 % while 50 % are: Simpson's paradox, once pooled."""
    rng, failed, fooled = np.random.default_rng(3), 0, 0
    for _ in range(200):
        judge, pooled = Judge(Evidence()), np.zeros(4)
        for weight, base in ((500, 0.005), (5000, 0.02)):
            stage = equal_releases(rng, runs=1, looks=10, requests=20_000, share=weight / 10_000, base=base)
            parts = [part[0] for part in (stage.reached, stage.canary, stage.rest, stage.baseline)]
            pooled += [part.sum() for part in parts]
            failed += any(
                judge.observe(weight, arm(int(n), errors=int(x)), arm(int(m), errors=int(y))).state is State.FAILED
                for n, x, m, y in zip(*parts, strict=True)
            )
        fooled += bool(z_score(*(np.array(part) for part in pooled)) > 1.645)
    assert fooled / 200 >= 0.99
    assert failed / 200 <= 0.01 + three_deviations(0.01, 200)


def test_in_whole_releases_an_equal_canary_is_rarely_failed_and_a_bad_one_never_promoted() -> None:
    """The same through the engine: sticky users of uneven activity, three events, alpha 1 %, margin 1 point."""
    traffic = {"requests_per_second": 10, "users": 2000, "activity": "uneven"}
    said: dict[str, Counter[Phase]] = {}
    for name, errors in (("equal", "1%"), ("worse by the margin", "2%"), ("bad", "8%")):
        said[name] = Counter(
            release(world(seed, salt=f"s{seed}", traffic=traffic, canary={"errors": errors})).phase
            for seed in range(100)
        )
        print(f"\nwhole releases, {name}: {dict(said[name])}", end="")
    assert said["equal"][Phase.ROLLED_BACK] / 100 <= 0.01 + three_deviations(0.01, 100)
    assert said["worse by the margin"][Phase.PROMOTED] / 100 <= ALPHA + three_deviations(ALPHA, 100)
    assert said["bad"][Phase.ROLLED_BACK] == 100


def three_deviations(rate: float, runs: int = FEWER) -> float:
    """Three binomial standard deviations of a share of runs, with room for at least one run."""
    return max(3 * math.sqrt(rate * (1 - rate) / runs), 3 / runs)
