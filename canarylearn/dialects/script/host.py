"""The functions that a script can call: what they take, how their errors read, and what they do to the release."""

import difflib
import re
from collections.abc import Mapping
from decimal import Decimal
from typing import TYPE_CHECKING

from canarylearn.dialects.script.plain import PLAIN, HostFunction
from canarylearn.dialects.script.values import Trouble, Value, is_number, kind, short
from canarylearn.engine import BUCKETS, Check, Release, Within, bucket, parse_duration

if TYPE_CHECKING:
    from canarylearn.dialects.script.expressions import Evaluator

_WATCHED = {"latency": "p95", "error_rate": "error_rate", "accuracy": "accuracy"}
_STABLE_NAMES = ("stable", "baseline", "old_model")
_CANARY_NAMES = ("canary", "new_model")
_SALT = "canary"
_CONTRACTS = {"percent": Decimal(100), "fraction": Decimal(1)}
_DIGITS = re.compile(r"\s*(\d+(?:\.\d+)?)\s*%?\s*", re.ASCII)


def _named(function: str, parameter: str) -> str:
    return f"{function}({parameter}=...)"


def _percent(where: str, value: Value) -> int:
    """A number of percent as buckets, exactly; Trouble says what is expected and what to write."""
    if isinstance(value, str):
        digits = _DIGITS.fullmatch(value[:40])
        tip = f" Write {digits[1]} without quotes." if digits else ""
        message = f"{where}: a number of percent is expected, and it got the text {short(value)}.{tip}"
        raise Trouble("wrong-type", message)
    if not is_number(value):
        raise Trouble("wrong-type", f"{where}: a number of percent is expected, and it got {kind(value)}")
    buckets = Decimal(repr(value)) * BUCKETS / 100
    if not 0 <= buckets <= BUCKETS:
        raise Trouble("out-of-range", f"{where}: percent go from 0 to 100, and it got {value}")
    if buckets != buckets.to_integral_value():
        raise Trouble("out-of-range", f"{where}: percent may have two decimals, and it got {value}")
    return int(buckets)


def _duration(where: str, value: Value) -> float:
    if not isinstance(value, str):
        raise Trouble("wrong-type", f"{where}: a duration is text such as '30m' or '1h', and it got {kind(value)}")
    try:
        return parse_duration(value)
    except ValueError:
        message = f"{where}: {short(value)} is not a duration. Write a number and a unit, such as '30m' or '1h'."
        raise Trouble("wrong-value", message) from None


def _revision(where: str, value: Value, release: Release) -> str:
    if not isinstance(value, str):
        raise Trouble("wrong-type", f"{where}: the name of a version is text such as 'v2', and it got {kind(value)}")
    names = tuple(release.world.responses)
    if value not in names:
        known = " and ".join(repr(name) for name in names)
        raise Trouble("wrong-value", f"{where}: there is no version {short(value)}; the versions here are {known}")
    return value


def _deploy_model(script: "Evaluator", given: dict[str, Value]) -> Value:
    version = _revision(_named("deploy_model", "version"), given["version"], script.release)
    weight = _percent(_named("deploy_model", "traffic_split"), given["traffic_split"])
    script.release.try_revision(version)
    script.release.set_weight(weight)
    return None


def _monitor_metric(script: "Evaluator", given: dict[str, Value]) -> Value:
    _revision(_named("monitor_metric", "model_version"), given["model_version"], script.release)
    metric, threshold = given["metric"], given["threshold"]
    if not isinstance(metric, str) or metric not in _WATCHED:
        known = ", ".join(repr(name) for name in _WATCHED)
        raise Trouble("wrong-value", f"monitor_metric(metric=...): choose one of {known}; it got {kind(metric)}")
    if not is_number(threshold):
        message = f"monitor_metric(threshold=...): a number is expected, and it got {kind(threshold)}"
        raise Trouble("wrong-type", message)
    assert isinstance(threshold, (int, float))
    if threshold < 0 or (metric != "latency" and threshold > 1):
        scale = "seconds, 0 or more" if metric == "latency" else "a fraction from 0 to 1, so 5 percent are 0.05"
        raise Trouble("out-of-range", f"monitor_metric(threshold=...): {metric} is {scale}, and it got {threshold}")
    limit = float(threshold)
    arm = "baseline" if given["model_version"] == script.release.stable_name else "canary"
    watched = _WATCHED[metric]
    below = watched == "accuracy"
    check = Check(
        metric=watched,
        arm="baseline" if arm == "baseline" else "canary",
        condition=Within(at_least=limit) if below else Within(at_most=limit),
    )
    script.release.add_check(check)
    return None


def _rollout_canary(script: "Evaluator", given: dict[str, Value]) -> Value:
    model = _revision(_named("rollout_canary", "model"), given["model"], script.release)
    weight = _percent(_named("rollout_canary", "traffic"), given["traffic"])
    seconds = _duration(_named("rollout_canary", "duration"), given["duration"])
    script.release.try_revision(model)
    script.release.set_weight(weight)
    script.release.judge_for(seconds)
    return None


def _set_traffic(script: "Evaluator", given: dict[str, Value]) -> Value:
    unit = given.get("unit", "percent")
    if unit not in ("percent", "fraction", "weight"):
        message = f"set_traffic(unit=...): choose 'percent', 'fraction' or 'weight'; it got {kind(unit)}"
        raise Trouble("wrong-value", message)
    stable, canary = _shares(given["split"], str(unit), script.release)
    script.release.set_weight(_by_weight(stable, canary) if unit == "weight" else _by_sum(str(unit), stable, canary))
    return None


def _by_sum(unit: str, stable: Decimal, canary: Decimal) -> int:
    """The canary's buckets where shares are parts of a fixed whole: the sum has to be exact, and so has the share."""
    total, whole = stable + canary, _CONTRACTS[unit]
    if total != whole:
        contract = "as percent" if unit == "percent" else "as fractions"
        message = f"set_traffic(): the shares add up to {_plain(total)}, and {contract} they have to add up to {whole}"
        raise Trouble("wrong-sum", message)
    buckets = canary / whole * BUCKETS
    if buckets != buckets.to_integral_value():
        digits = "percent may have two decimals" if unit == "percent" else "fractions may have four decimals"
        raise Trouble("out-of-range", f"set_traffic(): {digits}, and the canary's share is {_plain(canary)}")
    return int(buckets)


def _by_weight(stable: Decimal, canary: Decimal) -> int:
    """The canary's buckets under relative weights, to the nearest bucket; a weight that is not 0 never rounds away."""
    total = stable + canary
    if not total:
        raise Trouble("wrong-sum", "set_traffic(): both weights are 0, so nothing says who serves")
    buckets = round(canary / total * BUCKETS)
    if (canary and not buckets) or (stable and buckets == BUCKETS):
        raise Trouble("out-of-range", "set_traffic(): the smaller weight is less than one user in 10,000")
    return buckets


def _shares(split: Value, unit: str, release: Release) -> tuple[Decimal, Decimal]:
    """The stable and the canary share of a split, whichever of the usual names it uses."""
    if not isinstance(split, dict):
        message = f"set_traffic(): a dict such as {{'stable': 90, 'canary': 10}} is expected, and it got {kind(split)}"
        raise Trouble("wrong-type", message)
    found: dict[str, Decimal] = {}
    for key, value in split.items():
        found[_side(key, release)] = _share(key, value, unit)
    if len(split) != 2 or len(found) != 2:
        raise Trouble("wrong-value", "set_traffic(): exactly two shares are needed, one for each version")
    return found["stable"], found["canary"]


def _side(key: str | int, release: Release) -> str:
    if key in (*_STABLE_NAMES, release.stable_name):
        return "stable"
    if key in (*_CANARY_NAMES, release.candidate):
        return "canary"
    raise Trouble("wrong-value", f"set_traffic(): {short(key)} is no version; name them 'stable' and 'canary'")


def _share(key: str | int, value: Value, unit: str) -> Decimal:
    if isinstance(value, str):
        tip = " Write it without quotes." if _DIGITS.fullmatch(value[:40]) else ""
        message = f"set_traffic(): {short(key)} is the text {short(value)}, and a number is expected.{tip}"
        raise Trouble("wrong-type", message)
    if not is_number(value):
        raise Trouble("wrong-type", f"set_traffic(): {short(key)} needs a number, and it got {kind(value)}")
    share = Decimal(repr(value))
    if share < 0:
        raise Trouble("out-of-range", f"set_traffic(): {short(key)} is {value}, and a share cannot be negative")
    return share


def _plain(number: Decimal) -> str:
    return f"{number.normalize():f}"


def _set_weight(script: "Evaluator", given: dict[str, Value]) -> Value:
    script.release.set_weight(_percent(_named("set_weight", "percent"), given["percent"]))
    return None


def _hold(script: "Evaluator", given: dict[str, Value]) -> Value:
    script.release.hold(_duration(_named("hold", "duration"), given["duration"]))
    return None


def _promote(script: "Evaluator", given: dict[str, Value]) -> Value:
    script.release.promote()
    return None


def _rollback(script: "Evaluator", given: dict[str, Value]) -> Value:
    script.release.roll_back("the script said so")
    return None


def _restart(script: "Evaluator", given: dict[str, Value]) -> Value:
    script.release.restart()
    return None


def _remove_model(script: "Evaluator", given: dict[str, Value]) -> Value:
    script.release.remove(_revision(_named("remove_model", "name"), given["name"], script.release))
    return None


def _route_request(script: "Evaluator", given: dict[str, Value]) -> Value:
    user = given["user_id"]
    if not isinstance(user, int) or isinstance(user, bool):
        raise Trouble("wrong-type", f"route_request(user_id=...): a whole number is expected, and it got {kind(user)}")
    return script.release.route(user)


def _bucket(script: "Evaluator", given: dict[str, Value]) -> Value:
    user, salt = given["user_id"], given.get("salt", _SALT)
    if not isinstance(user, (int, str)) or isinstance(user, bool):
        raise Trouble(
            "wrong-type", f"bucket(user_id=...): a whole number or a text is expected, and it got {kind(user)}"
        )
    if not isinstance(salt, str):
        raise Trouble("wrong-type", f"bucket(salt=...): the salt is a text, and it got {kind(salt)}")
    return bucket(salt, user)


_LIST = [
    HostFunction(
        name="deploy_model",
        parameters=("version", "traffic_split"),
        required=2,
        call=_deploy_model,
        acts=True,
    ),
    HostFunction(
        name="monitor_metric",
        parameters=("model_version", "metric", "threshold"),
        required=3,
        call=_monitor_metric,
        acts=True,
    ),
    HostFunction(
        name="rollout_canary",
        parameters=("model", "traffic", "duration"),
        required=3,
        call=_rollout_canary,
        acts=True,
    ),
    HostFunction(name="set_traffic", parameters=("split", "unit"), required=1, call=_set_traffic, acts=True),
    HostFunction(name="set_weight", parameters=("percent",), required=1, call=_set_weight, acts=True),
    HostFunction(name="hold", parameters=("duration",), required=1, call=_hold, acts=True),
    HostFunction(name="promote", parameters=(), required=0, call=_promote, acts=True),
    HostFunction(name="rollback", parameters=(), required=0, call=_rollback, acts=True),
    HostFunction(name="restart", parameters=(), required=0, call=_restart, acts=True),
    HostFunction(name="remove_model", parameters=("name",), required=1, call=_remove_model, acts=True),
    HostFunction(name="route_request", parameters=("user_id",), required=1, call=_route_request),
    HostFunction(name="bucket", parameters=("user_id", "salt"), required=1, call=_bucket),
    *PLAIN,
]

HOST: Mapping[str, HostFunction] = {function.name: function for function in _LIST}

_NUMBER_WORDS = {"one": 1, "two": 2, "five": 5, "ten": 10, "twenty": 20, "fifty": 50, "hundred": 100}


def unknown_name(name: str, known: list[str]) -> Trouble:
    """The error for a name that nothing has, with the nearest one that exists."""
    if name in _NUMBER_WORDS:
        return Trouble(
            "unknown-name",
            f"the name {name} is not known here. A number is written in digits: {_NUMBER_WORDS[name]}.",
        )
    close = difflib.get_close_matches(name[:60], known, n=1)
    tip = f" Is it {close[0]}?" if close else " Give it a value first, or write text in quotes."
    return Trouble("unknown-name", f"the name {name[:60]} is not known here.{tip}")
