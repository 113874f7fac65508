"""The expressions of conditions, read into a tree: a closed subset of the language that Argo Rollouts uses (expr).

There are numbers, text, true, false, nil, `result` and its entries, comparison, `and`/`or`/`not`, arithmetic, and the
calls in `CALLS`. Nothing is ever handed to Python to run.
"""

import re
from dataclasses import dataclass
from functools import lru_cache

CALLS = {"len": 1, "asInt": 1, "asFloat": 1, "isNaN": 1, "isInf": 1, "isNil": 1, "default": 2}
"""The calls there are, with how many arguments each takes."""

MOST_CHARACTERS = 1000
DEEPEST = 40
MOST_OPERATORS = 150
_MOST_DIGITS = 40


class BadExpression(Exception):
    """An expression that Argo Rollouts could not evaluate either; every measurement with it is an Error."""


class UnreadExpression(Exception):
    """An expression with parts of expr that are not read here."""


@dataclass(frozen=True, kw_only=True)
class Tree:
    """One part of an expression: an operator, call or kind of value, what it works on, and a literal's value."""

    kind: str
    parts: tuple["Tree", ...] = ()
    value: float | int | str | bool | None = None


_TOKEN = re.compile(
    r"""\s*(?:
    (?P<number>(?:\d[\d_]*(?:\.\d*)?|\.\d+)(?:[eE][+-]?\d+)?)
    |(?P<text>"(?:[^"\\]|\\.)*"|'(?:[^'\\]|\\.)*')
    |(?P<name>[A-Za-z_$][A-Za-z0-9_]*)
    |(?P<operator>\*\*|==|!=|<=|>=|&&|\|\||[-+*/%^<>!()\[\],])
    |(?P<other>\S)
    )""",
    re.VERBOSE | re.ASCII | re.DOTALL,
)
_WORDS = {"and": "&&", "or": "||", "not": "!"}
_NAMED = {"true": True, "false": False, "nil": None, "null": None}
_POWER = 100
_BINARY = {"||": 10, "&&": 15, "+": 30, "-": 30, "*": 60, "/": 60, "%": 60, "**": _POWER, "^": _POWER}
_BINARY |= dict.fromkeys(("==", "!=", "<", ">", "<=", ">="), 20)
_UNARY = {"!": 50, "-": 90, "+": 90}
_BEYOND = {"in", "matches", "contains", "startsWith", "endsWith", "let", "if"}
"""Operators of expr in words that are not read here."""
_BEYOND_CALLS = {"all", "any", "none", "one", "filter", "map", "count", "sum", "mean", "min", "max", "abs", "round"}
_BEYOND_CALLS |= {
    "ceil",
    "floor",
    "int",
    "float",
    "string",
    "first",
    "last",
    "reduce",
    "find",
    "trim",
    "lower",
    "upper",
}


@lru_cache(maxsize=256)
def parse(source: str) -> Tree:
    """The tree of an expression. Raises BadExpression or UnreadExpression, in a few words."""
    if len(source) > MOST_CHARACTERS:
        raise UnreadExpression(f"it is longer than {MOST_CHARACTERS} characters")
    return _Parser(_tokens(source)).whole()


def _tokens(source: str) -> list[tuple[str, str]]:
    tokens = []
    for found in _TOKEN.finditer(source):
        kind = found.lastgroup or ""
        text = found[kind]
        if kind == "other":
            if text in "?:.#{}|`;":
                raise UnreadExpression(f"{text!r} is not read here")
            raise BadExpression(f"unrecognized character: {text!r}")
        if kind == "name" and text in _BEYOND:
            raise UnreadExpression(f"the operator {text!r} is not read here")
        tokens.append(("operator", _WORDS[text]) if text in _WORDS else (kind, text))
    return tokens


class _Parser:
    """A precedence parser over a list of tokens."""

    def __init__(self, tokens: list[tuple[str, str]]) -> None:
        self._tokens = [*tokens, ("end", "")]
        self._at = 0
        self._depth = 0
        self._operators = 0

    def whole(self) -> Tree:
        tree = self._expression(0)
        if self._tokens[self._at][0] != "end":
            raise BadExpression(f"unexpected token {self._tokens[self._at][1]!r}")
        return tree

    def _take(self) -> tuple[str, str]:
        token = self._tokens[self._at]
        self._at += token[0] != "end"
        return token

    def _accept(self, operator: str) -> bool:
        if self._tokens[self._at] != ("operator", operator):
            return False
        self._at += 1
        return True

    def _expect(self, operator: str) -> None:
        if not self._accept(operator):
            raise BadExpression(f"unexpected token {self._tokens[self._at][1] or 'EOF'!r}, {operator!r} was expected")

    def _count(self) -> None:
        """A tree leans to the left, so a long chain of operators is a deep one, too."""
        self._operators += 1
        if self._operators > MOST_OPERATORS:
            raise UnreadExpression(f"it has more than {MOST_OPERATORS} operators")

    def _expression(self, least: int) -> Tree:
        self._depth += 1
        if self._depth > DEEPEST:
            raise UnreadExpression(f"it is nested more than {DEEPEST} levels deep")
        left = self._operand()
        while True:
            kind, operator = self._tokens[self._at]
            precedence = _BINARY.get(operator, -1) if kind == "operator" else -1
            if precedence < max(least, 0):
                break
            self._at += 1
            self._count()
            right = self._expression(precedence if precedence == _POWER else precedence + 1)
            left = Tree(kind="**" if operator == "^" else operator, parts=(left, right))
        self._depth -= 1
        return left

    def _operand(self) -> Tree:
        kind, text = self._tokens[self._at]
        if kind == "operator" and text in _UNARY:
            self._at += 1
            return Tree(kind=f"unary {text}", parts=(self._expression(_UNARY[text]),))
        tree = self._primary()
        while self._accept("["):
            self._count()
            tree = Tree(kind="entry", parts=(tree, self._expression(0)))
            self._expect("]")
        return tree

    def _primary(self) -> Tree:
        kind, text = self._take()
        if kind == "number":
            return Tree(kind="value", value=_number(text))
        if kind == "text":
            return Tree(kind="value", value=_text(text))
        if kind == "name":
            return self._named(text)
        if (kind, text) == ("operator", "("):
            tree = self._expression(0)
            self._expect(")")
            return tree
        raise BadExpression(f"unexpected token {text or 'EOF'!r}")

    def _named(self, name: str) -> Tree:
        if name in _NAMED:
            return Tree(kind="value", value=_NAMED[name])
        if name == "result":
            return Tree(kind="result")
        if name in CALLS:
            return self._call(name)
        if name in _BEYOND_CALLS and self._tokens[self._at] == ("operator", "("):
            raise UnreadExpression(f"the call {name!r} is not read here")
        raise BadExpression(f"unknown name {name}")

    def _call(self, name: str) -> Tree:
        self._expect("(")
        arguments: list[Tree] = []
        while not self._accept(")"):
            if arguments:
                self._expect(",")
            arguments.append(self._expression(0))
        if len(arguments) != CALLS[name]:
            raise BadExpression(
                f"{'too many' if len(arguments) > CALLS[name] else 'not enough'} arguments to call {name}"
            )
        return Tree(kind="call", value=name, parts=tuple(arguments))


def _number(text: str) -> float | int:
    digits = text.replace("_", "")
    if len(digits) > _MOST_DIGITS:
        raise BadExpression(f"invalid number {digits[:_MOST_DIGITS]!r}…")
    if digits.isdigit():
        if int(digits) >= 2**63:
            raise BadExpression(f"integer literal {digits} is too large")
        return int(digits)
    return float(digits)


_ESCAPES = {"n": "\n", "t": "\t", "r": "\r", "\\": "\\", '"': '"', "'": "'"}


def _text(quoted: str) -> str:
    def plain(found: re.Match[str]) -> str:
        if found[1] not in _ESCAPES:
            raise UnreadExpression(f"the escape \\{found[1]} is not read here")
        return _ESCAPES[found[1]]

    return re.sub(r"\\(.)", plain, quoted[1:-1], flags=re.DOTALL)
