"""Running a script: a small interpreter over the checked tree, one statement after the other."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from canarylearn.dialects.errors import Located
from canarylearn.dialects.script.calls import bind_arguments
from canarylearn.dialects.script.entries import entry, set_entry
from canarylearn.dialects.script.expressions import Evaluator
from canarylearn.dialects.script.host import HOST
from canarylearn.dialects.script.limits import LIMITS, Limits
from canarylearn.dialects.script.plain import HostFunction
from canarylearn.dialects.script.reading import Program
from canarylearn.dialects.script.trace import Recorder, TraceLine
from canarylearn.dialects.script.values import Function, Operations, Trouble, Value, is_true, kind
from canarylearn.engine import Outcome, Release, ReleaseError, ReleaseOver, World


@dataclass(frozen=True, kw_only=True)
class ScriptRun:
    """A script that was run: an outcome, or the error it was refused with; what it printed; its trace if asked for.

    A long run's trace ends before the run does: then `trace_full` is true.
    """

    outcome: Outcome | None
    refused: Located | None
    output: tuple[str, ...]
    trace: tuple[TraceLine, ...] = ()
    trace_full: bool = False


def run_script(program: Program, world: World, *, limits: Limits = LIMITS, trace: bool = False) -> ScriptRun:
    """Run a program in a world to the end of its release. Never raises for anything a script can contain.

    A script that ends undecided goes on under the comparative judge, or under its own monitors.
    """
    interpreter = Interpreter(program, Release(world), limits, trace=trace)
    refused = interpreter.run()
    outcome = interpreter.release.finish() if refused is None else None
    return ScriptRun(
        outcome=outcome,
        refused=refused,
        output=tuple(interpreter.output),
        trace=tuple(interpreter.recorder.lines),
        trace_full=interpreter.recorder.full,
    )


class Refused(Exception):
    """A call that went wrong on its way; `at` says where and why."""

    def __init__(self, at: Located) -> None:
        super().__init__(at.message)
        self.at = at


class _Return(Exception):
    def __init__(self, value: Value) -> None:
        super().__init__()
        self.value = value


class _Break(Exception):
    pass


class _Continue(Exception):
    pass


class Interpreter(Evaluator):
    """One run of one program against one release. `host` are the functions it may call, which are usually `HOST`."""

    def __init__(
        self,
        program: Program,
        release: Release,
        limits: Limits = LIMITS,
        *,
        trace: bool = False,
        host: Mapping[str, HostFunction] = HOST,
    ) -> None:
        super().__init__(release, limits, host)
        self.recorder = Recorder(limits)
        self._tracing = trace
        self._program = program
        self._statements: dict[type[ast.stmt], Callable[..., None]] = {
            ast.Expr: self._expression_statement,
            ast.Assign: self._assign,
            ast.AugAssign: self._augmented,
            ast.If: self._if,
            ast.For: self._for,
            ast.FunctionDef: self._define,
            ast.Return: self._return,
            ast.Break: self._break,
            ast.Continue: self._continue,
            ast.Pass: self._pass,
        }

    def run(self) -> Located | None:
        """Run the program; the error it was refused with, or None when it came to its end."""
        try:
            self._guarded(lambda: self._block(self._program.tree.body))
        except Refused as refused:
            return refused.at
        return None

    @property
    def acted(self) -> bool:
        """Whether anything it ran acted on the release."""
        return self._actions > 0

    def function(self, name: str) -> Function | None:
        """The function of this name that the program has defined."""
        found = self._globals.get(name)
        return found if isinstance(found, Function) else None

    def call(self, name: str, *arguments: Value) -> Value:
        """What a function of the program makes of these arguments, with limits that begin anew. Raises Refused."""
        self.operations = Operations(self._limits)
        self._steps = self._actions = self._levels = 0
        self._frames.clear()
        function = self._globals.get(name)
        return self._guarded(lambda: self._call_function(name, function, list(arguments), {}))

    def _guarded(self, work: Callable[[], Value]) -> Value:
        """What the work makes, or None when the release was over on the way. Raises Refused, with the line."""
        try:
            return work()
        except ReleaseOver:
            return None
        except Trouble as trouble:
            raise self._refused(trouble.code, trouble.message) from None
        except ReleaseError as error:
            raise self._refused("impossible", error.message) from None
        except RecursionError:  # only for a caller that has used up its own stack: levels are counted before that
            message = "calls and expressions are nested too deeply here: use shorter steps"
            raise self._refused("too-deep", message) from None

    def _refused(self, code: str, message: str) -> Refused:
        return Refused(Located(line=self._line, column=None, code=code, message=message))

    # Statements

    def _block(self, statements: list[ast.stmt] | tuple[ast.stmt, ...]) -> None:
        self._descend()
        for statement in statements:
            self._line = statement.lineno
            self._step()
            self._statements[type(statement)](statement)
            if isinstance(statement, (ast.Expr, ast.Assign, ast.AugAssign, ast.FunctionDef, ast.Pass)):
                self._record(statement)
        self._levels -= 1

    def _record(self, statement: ast.stmt) -> None:
        """Note a statement that was run, or the head of an 'if' or a 'for' when its body is about to be."""
        if self._tracing:
            self.recorder.record(statement.lineno, self._scope(), len(self.output))

    def _expression_statement(self, node: ast.Expr) -> None:
        self._value(node.value)

    def _assign(self, node: ast.Assign) -> None:
        target, value = node.targets[0], self._value(node.value)
        if isinstance(target, ast.Name):
            self._scope()[target.id] = value
            return
        assert isinstance(target, ast.Subscript)  # held by reading
        set_entry(self.operations, self._value(target.value), self._value(target.slice), value)

    def _augmented(self, node: ast.AugAssign) -> None:
        target = node.target
        if isinstance(target, ast.Subscript):
            container, key = self._value(target.value), self._value(target.slice)
            present = entry(container, key)
            set_entry(
                self.operations, container, key, self.operations.binary(node.op, present, self._value(node.value))
            )
            return
        assert isinstance(target, ast.Name)  # held by reading
        if target.id not in self._scope() and target.id in self._globals:
            message = (
                f"{target.id} belongs to the script and not to this function: pass it in, and return the new value"
            )
            raise Trouble("not-here", message)
        present = self._value(target)
        self._scope()[target.id] = self.operations.binary(node.op, present, self._value(node.value))

    def _if(self, node: ast.If) -> None:
        chosen = node.body if is_true(self._value(node.test)) else node.orelse
        self._record(node)
        self._block(chosen)

    def _for(self, node: ast.For) -> None:
        assert isinstance(node.target, ast.Name)  # held by reading
        values = self._value(node.iter)
        if not isinstance(values, list):
            raise Trouble("wrong-type", f"'for' goes through a list or a range, and not through {kind(values)}")
        levels = self._levels
        for value in list(values):
            self._line = node.lineno
            self._step()
            self._scope()[node.target.id] = value
            self._record(node)
            try:
                self._block(node.body)
            except _Continue:
                continue
            except _Break:
                return
            finally:
                self._levels = levels

    def _define(self, node: ast.FunctionDef) -> None:
        names = tuple(argument.arg for argument in node.args.args)
        defaults = [self._value(default) for default in node.args.defaults]
        with_default = names[len(names) - len(defaults) :]
        self._scope()[node.name] = Function(
            name=node.name,
            parameters=names,
            defaults=dict(zip(with_default, defaults, strict=True)),
            body=tuple(node.body),
        )

    def _return(self, node: ast.Return) -> None:
        value = None if node.value is None else self._value(node.value)
        self._record(node)
        raise _Return(value)

    def _break(self, node: ast.Break) -> None:
        self._record(node)
        raise _Break

    def _continue(self, node: ast.Continue) -> None:
        self._record(node)
        raise _Continue

    def _pass(self, node: ast.Pass) -> None:
        return

    # Functions

    def _call_function(self, name: str, function: Value, positional: list[Value], named: dict[str, Value]) -> Value:
        if not isinstance(function, Function):
            raise Trouble("wrong-type", f"{name} is {kind(function)}, so it cannot be called")
        given = bind_arguments(name, function.parameters, function.defaults, positional, named)
        if len(self._frames) >= self._limits.call_depth:
            raise Trouble("too-deep", f"functions call each other more than {self._limits.call_depth} deep")
        levels = self._levels
        self._frames.append({**function.defaults, **given})
        try:
            self._block(function.body)
        except _Return as returned:
            return returned.value
        finally:
            self._frames.pop()
            self._levels = levels
        return None
