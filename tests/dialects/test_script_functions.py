"""The functions that act on the release: what they do, and how each wrong use is told."""

import pytest

from canarylearn.dialects.script import run_script
from canarylearn.dialects.script.host import HOST
from canarylearn.dialects.script.reading import read
from canarylearn.engine import METRICS, Phase, bucket
from tests.dialects.running import WORLD, printed, ran, refused, release_after
from tests.worlds import world


def weight_after(source: str) -> int:
    """The canary's buckets of 10,000 after a script."""
    return release_after(source).weight


@pytest.mark.parametrize(
    ("percent", "buckets"),
    [
        ("10", 1_000),
        ("0", 0),
        ("100", 10_000),
        ("0.1", 10),
        ("0.01", 1),
        ("33.33", 3_333),
        ("12.5", 1_250),
        ("1e1", 1_000),
    ],
)
@pytest.mark.parametrize(
    "line", ["set_weight({})", "deploy_model('v2', {})", "deploy_model(traffic_split={}, version='v2')"]
)
def test_percent_become_buckets_exactly(line: str, percent: str, buckets: int) -> None:
    assert weight_after(line.replace("{}", percent)) == buckets


def test_a_tenth_of_a_percent_is_one_request_in_a_thousand() -> None:
    assert weight_after("rollout_canary(model='v2', traffic=0.1, duration='5m')") == 10


@pytest.mark.parametrize(
    ("value", "code", "said"),
    [
        ("'10%'", "wrong-type", "a number of percent is expected, and it got the text '10%'. Write 10 without quotes."),
        ("'10'", "wrong-type", "the text '10'. Write 10 without quotes."),
        ("'12.5 %'", "wrong-type", "Write 12.5 without quotes."),
        ("'ten'", "wrong-type", "it got the text 'ten'."),
        ("True", "wrong-type", "it got the truth value True"),
        ("None", "wrong-type", "it got nothing (None)"),
        ("[10]", "wrong-type", "it got a list"),
        ("-1", "out-of-range", "percent go from 0 to 100, and it got -1"),
        ("100.01", "out-of-range", "percent go from 0 to 100, and it got 100.01"),
        ("0.001", "out-of-range", "percent may have two decimals, and it got 0.001"),
        ("0.1 + 0.2", "out-of-range", "and it got 0.30000000000000004"),
        ("ten", "unknown-name", "A number is written in digits: 10."),
    ],
)
@pytest.mark.parametrize(
    ("call", "parameter"),
    [
        ("set_weight({})", "set_weight(percent=...)"),
        ("deploy_model('v2', {})", "deploy_model(traffic_split=...)"),
        ("rollout_canary('v2', {}, '1h')", "rollout_canary(traffic=...)"),
    ],
)
def test_a_wrong_percentage_is_told_with_the_parameter(
    call: str, parameter: str, value: str, code: str, said: str
) -> None:
    error = refused(call.replace("{}", value))
    assert error.code == code
    assert said in error.message
    assert parameter in error.message or code == "unknown-name"


@pytest.mark.parametrize(
    ("split", "unit", "buckets"),
    [
        ("{'stable': 90, 'canary': 10}", "percent", 1_000),
        ("{'canary': 33.33, 'stable': 66.67}", "percent", 3_333),
        ("{'v1': 75, 'v2': 25}", "percent", 2_500),
        ("{'old_model': 0.9, 'new_model': 0.1}", "fraction", 1_000),
        ("{'stable': 0.7, 'canary': 0.3}", "fraction", 3_000),
        ("{'baseline': 0.4321, 'canary': 0.5679}", "fraction", 5_679),
        ("{'stable': 9, 'canary': 1}", "weight", 1_000),
        ("{'stable': 2, 'canary': 1}", "weight", 3_333),
        ("{'stable': 0, 'canary': 5}", "weight", 10_000),
        ("{'stable': 90, 'canary': 10}", "weight", 1_000),
        ("{'stable': 0.9, 'canary': 0.1}", "weight", 1_000),
    ],
)
def test_a_split_is_read_under_its_contract(split: str, unit: str, buckets: int) -> None:
    assert weight_after(f"set_traffic({split}, unit='{unit}')") == buckets


def test_a_split_without_a_unit_is_percent() -> None:
    assert weight_after("set_traffic({'stable': 80, 'canary': 20})") == 2_000


def test_every_pair_of_hundredths_of_a_percent_that_makes_a_whole_is_accepted() -> None:
    for start in range(0, 10_000, 200):
        split = "{'stable': (10000 - i) / 100, 'canary': i / 100}"
        assert weight_after(f"for i in range({start}, {start + 200}):\n    set_traffic({split})") == start + 199


@pytest.mark.parametrize(
    ("arguments", "code", "said"),
    [
        (
            "{'stable': 90, 'canary': 20}",
            "wrong-sum",
            "the shares add up to 110, and as percent they have to add up to 100",
        ),
        ("{'stable': 0.9, 'canary': 0.1}", "wrong-sum", "the shares add up to 1, and as percent"),
        (
            "{'stable': 90, 'canary': 10}, 'fraction'",
            "wrong-sum",
            "add up to 100, and as fractions they have to add up to 1",
        ),
        ("{'stable': 0.7, 'canary': 0.1 + 0.2}, 'fraction'", "wrong-sum", "add up to 1.00000000000000004, and"),
        ("{'stable': 33.3, 'canary': 66.6}", "wrong-sum", "the shares add up to 99.9, and"),
        ("{'stable': 0, 'canary': 0}, 'weight'", "wrong-sum", "both weights are 0"),
        ("{'stable': 99.999, 'canary': 0.001}", "out-of-range", "percent may have two decimals"),
        ("{'stable': 0.99999, 'canary': 0.00001}, 'fraction'", "out-of-range", "share is 0.00001"),
        ("{'stable': 100000, 'canary': 1}, 'weight'", "out-of-range", "less than one user in 10,000"),
        ("{'stable': 1, 'canary': 100000}, 'weight'", "out-of-range", "less than one user in 10,000"),
        ("{'stable': 110, 'canary': -10}", "out-of-range", "'canary' is -10, and a share cannot be negative"),
        (
            "{'stable': '90%', 'canary': '10%'}",
            "wrong-type",
            "'stable' is the text '90%', and a number is expected. Write",
        ),
        ("{'stable': 'most', 'canary': 10}", "wrong-type", "the text 'most', and a number is expected."),
        ("{'stable': True, 'canary': 0}", "wrong-type", "'stable' needs a number, and it got the truth value True"),
        ("{'stable': 90}", "wrong-value", "exactly two shares"),
        ("{}", "wrong-value", "exactly two shares"),
        ("{'stable': 50, 'old_model': 50}", "wrong-value", "exactly two shares"),
        ("{'stable': 50, 'canary': 25, 'new_model': 25}", "wrong-value", "exactly two shares"),
        ("{'stable': 90, 'v3': 10}", "wrong-value", "'v3' is no version; name them 'stable' and 'canary'"),
        ("{1: 90, 2: 10}", "wrong-value", "1 is no version"),
        ("[90, 10]", "wrong-type", "a dict such as {'stable': 90, 'canary': 10} is expected, and it got a list"),
        ("10", "wrong-type", "is expected, and it got the number 10"),
        ("{'stable': 90, 'canary': 10}, 'percents'", "wrong-value", "choose 'percent', 'fraction' or 'weight'"),
        ("{'stable': 90, 'canary': 10}, ['percent']", "wrong-value", "it got a list"),
    ],
)
def test_a_wrong_split_is_told_with_its_sum_or_its_entry(arguments: str, code: str, said: str) -> None:
    error = refused(f"set_traffic({arguments})")
    assert error.code == code
    assert error.message.startswith("set_traffic(")
    assert said in error.message


WRONG = [
    ("deploy_model('v9', 10)", "wrong-value", "there is no version 'v9'; the versions here are 'v1' and 'v2'"),
    ("deploy_model(2, 10)", "wrong-type", "deploy_model(version=...): the name of a version is text such as 'v2'"),
    ("rollout_canary('v3', 10, '1h')", "wrong-value", "rollout_canary(model=...): there is no version 'v3'"),
    (
        "rollout_canary('v2', 10, 60)",
        "wrong-type",
        "a duration is text such as '30m' or '1h', and it got the number 60",
    ),
    ("rollout_canary('v2', 10, '1 hour')", "wrong-value", "'1 hour' is not a duration"),
    ("hold('10')", "wrong-value", "hold(duration=...): '10' is not a duration"),
    ("hold('0m')", "wrong-value", "'0m' is not a duration"),
    ("hold(None)", "wrong-type", "and it got nothing (None)"),
    (
        "monitor_metric('v2', 'p95', 0.5)",
        "wrong-value",
        "choose one of 'latency', 'error_rate', 'accuracy'; it got the text",
    ),
    ("monitor_metric('v2', ['latency'], 0.5)", "wrong-value", "it got a list"),
    ("monitor_metric('v2', 'latency', '0.5')", "wrong-type", "a number is expected, and it got the text '0.5'"),
    ("monitor_metric('v2', 'latency', True)", "wrong-type", "it got the truth value True"),
    ("monitor_metric('v2', 'latency', -1)", "out-of-range", "latency is seconds, 0 or more, and it got -1"),
    ("monitor_metric('v2', 'error_rate', 5)", "out-of-range", "5 percent are 0.05, and it got 5"),
    ("monitor_metric('v2', 'accuracy', 90)", "out-of-range", "accuracy is a fraction from 0 to 1"),
    ("monitor_metric('v7', 'latency', 1)", "wrong-value", "monitor_metric(model_version=...): there is no version"),
    ("remove_model('v3')", "wrong-value", "remove_model(name=...): there is no version 'v3'"),
    ("remove_model('v1')\nrollback()", "impossible", "v1 was removed: there is nothing to roll back to"),
    ("remove_model('v1')\nset_weight(10)", "impossible", "v1 was removed, so v2 has to take all traffic"),
    (
        "route_request('20')",
        "wrong-type",
        "route_request(user_id=...): a whole number is expected, and it got the text '20'",
    ),
    ("route_request(1.5)", "wrong-type", "it got the number 1.5"),
    ("route_request(True)", "wrong-type", "it got the truth value True"),
    ("sqrt(-1)", "out-of-range", "sqrt(): there is no root of a number below 0, and it got -1"),
    ("sqrt('4')", "wrong-type", "sqrt() takes a number, and it got the text '4'"),
    ("bucket(1.5)", "wrong-type", "bucket(user_id=...): a whole number or a text is expected, and it got the number"),
    ("bucket(True)", "wrong-type", "it got the truth value True"),
    ("bucket(1, 2)", "wrong-type", "bucket(salt=...): the salt is a text, and it got the number 2"),
    ("promote('v2')", "wrong-arguments", "promote() takes no arguments, and it got 1"),
    ("hold('5m', '5m')", "wrong-arguments", "hold() takes one argument, and it got 2"),
    ("set_weight(percentage=10)", "wrong-arguments", "has no parameter 'percentage'; its parameters are: percent"),
    ("rollback(reason='x')", "wrong-arguments", "its parameters are: none"),
    ("deploy_model('v2')", "wrong-arguments", "deploy_model() needs a value for traffic_split"),
    ("monitor_metric('v2')", "wrong-arguments", "needs a value for metric and threshold"),
    ("deploy_model('v2', version='v2')", "wrong-arguments", "deploy_model(version=...) is given twice: keep one"),
    ("print('a', end='')", "wrong-arguments", "print() takes no 'end'"),
    ("rolback()", "unknown-name", "the name rolback is not known here. Is it rollback?"),
    ("promote", "not-called", "promote is a function: call it with brackets, promote(...)"),
    ("print(canary)", "not-called", "canary is an arm: name a metric of it, such as canary.error_rate"),
    ("hold('5m')\nprint(canary.errors)", "no-metric", "canary.errors is not measured; there are requests, users"),
    ("x = 1\nprint(x.real)", "no-attributes", "a dot may only follow canary or baseline"),
    ("round(1.5, -1)", "out-of-range", "0 to 9 digits can be kept"),
    ("int('12345678901')", "number-too-large", "larger than a number here may be"),
]


@pytest.mark.parametrize(("source", "code", "said"), WRONG, ids=[source for source, _, _ in WRONG])
def test_a_wrong_call_is_told_in_plain_words(source: str, code: str, said: str) -> None:
    error = refused(source)
    assert error.code == code
    assert said in error.message
    assert error.line == source.count("\n") + 1


def test_the_list_above_misuses_every_function_that_acts() -> None:
    misused = " ".join(source for source, _, _ in WRONG) + " set_traffic( restart("
    assert [name for name, function in HOST.items() if function.acts and f"{name}(" not in misused] == []


def test_promote_and_rollback_decide() -> None:
    promoted, rolled_back = ran("promote()").outcome, ran("set_weight(10)\nrollback()").outcome
    assert promoted is not None
    assert rolled_back is not None
    assert (promoted.phase, rolled_back.phase) == (Phase.PROMOTED, Phase.ROLLED_BACK)


def test_a_script_goes_on_after_its_decision_until_it_acts_again() -> None:
    run = ran("promote()\nprint('promoted')\nset_weight(5)\nprint('never')")
    assert run.output == ("promoted",)
    assert run.outcome is not None
    assert run.outcome.phase is Phase.PROMOTED


def test_holding_lets_whole_intervals_pass() -> None:
    assert release_after("hold('5m')").now == 300
    assert release_after("hold('6m')\nhold('1ms')").now == 900
    assert release_after("hold('5d')").now == WORLD.scenario.window


def test_restart_changes_no_weight() -> None:
    assert weight_after("set_weight(10)\nrestart()") == 1_000


def test_removing_a_model_leaves_everyone_to_the_other() -> None:
    assert weight_after("remove_model('v1')") == 10_000
    assert weight_after("set_weight(10)\nremove_model('v2')") == 0


def routed_to_the_canary(percent: int) -> set[str]:
    """The first 200 users that a weight sends to the canary."""
    lines = ran(f"set_weight({percent})\nfor i in range(200):\n    print(f'{{i}} {{route_request(i)}}')").output
    assert len(lines) == 200
    return {line.split()[0] for line in lines if line.endswith("canary")}


def test_routing_follows_the_weight_and_keeps_its_users() -> None:
    few, half = routed_to_the_canary(10), routed_to_the_canary(50)
    assert routed_to_the_canary(0) == set()
    assert len(routed_to_the_canary(100)) == 200
    assert few < half
    assert 8 <= len(few) <= 34
    assert 70 <= len(half) <= 130


def test_a_root_is_python_s() -> None:
    assert printed("print(sqrt(2), sqrt(9), sqrt(0))") == f"{2**0.5} 3.0 0.0"


def test_a_bucket_is_the_engine_s_and_follows_from_salt_and_user_alone() -> None:
    said = printed("for user in [7, '7', 'ada', 123456789]:\n    print(bucket(user), bucket(user, salt='next'))")
    users = (7, "7", "ada", 123_456_789)
    assert said.split("\n") == [f"{bucket('canary', user)} {bucket('next', user)}" for user in users]


def test_users_below_the_weight_s_bucket_are_those_the_router_sends_to_the_canary() -> None:
    told = ran("set_weight(5)\nfor i in range(100):\n    print((bucket(i) < 500) == (route_request(i) == 'canary'))")
    assert set(told.output) == {"True"}


@pytest.mark.parametrize(("metric", "limit"), [("latency", "0.01"), ("error_rate", "0.0"), ("accuracy", "1.0")])
def test_a_watched_metric_beyond_its_limit_rolls_back(metric: str, limit: str) -> None:
    outcome = ran(f"set_weight(50)\nmonitor_metric('v2', '{metric}', {limit})\nhold('10m')").outcome
    assert outcome is not None
    assert outcome.phase is Phase.ROLLED_BACK


@pytest.mark.parametrize(("metric", "limit"), [("latency", "60"), ("error_rate", "1"), ("accuracy", "0")])
def test_a_watched_metric_within_its_limit_is_promoted_in_the_end(metric: str, limit: str) -> None:
    outcome = ran(f"set_weight(50)\nmonitor_metric('v2', '{metric}', {limit})\nhold('5m')").outcome
    assert outcome is not None
    assert outcome.phase is Phase.PROMOTED


def test_a_script_that_holds_through_the_whole_trial_and_decides_nothing_is_inconclusive() -> None:
    outcome = ran("set_weight(50)\nhold('10m')").outcome
    assert outcome is not None
    assert outcome.phase is Phase.INCONCLUSIVE


def test_a_limit_on_the_stable_version_watches_the_stable_version() -> None:
    release = release_after("monitor_metric('v1', 'latency', 0.5)\nmonitor_metric('v2', 'latency', 0.5)")
    assert [check.arm for check in release.finish().checks] == ["baseline", "canary"]


def test_every_metric_can_be_read_of_both_arms() -> None:
    lines = [
        f"print({arm}.{name} > 0)"
        for arm in ("canary", "baseline")
        for name in METRICS
        if name not in ("error_rate", "drift")
    ]
    assert set(ran("\n".join(["set_weight(50)", "hold('5m')", *lines])).output) == {"True"}


def test_counts_are_whole_numbers_and_rates_are_fractions() -> None:
    source = (
        "set_weight(50)\nhold('5m')\nprint(canary.requests + baseline.requests)\nprint(canary.users, canary.error_rate)"
    )
    requests, others = ran(source).output
    users, rate = others.split()
    assert requests.isdigit()
    assert users.isdigit()
    assert 0 <= float(rate) <= 1


def test_a_metric_changes_with_the_interval() -> None:
    first, second = ran("set_weight(50)\nfor i in range(2):\n    hold('5m')\n    print(canary.p95)").output
    assert first != second


def test_an_arm_without_requests_has_no_rates() -> None:
    source = "hold('5m')\nprint(canary.requests, canary.error_rate, canary.p95, canary.accuracy)"
    assert printed(source) == "0 None None None"
    error = refused("hold('5m')\nif canary.error_rate > 0.1:\n    rollback()")
    assert (error.line, error.code) == (2, "wrong-type")
    assert "nothing (None)" in error.message


def test_reading_before_anything_was_measured_says_what_to_write() -> None:
    error = refused("set_weight(10)\n\nif baseline.p95 > 1:\n    rollback()")
    assert (error.line, error.code) == (3, "not-measured")
    assert error.message == "baseline.p95: nothing has been measured yet; write hold('10m') before this line"


def test_a_refused_script_leaves_no_half_run_release() -> None:
    program = read("set_weight(10)\nhold('5m')\nprint('so far')\nx = 1 / 0")
    done = run_script(program, WORLD)
    assert done.refused is not None
    assert done.outcome is None
    assert done.output == ("so far",)


def test_a_refused_script_leaves_the_world_as_it_was() -> None:
    shared, fresh = world(seed=7), world(seed=7)
    good, bad = (
        read("rollout_canary('v2', 10, '30m')"),
        read("set_weight(50)\nhold('30m')\nremove_model('v1')\nnothing"),
    )
    assert run_script(bad, shared).refused is not None
    first, second = run_script(good, shared).outcome, run_script(good, fresh).outcome
    assert repr(first) == repr(second)
