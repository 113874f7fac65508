"""Scenarios: what is refused, and that it is refused in words that help."""

from typing import Any

import pytest
from pydantic import ValidationError

from canarylearn.engine import Scenario
from canarylearn.engine.scenario import Evidence
from tests.worlds import PLAIN, scenario

REFUSED: list[tuple[dict[str, Any], str, str]] = [
    ({"window": "90"}, "window", "'90' is not a duration; write a number and a unit, such as '30m' or '1h'"),
    ({"window": 5400}, "window", "5400 is not a duration"),
    ({"window": "0m"}, "window", "'0m' lasts no time at all"),
    ({"window": "8d"}, "window", "8.0 days are too long; a scenario's times go up to 7 days"),
    ({"interval": "7m"}, "", "window and trial must be whole numbers of intervals; change interval"),
    ({"trial": "2h"}, "", "it is longer than window; shorten trial or lengthen window"),
    ({"window": "1d", "trial": "1h", "interval": "30s"}, "", "more than 2000 intervals; lengthen interval"),
    ({"traffic": {"requests_per_second": 1000}}, "", "more than 5,000,000 requests; lower requests_per_second"),
    ({"traffic": {"requests_per_second": 0}}, "traffic.requests_per_second", "greater than 0"),
    ({"traffic": {"users": 0}}, "traffic.users", "greater than or equal to 1"),
    ({"traffic": {"activity": "some"}}, "traffic.activity", "'even' or 'uneven'"),
    ({"canary": {"errors": 0.01}}, "canary.errors", "0.01 is not a share; write a number from 0 to 100 with a percent"),
    ({"canary": {"errors": "101%"}}, "canary.errors", "'101%' is not a share"),
    ({"canary": {"p95": "100ms"}}, "canary", "p95 is 0.1 s and p50 is 0.12 s; p95 must be the larger one"),
    ({"canary": {"name": "v1"}}, "", "stable and canary are both named 'v1'; give them different names"),
    ({"canary": {"name": "V 2"}}, "canary.name", "pattern"),
    ({"canary": {"speed": 3}}, "canary.speed", "Extra inputs are not permitted"),
    ({"canary": {"capacity": {"replicas": 0, "requests_per_second": 5}}}, "canary.capacity.replicas", "greater than"),
    ({"start_weight": "110%"}, "start_weight", "'110%' is not a share"),
    ({"watch": "speed"}, "watch", "'error_rate', 'p95' or 'accuracy'"),
    ({"colour": "red"}, "colour", "Extra inputs are not permitted"),
    ({"evidence": {"alpha_fail": 0.7}}, "evidence.alpha_fail", "less than 0.5"),
    ({"faults": [{"kind": "fire"}]}, "faults.0", "'error-burst', 'slow-tail', 'leak'"),
    ({"faults": [{"kind": "leak", "on": "both", "growth": 1}]}, "faults.0.leak.on", "'stable' or 'canary'"),
    ({"faults": [{"kind": "slow-tail", "on": "canary", "share": "5%", "factor": 1}]}, "faults.0", "greater than 1"),
    ({"faults": [{"kind": "error-burst", "on": "canary", "rate": "0%"}]}, "faults.0", "greater than 0"),
    ({"faults": [{"kind": "outage", "rate": "9%", "since": "5m"}]}, "faults.0.outage.until", "Field required"),
]


@pytest.mark.parametrize(("changes", "place", "words"), REFUSED, ids=[f"{r[1]}: {r[2]}"[:50] for r in REFUSED])
def test_a_scenario_is_refused_with_the_place_and_the_reason(changes: dict[str, Any], place: str, words: str) -> None:
    with pytest.raises(ValidationError) as refused:
        scenario(**changes)
    errors = refused.value.errors()
    assert len(errors) == 1
    assert ".".join(str(part) for part in errors[0]["loc"]).startswith(place)
    assert words in errors[0]["msg"]


def test_amounts_are_read_with_their_units() -> None:
    read = scenario(start_weight="12.5%", patience="450ms", evidence={"margin": "0.5%"})
    assert (read.window, read.trial, read.interval) == (5400, 3600, 300)
    assert (read.start_weight, read.patience, read.evidence.margin) == (1250, 0.45, 0.005)
    assert (read.canary.p50, read.canary.errors, read.canary.accuracy) == (0.12, 0.01, 0.9)


def test_what_is_left_out_has_a_default() -> None:
    read = scenario()
    assert (read.start_weight, read.patience, read.watch, read.faults, read.salt) == (
        0,
        1.0,
        "error_rate",
        (),
        "canary",
    )
    assert read.evidence == Evidence(alpha_fail=0.01, alpha_pass=0.05, min_canary=500)
    assert read.evidence.margin == 0.01
    assert (read.traffic.activity, read.canary.capacity) == ("even", None)


def test_a_scenario_never_changes_and_can_be_a_key() -> None:
    assert scenario() == scenario()
    assert len({scenario(), scenario(), scenario(salt="other")}) == 2
    with pytest.raises(ValidationError, match="frozen"):
        setattr(scenario(), "window", 60)  # noqa: B010 - the types forbid it too


@pytest.mark.parametrize(
    "missing", ["slug", "title", "about", "window", "trial", "interval", "traffic", "stable", "canary"]
)
def test_a_scenario_says_all_it_has_to(missing: str) -> None:
    fields = {name: value for name, value in PLAIN.items() if name != missing}
    with pytest.raises(ValidationError, match=f"{missing}\n  Field required"):
        Scenario.model_validate(fields)
