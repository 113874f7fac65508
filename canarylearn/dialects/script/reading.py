"""Reading a script: from text to a checked tree. Whatever is not listed here does not exist in the language."""

import ast
from collections.abc import Callable, Mapping
from dataclasses import dataclass

from canarylearn.dialects.errors import unreadable
from canarylearn.dialects.script.limits import LIMITS, Limits
from canarylearn.dialects.script.parsing import parse
from canarylearn.engine.metrics import METRICS

ARMS = ("canary", "baseline")

_ALLOWED: tuple[type[ast.AST], ...] = (
    ast.Module,
    ast.Expr,
    ast.Assign,
    ast.AugAssign,
    ast.If,
    ast.For,
    ast.FunctionDef,
    ast.Return,
    ast.Break,
    ast.Continue,
    ast.Pass,
    ast.Constant,
    ast.Name,
    ast.List,
    ast.Dict,
    ast.BinOp,
    ast.UnaryOp,
    ast.BoolOp,
    ast.Compare,
    ast.IfExp,
    ast.Subscript,
    ast.Attribute,
    ast.Call,
    ast.keyword,
    ast.JoinedStr,
    ast.FormattedValue,
    ast.arguments,
    ast.arg,
    ast.expr_context,
    ast.Add,
    ast.Sub,
    ast.Mult,
    ast.Div,
    ast.FloorDiv,
    ast.Mod,
    ast.UAdd,
    ast.USub,
    ast.Not,
    ast.And,
    ast.Or,
    ast.cmpop,
)
_REFUSED_COMPARISONS = (ast.Is, ast.IsNot)
_WORDS = {
    ast.AnnAssign: "annotations (write name = value)",
    ast.AsyncFor: "async",
    ast.AsyncFunctionDef: "async",
    ast.AsyncWith: "async",
    ast.BitAnd: "'&' (use 'and')",
    ast.BitOr: "'|' (use 'or')",
    ast.BitXor: "'^'",
    ast.Invert: "'~'",
    ast.LShift: "'<<'",
    ast.MatMult: "'@'",
    ast.Match: "match (use 'if' and 'elif')",
    ast.RShift: "'>>'",
    ast.TryStar: "try",
    ast.YieldFrom: "yield",
    ast.Import: "import",
    ast.ImportFrom: "import",
    ast.While: "while (use 'for' over a range, which always ends)",
    ast.Lambda: "lambda",
    ast.ClassDef: "class",
    ast.Try: "try",
    ast.With: "with",
    ast.Pow: "**",
    ast.ListComp: "comprehensions (use a 'for' loop)",
    ast.DictComp: "comprehensions (use a 'for' loop)",
    ast.SetComp: "comprehensions (use a 'for' loop)",
    ast.GeneratorExp: "comprehensions (use a 'for' loop)",
    ast.NamedExpr: "':='",
    ast.Starred: "'*'",
    ast.Global: "global",
    ast.Nonlocal: "nonlocal",
    ast.Tuple: "tuples (use a list in square brackets)",
    ast.Set: "sets (use a list in square brackets)",
    ast.Slice: "slices",
    ast.Delete: "del",
    ast.Assert: "assert",
    ast.Raise: "raise",
    ast.Await: "await",
    ast.Yield: "yield",
    ast.Is: "'is' (use '==')",
    ast.IsNot: "'is not' (use '!=')",
}


_VALUES = {bytes: "b'...'", complex: "complex", type(...): "'...'"}


@dataclass(frozen=True, kw_only=True)
class Program:
    """A script that was read: its text, and its tree, in which every node is one that the language has."""

    source: str
    tree: ast.Module


@dataclass(frozen=True, kw_only=True)
class _Inside:
    """What a node stands inside of."""

    function: bool = False
    loop: bool = False

    def within(self, node: ast.AST) -> "_Inside":
        """The same for the children of a node; a function begins anew, as no 'break' leaves it."""
        if isinstance(node, ast.FunctionDef):
            return _Inside(function=True)
        return _Inside(function=self.function, loop=True) if isinstance(node, ast.For) else self


def read(source: str, limits: Limits = LIMITS) -> Program:
    """The program in a text. Raises Unreadable, with a line, for anything that the language does not have."""
    text = source.replace("\r\n", "\n")
    tree = parse(text, limits)
    _check_tree(tree, limits)
    return Program(source=text, tree=tree)


def _check_tree(tree: ast.Module, limits: Limits) -> None:
    """Walk the tree without recursion, so that depth cannot hurt, and refuse what is not on the list."""
    waiting: list[tuple[ast.AST, int, int, _Inside]] = [(tree, 1, 0, _Inside())]
    while waiting:
        node, line, depth, inside = waiting.pop()
        line = node.lineno if isinstance(node, (ast.stmt, ast.expr, ast.arg, ast.keyword)) else line
        if depth > limits.nesting:
            raise unreadable(line, "too-deep", f"more than {limits.nesting} levels of nesting: use shorter steps")
        _check_node(node, line, inside)
        inside = inside.within(node)
        children = [(child, line, depth + 1, inside) for child in ast.iter_child_nodes(node)]
        waiting.extend(reversed(children))  # the last one is taken first, so the first error in the text is told


def _check_node(node: ast.AST, line: int, inside: _Inside) -> None:
    if not isinstance(node, _ALLOWED) or isinstance(node, _REFUSED_COMPARISONS):
        raise unreadable(line, "not-in-language", f"canary script has no {_WORDS.get(type(node), 'such construct')}")
    if isinstance(node, ast.Constant) and not (node.value is None or isinstance(node.value, (bool, int, float, str))):
        raise unreadable(
            line, "not-in-language", f"canary script has no {_VALUES.get(type(node.value), 'such')} values"
        )
    if check := _CHECKS.get(type(node)):
        check(node, line, inside)


def _check_way_out(node: ast.Return | ast.Break | ast.Continue, line: int, inside: _Inside) -> None:
    if isinstance(node, ast.Return):
        if not inside.function:
            raise unreadable(line, "not-in-language", "'return' stands outside a function: put it inside a 'def'")
    elif not inside.loop:
        word = "break" if isinstance(node, ast.Break) else "continue"
        raise unreadable(line, "not-in-language", f"'{word}' stands outside a loop: put it inside a 'for'")


def _check_name(node: ast.Name | ast.arg, line: int, inside: _Inside) -> None:
    name = node.arg if isinstance(node, ast.arg) else node.id
    given_a_value = isinstance(node, ast.arg) or isinstance(node.ctx, ast.Store)
    if given_a_value and name in ARMS:
        raise unreadable(line, "taken", f"{name} is an arm of the release: choose another name")


def _check_formatted(node: ast.FormattedValue, line: int, inside: _Inside) -> None:
    if node.conversion != -1:
        raise unreadable(line, "not-in-language", "canary script has no '!r' in texts: write the value alone")
    if isinstance(node.format_spec, ast.JoinedStr) and any(
        isinstance(part, ast.FormattedValue) for part in node.format_spec.values
    ):
        raise unreadable(line, "not-in-language", "a format is written out, as in :.1f, and not computed")


def _check_dict(node: ast.Dict, line: int, inside: _Inside) -> None:
    if None in node.keys:
        raise unreadable(line, "not-in-language", "canary script has no '**': write the entries out")


def _check_attribute(node: ast.Attribute, line: int, inside: _Inside) -> None:
    if not (isinstance(node.value, ast.Name) and node.value.id in ARMS):
        message = "a dot may only follow canary or baseline, as in canary.error_rate"
        raise unreadable(line, "no-attributes", message)
    if node.attr not in METRICS:
        raise unreadable(
            line, "no-metric", f"{node.value.id}.{node.attr} is not measured; there are {', '.join(METRICS)}"
        )


def _check_call(node: ast.Call, line: int, inside: _Inside) -> None:
    if not isinstance(node.func, ast.Name):
        raise unreadable(line, "not-in-language", "only a function can be called, by its name")
    names = [keyword.arg for keyword in node.keywords]
    if None in names:
        raise unreadable(line, "not-in-language", "canary script has no '**': write the arguments out")
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise unreadable(line, "twice", f"{node.func.id}({twice}=...) is given twice: keep one")


def _check_def(node: ast.FunctionDef, line: int, inside: _Inside) -> None:
    arguments = node.args
    if inside.function:
        raise unreadable(line, "not-in-language", "a 'def' stands inside another one: move it out")
    if node.decorator_list or node.returns or any(arg.annotation for arg in arguments.args):
        raise unreadable(line, "not-in-language", "canary script has no decorators and no annotations")
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs:
        raise unreadable(line, "not-in-language", "parameters are plain names here, with or without a default")
    if node.name in ARMS:
        raise unreadable(line, "taken", f"{node.name} is an arm of the release: choose another name")
    names = [argument.arg for argument in arguments.args]
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise unreadable(line, "twice", f"{node.name}() has the parameter {twice} twice: keep one")


def _check_targets(node: ast.Assign | ast.AugAssign | ast.For, line: int, inside: _Inside) -> None:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    allowed = (ast.Name,) if isinstance(node, ast.For) else (ast.Name, ast.Subscript)
    if len(targets) != 1 or not isinstance(targets[0], allowed):
        if isinstance(node, ast.For):
            raise unreadable(line, "not-in-language", "one name stands between 'for' and 'in'")
        raise unreadable(line, "not-in-language", "one name stands left of '=', or one entry of a list or dict")
    if isinstance(node, ast.For) and node.orelse:
        raise unreadable(line, "not-in-language", "canary script has no 'else' after a 'for'")


_CHECKS: Mapping[type[ast.AST], Callable[..., None]] = {
    ast.Assign: _check_targets,
    ast.Attribute: _check_attribute,
    ast.AugAssign: _check_targets,
    ast.Break: _check_way_out,
    ast.Call: _check_call,
    ast.Continue: _check_way_out,
    ast.Dict: _check_dict,
    ast.For: _check_targets,
    ast.FormattedValue: _check_formatted,
    ast.FunctionDef: _check_def,
    ast.Name: _check_name,
    ast.Return: _check_way_out,
    ast.arg: _check_name,
}
