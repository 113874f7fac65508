"""Scenarios: what is refused, and that it is refused in words that help."""

import math
from typing import Any

import pytest
from pydantic import ValidationError

from canarylearn.dialects.errors import Unreadable
from canarylearn.engine import Scenario, materialise
from canarylearn.engine.scenario import Evidence
from canarylearn.items.files import read_as
from tests.worlds import PLAIN, scenario

WARM = {"lasts": "10m", "factor": 2}
FAULTS: dict[str, dict[str, Any]] = {
    "error-burst": {"kind": "error-burst", "on": "canary", "rate": "5%"},
    "outage": {"kind": "outage", "rate": "5%"},
    "quality-drop": {"kind": "quality-drop", "on": "canary", "rate": "5%"},
    "missing-metrics": {"kind": "missing-metrics", "on": "canary"},
    "segment-bug": {"kind": "segment-bug", "on": "canary", "segment": "ios", "errors": "5%"},
    "leak": {"kind": "leak", "on": "canary", "growth": 1},
}

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
    ({"faults": [{**FAULTS["error-burst"], "since": "90m"}]}, "", "begins when the window is over"),
    ({"faults": [{**FAULTS["error-burst"], "since": "-5m"}]}, "faults.0.error-burst.since", "'-5m' is not a duration"),
    ({"faults": [{"kind": "segment-bug", "on": "canary", "segment": "ios"}]}, "faults.0", "this bug changes nothing"),
    ({"faults": [FAULTS["segment-bug"]]}, "", "there is no segment 'ios'; the traffic has no segments"),
    ({"faults": [FAULTS["leak"]] * 51}, "faults", "at most 50 items"),
    ({"canary": {"warm_up": {"lasts": "10m", "factor": 1}}}, "canary.warm_up.factor", "greater than 1"),
    ({"canary": {"score": {"mean": 0.5, "sd": 0.1}}}, "", "one revision has a score and the other has none"),
    ({"canary": {"score": {"mean": 0.5, "sd": 0}}}, "canary.score.sd", "greater than 0"),
    ({"label_delay": "1"}, "label_delay", "'1' is not a duration"),
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


@pytest.mark.parametrize("until", ["10m", "5m"])
@pytest.mark.parametrize("kind", ["error-burst", "outage", "quality-drop", "missing-metrics"])
def test_a_fault_that_ends_before_it_began_is_refused(kind: str, until: str) -> None:
    with pytest.raises(ValidationError, match=r"is not after since \(600 s\); write a later until"):
        scenario(faults=[{**FAULTS[kind], "since": "10m", "until": until}])


NO_NUMBERS = {
    "nan": math.nan,
    "inf": math.inf,
    "-inf": -math.inf,
    "true": True,
    "text": "10",
    "huge": 10**400,
    "list": [10],
    "nothing": None,
    "percent": "10%",
}


@pytest.mark.parametrize("value", NO_NUMBERS.values(), ids=NO_NUMBERS)
@pytest.mark.parametrize(
    "place", ["traffic.requests_per_second", "traffic.users", "canary.size_mb", "canary.training_hours"]
)
def test_what_is_no_number_is_refused_in_plain_words(place: str, value: object) -> None:
    part, field = place.split(".")
    with pytest.raises(ValidationError) as refused:
        scenario(**{part: {field: value}})
    (error,) = refused.value.errors()
    assert ".".join(map(str, error["loc"])) == place
    assert "is not a" in error["msg"] or "less than or equal to 2000000" in error["msg"]
    assert len(error["msg"]) < 160


@pytest.mark.parametrize("value", [0, -0.0, -1, 1e-400])
def test_what_has_to_be_above_nothing_is(value: float) -> None:
    with pytest.raises(ValidationError, match="greater than 0"):
        scenario(traffic={"requests_per_second": value})


@pytest.mark.parametrize(
    "value",
    [0.1, "5", 5, True, None, "1e3s", "NaN", "inf", "-0s", "1 h", "9" * 400 + "s"],
    ids=lambda value: repr(value)[:20],
)
def test_what_is_no_duration_is_refused_in_plain_words(value: object) -> None:
    with pytest.raises(ValidationError) as refused:
        scenario(patience=value)
    (error,) = refused.value.errors()
    assert error["loc"] == ("patience",)
    assert "is not a duration" in error["msg"]


@pytest.mark.parametrize(
    ("window", "interval"), [("1s", "100ms"), ("0.3s", "0.1s"), ("1h", "2.4s"), ("7d", "7m"), ("2.1s", "700ms")]
)
def test_an_interval_divides_a_window_whatever_floats_make_of_the_rest(window: str, interval: str) -> None:
    read = scenario(window=window, trial=window, interval=interval, traffic={"requests_per_second": 1})
    intervals = read.window / read.interval
    assert materialise(read, 0).intervals == round(intervals) == pytest.approx(intervals)


@pytest.mark.parametrize("window", ["1.05s", "0.95s", "1.001s"])
def test_an_interval_that_nearly_divides_a_window_does_not(window: str) -> None:
    with pytest.raises(ValidationError, match="whole numbers of intervals"):
        scenario(window=window, trial="1s" if window > "1" else window, interval="100ms")


@pytest.mark.parametrize("since", ["0", "0s", 0], ids=repr)
def test_a_fault_may_begin_at_once(since: object) -> None:
    (fault,) = scenario(faults=[{**FAULTS["error-burst"], "since": since}]).faults
    assert fault == scenario(faults=[FAULTS["error-burst"]]).faults[0]


def test_what_came_later_is_written_only_where_it_says_something() -> None:
    """The digest of a proof hangs on it: a scenario that uses nothing new is what it was."""
    plain = scenario().model_dump(mode="json")
    assert "label_delay" not in plain
    assert set(plain["traffic"]) == {"requests_per_second", "users", "activity"}
    assert not {"warm_up", "score"} & set(plain["canary"])
    rich = scenario(label_delay="10m", traffic={"segments": {"a": "100%"}}, canary={"warm_up": WARM})
    written = rich.model_dump(mode="json")
    assert written["label_delay"] == 600
    assert written["traffic"]["segments"] == [{"name": "a", "share": 1.0}]
    assert written["canary"]["warm_up"] == {"lasts": 600.0, "factor": 2.0}


LINES = """slug: broken
title: a broken scenario
about: every mistake is found where it is.
window: 90m
trial: 1h
interval: 5m
traffic:
  requests_per_second: 4
  users: "10"
  segments:
    ios: 30%
    android: 60 percent
stable: {name: v1, p50: 120ms, p95: 300ms}
canary:
  name: v2
  p50: 120ms
  p95: 300ms
  errors: 2
faults:
  - kind: leak
    on: canary
    growth: true
  - kind: outage
    rate: 5%
    since: 20m
    until: 10m
"""


def test_every_mistake_of_a_file_is_found_on_its_line() -> None:
    with pytest.raises(Unreadable) as refused:
        read_as(Scenario, LINES)
    found = {(error.line, error.message.partition(":")[0]) for error in refused.value.errors}
    assert found == {
        (9, "traffic.users"),
        (12, "traffic.segments.android"),
        (18, "canary.errors"),
        (22, "faults.0.growth"),
        (23, "faults.1"),
    }


def test_a_mistake_between_parts_is_found_on_the_line_to_change() -> None:
    text = LINES.replace('"10"', "10").replace("60 percent", "70%").replace("errors: 2", "errors: 2%")
    text = text.replace("growth: true", "growth: 1").replace("until: 10m", "until: 30m")
    assert read_as(Scenario, text).traffic.users == 10
    with pytest.raises(Unreadable) as refused:
        read_as(Scenario, text.replace("since: 20m", "since: 90m").replace("until: 30m", "until: 95m"))
    (error,) = refused.value.errors
    assert (error.line, error.message) == (
        23,
        "faults.1: this outage begins when the window is over; let it begin earlier",
    )


@pytest.mark.parametrize(
    "value", [".nan", ".inf", "1e999", "-1e999", "1e400", "0x10", "1:30", "yes", "~", "!!python/x 1"]
)
def test_a_deceiving_number_in_a_file_is_refused_on_its_line(value: str) -> None:
    text = LINES.replace('"10"', "10").replace("requests_per_second: 4", f"requests_per_second: {value}")
    with pytest.raises(Unreadable) as refused:
        read_as(Scenario, text)
    assert 8 in {error.line for error in refused.value.errors}
