"""Reading a script: from text to a checked tree. Whatever is not listed here does not exist in the language."""

import ast
import io
import re
import tokenize
import unicodedata
from dataclasses import dataclass

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.script.limits import LIMITS, Limits
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
_FREE_TEXT = ("STRING", "COMMENT", "FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END")
_IN_BRACES = re.compile(r"\{[^{}]*\}")
_REFUSED_COMPARISONS = (ast.Is, ast.IsNot)
_WORDS = {
    ast.Import: "import",
    ast.ImportFrom: "import",
    ast.While: "while (use 'for' over a range, which always ends)",
    ast.Lambda: "lambda",
    ast.ClassDef: "class",
    ast.Try: "try",
    ast.With: "with",
    ast.Pow: "**",
    ast.ListComp: "a comprehension (use a 'for' loop)",
    ast.DictComp: "a comprehension (use a 'for' loop)",
    ast.SetComp: "a comprehension (use a 'for' loop)",
    ast.GeneratorExp: "a comprehension (use a 'for' loop)",
    ast.NamedExpr: "':='",
    ast.Starred: "'*'",
    ast.Global: "global",
    ast.Nonlocal: "nonlocal",
    ast.Tuple: "a tuple (use a list in square brackets)",
    ast.Set: "a set (use a list in square brackets)",
    ast.Slice: "a slice",
    ast.Delete: "del",
    ast.Assert: "assert",
    ast.Raise: "raise",
    ast.Await: "await",
    ast.Yield: "yield",
    ast.Is: "'is' (use '==')",
    ast.IsNot: "'is not' (use '!=')",
}


@dataclass(frozen=True, kw_only=True)
class Program:
    """A script that was read: its text, and its tree, in which every node is one that the language has."""

    source: str
    tree: ast.Module


def read(source: str, limits: Limits = LIMITS) -> Program:
    """The program in a text. Raises Unreadable, with a line, for anything that the language does not have."""
    text = source.replace("\r\n", "\n")
    _check_size(text, limits)
    _check_characters(text)
    _check_tokens(text, limits)
    tree = _parse(text)
    _check_tree(tree, limits)
    return Program(source=text, tree=tree)


def _check_size(text: str, limits: Limits) -> None:
    size = len(text.encode("utf-8", errors="replace"))
    if size > limits.source_bytes:
        raise _refuse(
            1,
            "too-long",
            f"the script has {size:,} bytes, and {limits.source_bytes:,} are allowed: shorten it",
        )
    if not text.strip():
        raise _refuse(1, "empty", "there is no code here")


def _check_characters(text: str) -> None:
    for number, line in enumerate(text.split("\n"), start=1):
        for character in line:
            if character != "\t" and unicodedata.category(character) in (
                "Cc",
                "Cf",
                "Cs",
                "Co",
                "Cn",
                "Zl",
                "Zp",
            ):
                message = (
                    f"there is an invisible character (U+{ord(character):04X}) here: delete it and type the line again"
                )
                raise _refuse(number, "invisible-character", message)


def _check_tokens(text: str, limits: Limits) -> None:
    """Checked on tokens, because the parser folds look-alike letters into plain ones before anyone sees them."""
    depth = in_line = 0
    try:
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            line = token.start[0]
            if token.type == tokenize.OP:
                depth += (token.string in "([{") - (token.string in ")]}")
            in_line = 0 if token.type == tokenize.NEWLINE else in_line + 1
            if depth > limits.bracket_depth:
                raise _refuse(line, "too-deep", f"more than {limits.bracket_depth} brackets are open here")
            if in_line > limits.tokens_in_statement:
                raise _refuse(line, "too-long", "this statement is too long: use several shorter ones")
            _check_letters(token, line)
    except (tokenize.TokenError, SyntaxError) as error:
        raise _refuse(_line_of(error), "syntax", f"this is not complete: {error.args[0]}") from None


def _check_letters(token: tokenize.TokenInfo, line: int) -> None:
    """Letters outside ASCII may stand in texts and comments, but not in the code inside an f-string's braces."""
    checked = token.string
    if tokenize.tok_name[token.type] in _FREE_TEXT:
        is_formatted = "f" in checked.split("'")[0].split('"')[0].lower()
        checked = "".join(_IN_BRACES.findall(checked)) if token.type == tokenize.STRING and is_formatted else ""
    if not checked.isascii():
        message = f"{checked[:20]!r} has letters outside the plain alphabet: type it again in plain letters"
        raise _refuse(line, "look-alike", message)


def _parse(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise _refuse(error.lineno or 1, "syntax", f"this cannot be read: {error.msg}") from None
    except (ValueError, MemoryError, RecursionError, OverflowError):
        raise _refuse(1, "too-deep", "this is nested too deeply or too large to read: make it simpler") from None


def _check_tree(tree: ast.Module, limits: Limits) -> None:
    """Walk the tree without recursion, so that depth cannot hurt, and refuse what is not on the list."""
    waiting: list[tuple[ast.AST, int, int, bool]] = [(tree, 1, 0, False)]
    while waiting:
        node, line, depth, inside = waiting.pop()
        line = node.lineno if isinstance(node, (ast.stmt, ast.expr, ast.arg, ast.keyword)) else line
        if depth > limits.nesting:
            raise _refuse(line, "too-deep", f"more than {limits.nesting} levels of nesting: use shorter steps")
        _check_node(node, line, inside)
        inside = inside or isinstance(node, ast.FunctionDef)
        waiting.extend((child, line, depth + 1, inside) for child in ast.iter_child_nodes(node))


def _check_node(node: ast.AST, line: int, inside: bool) -> None:
    if not isinstance(node, _ALLOWED) or isinstance(node, _REFUSED_COMPARISONS):
        word = _WORDS.get(type(node), type(node).__name__.lower())
        raise _refuse(line, "not-in-language", f"canary script has no {word}")
    if isinstance(node, ast.Constant) and not (node.value is None or isinstance(node.value, (bool, int, float, str))):
        raise _refuse(line, "not-in-language", f"canary script has no {type(node.value).__name__} values")
    if isinstance(node, ast.Attribute):
        _check_attribute(node, line)
    elif isinstance(node, ast.Call):
        _check_call(node, line)
    elif isinstance(node, ast.FunctionDef):
        _check_def(node, line, inside)
    elif isinstance(node, (ast.Assign, ast.AugAssign, ast.For)):
        _check_targets(node, line)
    elif isinstance(node, ast.Return) and not inside:
        raise _refuse(line, "not-in-language", "'return' stands outside a function: put it inside a 'def'")
    elif isinstance(node, ast.FormattedValue):
        _check_formatted(node, line)


def _check_formatted(node: ast.FormattedValue, line: int) -> None:
    if node.conversion != -1:
        raise _refuse(line, "not-in-language", "canary script has no '!r' in texts: write the value alone")
    if isinstance(node.format_spec, ast.JoinedStr) and any(
        isinstance(part, ast.FormattedValue) for part in node.format_spec.values
    ):
        raise _refuse(line, "not-in-language", "a format is written out, as in :.1f, and not computed")


def _check_attribute(node: ast.Attribute, line: int) -> None:
    if not (isinstance(node.value, ast.Name) and node.value.id in ARMS):
        message = "a dot may only follow canary or baseline, as in canary.error_rate"
        raise _refuse(line, "no-attributes", message)
    if node.attr not in METRICS:
        raise _refuse(line, "no-metric", f"{node.value.id}.{node.attr} is not measured; there are {', '.join(METRICS)}")


def _check_call(node: ast.Call, line: int) -> None:
    if not isinstance(node.func, ast.Name):
        raise _refuse(line, "not-in-language", "only a function can be called, by its name")
    names = [keyword.arg for keyword in node.keywords]
    if None in names:
        raise _refuse(line, "not-in-language", "canary script has no '**': write the arguments out")
    if twice := next((name for name in names if names.count(name) > 1), None):
        raise _refuse(line, "twice", f"{node.func.id}({twice}=...) is given twice: keep one")


def _check_def(node: ast.FunctionDef, line: int, inside: bool) -> None:
    arguments = node.args
    if inside:
        raise _refuse(line, "not-in-language", "a 'def' stands inside another one: move it out")
    if node.decorator_list or node.returns or any(arg.annotation for arg in arguments.args):
        raise _refuse(line, "not-in-language", "canary script has no decorators and no annotations")
    if arguments.vararg or arguments.kwarg or arguments.kwonlyargs or arguments.posonlyargs:
        raise _refuse(line, "not-in-language", "parameters are plain names here, with or without a default")


def _check_targets(node: ast.Assign | ast.AugAssign | ast.For, line: int) -> None:
    targets = node.targets if isinstance(node, ast.Assign) else [node.target]
    allowed = (ast.Name,) if isinstance(node, (ast.For, ast.AugAssign)) else (ast.Name, ast.Subscript)
    if len(targets) != 1 or not isinstance(targets[0], allowed):
        raise _refuse(line, "not-in-language", "one name stands left of '=', or one entry of a list or dict")
    if isinstance(node, ast.For) and node.orelse:
        raise _refuse(line, "not-in-language", "canary script has no 'else' after a 'for'")


def _line_of(error: tokenize.TokenError | SyntaxError) -> int:
    if isinstance(error, SyntaxError):
        return error.lineno or 1
    return int(error.args[1][0]) if len(error.args) > 1 else 1


def _refuse(line: int, code: str, message: str) -> Unreadable:
    return Unreadable((Located(line=line, column=None, code=code, message=message),))
