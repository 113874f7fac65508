"""Expressions: what one is worth in the scopes as they are now. Values are closed, and every step is counted."""

import ast
from abc import ABC, abstractmethod
from collections.abc import Callable, Mapping

from canarylearn.dialects.script.calls import bind_arguments
from canarylearn.dialects.script.entries import entry, entry_name
from canarylearn.dialects.script.formats import shape
from canarylearn.dialects.script.host import unknown_name
from canarylearn.dialects.script.limits import Limits
from canarylearn.dialects.script.plain import HostFunction
from canarylearn.dialects.script.reading import ARMS
from canarylearn.dialects.script.values import Operations, Trouble, Value, is_number, is_true, kind
from canarylearn.engine import Release


class Evaluator(ABC):
    """The values of a script that is being run against a release, and what its expressions make of them.

    `host` are the functions it may call beside its own. Raises Trouble for what an expression cannot do, and whatever
    the release raises; `_line` is then the line it happened on.
    """

    def __init__(self, release: Release, limits: Limits, host: Mapping[str, HostFunction]) -> None:
        self.release = release
        self.operations = Operations(limits)
        self.output: list[str] = []
        self._host = host
        self._limits = limits
        self._steps = self._actions = self._levels = 0
        self._line = 1
        self._globals: dict[str, Value] = {}
        self._frames: list[dict[str, Value]] = []
        self._expressions: dict[type[ast.expr], Callable[..., Value]] = {
            ast.Constant: self._constant,
            ast.Name: self._name,
            ast.List: self._list,
            ast.Dict: self._dict,
            ast.BinOp: self._binary,
            ast.UnaryOp: self._unary,
            ast.BoolOp: self._bool,
            ast.Compare: self._compare,
            ast.IfExp: self._choice,
            ast.Subscript: self._subscript,
            ast.Attribute: self._metric,
            ast.Call: self._call,
            ast.JoinedStr: self._joined,
        }

    @abstractmethod
    def _call_function(self, name: str, function: Value, positional: list[Value], named: dict[str, Value]) -> Value:
        """What a function of the script gives back; its body holds statements."""

    def _scope(self) -> dict[str, Value]:
        return self._frames[-1] if self._frames else self._globals

    def _descend(self) -> None:
        """Go one level down. Counted here, so that no script ends earlier for being run from a deeper place."""
        self._levels += 1
        if self._levels > self._limits.levels:
            raise Trouble("too-deep", "calls and expressions are nested too deeply here: use shorter steps")

    def _step(self) -> None:
        self._steps += 1
        if self._steps > self._limits.steps:
            message = f"the script took more than {self._limits.steps:,} steps: let it do less, or loop less often"
            raise Trouble("too-many-steps", message)

    def _value(self, node: ast.expr) -> Value:
        self._step()
        self._descend()
        self._line = node.lineno
        value = self._expressions[type(node)](node)
        self._line = node.lineno  # a function that was called on the way has moved it
        self._levels -= 1
        return value

    def _constant(self, node: ast.Constant) -> Value:
        value = node.value
        if isinstance(value, str):
            return self.operations.text(value)
        if isinstance(value, (int, float)) and not isinstance(value, bool):
            return self.operations.number(value)
        assert value is None or isinstance(value, bool)  # held by reading
        return value

    def _name(self, node: ast.Name) -> Value:
        for scope in (self._scope(), self._globals):
            if node.id in scope:
                return scope[node.id]
        if node.id in self._host or node.id == "print":
            raise Trouble("not-called", f"{node.id} is a function: call it with brackets, {node.id}(...)")
        if node.id in ARMS:
            raise Trouble("not-called", f"{node.id} is an arm: name a metric of it, such as {node.id}.error_rate")
        raise unknown_name(node.id, [*self._scope(), *self._globals, *self._host, "print", *ARMS])

    def _list(self, node: ast.List) -> Value:
        return self.operations.copy([self._value(element) for element in node.elts])

    def _dict(self, node: ast.Dict) -> Value:
        built: dict[str | int, Value] = {}
        for key, value in zip(node.keys, node.values, strict=True):
            assert key is not None  # held by reading
            built[entry_name(self._value(key))] = self._value(value)
        return self.operations.copy(built)

    def _binary(self, node: ast.BinOp) -> Value:
        return self.operations.binary(node.op, self._value(node.left), self._value(node.right))

    def _unary(self, node: ast.UnaryOp) -> Value:
        value = self._value(node.operand)
        if isinstance(node.op, ast.Not):
            return not is_true(value)
        if not is_number(value):
            raise Trouble("wrong-type", f"a sign stands before a number, and not before {kind(value)}")
        assert isinstance(value, (int, float))
        return -value if isinstance(node.op, ast.USub) else value

    def _bool(self, node: ast.BoolOp) -> Value:
        value: Value = None
        for part in node.values:
            value = self._value(part)
            if is_true(value) is isinstance(node.op, ast.Or):
                return value
        return value

    def _compare(self, node: ast.Compare) -> Value:
        left = self._value(node.left)
        for op, part in zip(node.ops, node.comparators, strict=True):
            right = self._value(part)
            if not self.operations.compare(op, left, right):
                return False
            left = right
        return True

    def _choice(self, node: ast.IfExp) -> Value:
        return self._value(node.body if is_true(self._value(node.test)) else node.orelse)

    def _subscript(self, node: ast.Subscript) -> Value:
        return entry(self._value(node.value), self._value(node.slice))

    def _metric(self, node: ast.Attribute) -> Value:
        assert isinstance(node.value, ast.Name)  # held by reading
        arm, name = node.value.id, node.attr
        if not self.release.now:
            raise Trouble(
                "not-measured",
                f"{arm}.{name}: nothing has been measured yet; write hold('10m') before this line",
            )
        value = self.release.metric(arm, name)
        if value != value:  # NaN: the arm had no requests
            return None
        return int(value) if name in ("requests", "users") else value

    def _joined(self, node: ast.JoinedStr) -> Value:
        parts = []
        for part in node.values:
            if isinstance(part, ast.FormattedValue):
                parts.append(self._formatted(part))
            elif isinstance(part, ast.Constant) and isinstance(part.value, str):
                parts.append(part.value)
        return self.operations.text("".join(parts))

    def _formatted(self, node: ast.FormattedValue) -> str:
        value = self._value(node.value)
        plain = self.operations.say(value)
        if node.format_spec is None:
            return plain
        assert isinstance(node.format_spec, ast.JoinedStr)
        return shape(value, plain, f"{self._joined(node.format_spec)}")

    def _call(self, node: ast.Call) -> Value:
        assert isinstance(node.func, ast.Name)  # held by reading
        name = node.func.id
        positional = [self._value(argument) for argument in node.args]
        named = {keyword.arg or "": self._value(keyword.value) for keyword in node.keywords}
        self._line = node.lineno
        for scope in (self._scope(), self._globals):
            if name in scope:
                return self._call_function(name, scope[name], positional, named)
        if name == "print":
            return self._print(positional, named)
        if name in ARMS:
            raise Trouble("not-called", f"{name} is an arm and no function: name a metric, such as {name}.error_rate")
        if name not in self._host:
            raise unknown_name(name, [*self._globals, *self._host, "print"])
        return self._call_host(self._host[name], positional, named)

    def _call_host(self, function: HostFunction, positional: list[Value], named: dict[str, Value]) -> Value:
        given = bind_arguments(
            function.name, function.parameters, function.parameters[function.required :], positional, named
        )
        if function.acts:
            self._actions += 1
            if self._actions > self._limits.actions:
                raise Trouble("too-many-actions", f"a script may act on the release {self._limits.actions} times")
        return function.call(self, given)

    def _print(self, positional: list[Value], named: dict[str, Value]) -> Value:
        if named:
            raise Trouble("wrong-arguments", f"print() takes no {next(iter(named))!r}: give it values only")
        text = self.operations.text(" ".join(self.operations.say(value) for value in positional))
        self.output.extend(text.split("\n"))
        if len(self.output) > self._limits.printed_lines:
            del self.output[self._limits.printed_lines :]
            raise Trouble("too-much-output", f"a script may print {self._limits.printed_lines} lines")
        return None
