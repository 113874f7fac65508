"""successCondition and failureCondition: what one measurement of a metric counts as."""

import math
from dataclasses import dataclass
from functools import cached_property

from canarylearn.dialects.argo_rollouts.evaluation import Value, holds
from canarylearn.dialects.argo_rollouts.expressions import BadExpression, Tree, UnreadExpression, parse
from canarylearn.engine.analysis import State


@dataclass(frozen=True, kw_only=True)
class Measurement:
    """What one measurement counts as, and Argo's words where it could not be told."""

    state: State
    error: str = ""


def measure(success: str, failure: str, result: Value) -> Measurement:
    """One measurement under Argo's two conditions, either of which may be empty.

    Failing wins over succeeding; neither is inconclusive; without any condition everything succeeds.
    """
    if result is None or result == []:
        return Measurement(state=State.ERROR, error="metric result is nil or empty")
    verdicts = {}
    for name, source in (("successCondition", success), ("failureCondition", failure)):
        try:
            verdicts[name] = holds(source, result) if source else None
        except (BadExpression, UnreadExpression) as error:
            return Measurement(state=State.ERROR, error=f"could not evaluate {name}: {error}")
    return Measurement(state=_state(verdicts["successCondition"], verdicts["failureCondition"]))


def _state(succeeds: bool | None, fails: bool | None) -> State:
    if succeeds is None and fails is None:
        return State.SUCCESSFUL
    if fails is None:
        fails = not succeeds
    elif succeeds is None:
        succeeds = not fails
    if fails:
        return State.FAILED
    return State.SUCCESSFUL if succeeds else State.INCONCLUSIVE


@dataclass(frozen=True)
class Conditions:
    """Argo's two conditions as the condition of a check.

    `scale` is how many of the metric's own units one of the engine's is (100 where a query gives percent). `vector`
    is true where the provider answers with a list, as Prometheus does, so that conditions say result[0].
    """

    success: str = ""
    failure: str = ""
    scale: float = 1.0
    vector: bool = True

    def result(self, value: float) -> Value:
        """A measured value as the provider would give it."""
        return [value * self.scale] if self.vector else value * self.scale

    def judge(self, value: float | None) -> State:
        """One measurement. NaN (no requests) makes every comparison false; a missing metric is an error."""
        return self.explain(value).state

    def explain(self, value: float | None) -> Measurement:
        """One measurement, with Argo's words where it is an error."""
        return measure(self.success, self.failure, None if value is None else self.result(value))

    @cached_property
    def limit(self) -> float | None:
        """The number that a single comparison compares the result with, in the engine's unit; None for others."""
        for source in (self.success, self.failure):
            try:
                limit = _limit_in(parse(source)) if source else None
            except (BadExpression, UnreadExpression):
                limit = None
            if limit is not None:
                return limit / self.scale
        return None

    def say(self) -> str:
        """The conditions as they are written."""
        said = [self.success] if self.success else []
        said += [f"not {self.failure}"] if self.failure else []
        return ", and ".join(said) or "anything"


def problem_of(source: str, *, vector: bool) -> BadExpression | UnreadExpression | None:
    """Why no measurement could be judged by a condition, tried on a usual value; None when it can."""
    try:
        holds(source, [0.5] if vector else 0.5)
    except (BadExpression, UnreadExpression) as error:
        return error
    return None


_LOWER_OR_HIGHER = ("<", "<=", ">", ">=")


def _limit_in(tree: Tree) -> float | None:
    if tree.kind not in _LOWER_OR_HIGHER:
        return None
    numbers = [number for part in tree.parts if (number := _literal(part)) is not None]
    measured = [part for part in tree.parts if _is_result(part)]
    return numbers[0] if len(numbers) == 1 and len(measured) == 1 else None


def _literal(tree: Tree) -> float | None:
    if tree.kind == "unary -":
        number = _literal(tree.parts[0])
        return None if number is None else -number
    if tree.kind != "value" or isinstance(tree.value, (bool, str)) or tree.value is None:
        return None
    return float(tree.value) if math.isfinite(tree.value) else None


def _is_result(tree: Tree) -> bool:
    """result, result[0], or one of them made a number."""
    if tree.kind == "result":
        return True
    wrapped = tree.kind == "entry" or (tree.kind == "call" and tree.value in ("asFloat", "asInt", "default"))
    return wrapped and _is_result(tree.parts[0])
