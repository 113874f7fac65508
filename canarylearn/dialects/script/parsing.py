"""From text to a tree: size, letters and tokens are checked before Python's parser sees anything."""

import ast
import io
import re
import tokenize
import unicodedata

from canarylearn.dialects.errors import unreadable
from canarylearn.dialects.script.limits import Limits

_FREE_TEXT = ("STRING", "COMMENT", "FSTRING_START", "FSTRING_MIDDLE", "FSTRING_END")
_BESIDE = ("NL", "COMMENT", "INDENT", "DEDENT")
_PREFIX = re.compile(r"[A-Za-z]*")
_ESCAPE = re.compile(r"\\(.)", re.DOTALL)
_KNOWN_ESCAPES = "nt'\"\\\n"


def parse(text: str, limits: Limits) -> ast.Module:
    """The tree of a text, unchecked. Raises Unreadable, with a line, for what no reader would read as it stands."""
    _check_size(text, limits)
    _check_characters(text)
    _check_tokens(text, limits)
    return _parse(text)


def _check_size(text: str, limits: Limits) -> None:
    size = len(text.encode("utf-8", errors="replace"))
    if size > limits.source_bytes:
        raise unreadable(
            1,
            "too-long",
            f"the script has {size:,} bytes, and {limits.source_bytes:,} are allowed: shorten it",
        )
    if not text.strip():
        raise unreadable(1, "empty", "there is no code here")


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
                raise unreadable(number, "invisible-character", message)


def _check_tokens(text: str, limits: Limits) -> None:
    """Checked on tokens, because the parser folds look-alike letters into plain ones before anyone sees them."""
    depth = in_line = 0
    try:
        before = tokenize.TokenInfo(tokenize.NEWLINE, "", (1, 0), (1, 0), "")
        for token in tokenize.generate_tokens(io.StringIO(text).readline):
            line = token.start[0]
            if token.type == tokenize.OP:
                depth += (token.string in "([{") - (token.string in ")]}")
            if tokenize.tok_name[token.type] not in _BESIDE:
                in_line = 0 if token.type == tokenize.NEWLINE else in_line + 1
            if depth > limits.bracket_depth:
                raise unreadable(line, "too-deep", f"more than {limits.bracket_depth} brackets are open here")
            if in_line > limits.tokens_in_statement:
                raise unreadable(line, "too-long", "this statement is too long: use several shorter ones")
            _check_letters(token, line)
            _check_text(token, line)
            if before.type == tokenize.NUMBER and token.type == tokenize.NAME and before.end == token.start:
                message = (
                    f"the number {before.string} runs into {token.string}: write text in quotes, or a space between"
                )
                raise unreadable(line, "syntax", message)
            before = token
    except (tokenize.TokenError, SyntaxError) as error:
        _parse(text)  # the parser says where the open bracket or text began
        raise unreadable(_line_of(error, text), "syntax", f"this is not complete: {error.args[0]}") from None


def _check_letters(token: tokenize.TokenInfo, line: int) -> None:
    """Letters outside ASCII may stand in texts and comments, but not in the code inside an f-string's braces."""
    checked = token.string
    if tokenize.tok_name[token.type] in _FREE_TEXT:
        checked = _code_in_braces(checked) if token.type == tokenize.STRING else ""
    if not checked.isascii():
        message = f"{checked[:20]!r} has letters outside the plain alphabet: type it again in plain letters"
        raise unreadable(line, "look-alike", message)


def _code_in_braces(token: str) -> str:
    """What stands in the braces of an f-string, which is one token before Python 3.12; nothing for other texts."""
    prefix = _PREFIX.match(token)
    if prefix is None or "f" not in prefix[0].lower():
        return ""
    depth, code = 0, []
    for character in token.replace("{{", "").replace("}}", "") if "{" in token else "":
        depth += (character == "{") - (character == "}")
        if depth:
            code.append(character)
    return "".join(code)


def _check_text(token: tokenize.TokenInfo, line: int) -> None:
    """Texts have no prefix but f, and few escapes: none that hides a control character or a deceiving letter."""
    name = tokenize.tok_name[token.type]
    if name in ("STRING", "FSTRING_START", "TSTRING_START"):
        prefix = _PREFIX.match(token.string)
        if prefix is not None and prefix[0] not in ("", "f", "F"):
            raise unreadable(
                line, "not-in-language", f"canary script has no {prefix[0]}'...' texts: leave the letter out"
            )
    if name in ("STRING", "FSTRING_MIDDLE"):
        for found in _ESCAPE.finditer(token.string):
            if found[1] not in _KNOWN_ESCAPES:
                line += token.string.count("\n", 0, found.start())
                raise unreadable(
                    line, "escape", f"'{found[0]}' means nothing in a text here: there are \\n, \\t, \\', \\\" and \\\\"
                )


def _parse(text: str) -> ast.Module:
    try:
        return ast.parse(text)
    except SyntaxError as error:
        raise unreadable(_line_of(error, text), "syntax", f"this cannot be read: {error.msg}") from None
    except (ValueError, MemoryError, RecursionError, OverflowError):
        raise unreadable(1, "too-deep", "this is nested too deeply or too large to read: make it simpler") from None


def _line_of(error: tokenize.TokenError | SyntaxError, text: str) -> int:
    """The line of an error, kept within the text: what is missing at the end is told on the last line."""
    line = error.lineno if isinstance(error, SyntaxError) else error.args[1][0] if len(error.args) > 1 else 1
    return max(1, min(line or 1, len(text.rstrip("\n").split("\n"))))
