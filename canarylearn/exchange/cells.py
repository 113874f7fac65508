"""Cells of a table that spreadsheets open, and run nothing of."""

_FORMULA = ("=", "+", "-", "@", "\t", "\r", "\n", "|", "%", "\uff1d", "\uff0b", "\uff0d", "\uff20")
"""What a spreadsheet may take for the beginning of a formula, in both widths."""


def escape_cell(value: object) -> str:
    """A cell's text. One that could be taken for a formula begins with an apostrophe, and is text; one that begins with
    an apostrophe gets another, so that it can be told from those."""
    text = str(value).replace("\x00", "")
    return f"'{text}" if _is_escaped(text) else text


def unescape_cell(cell: str) -> str:
    """What was escaped, as it was."""
    return cell[1:] if cell.startswith("'") and _is_escaped(cell[1:]) else cell


def _is_escaped(text: str) -> bool:
    return text.startswith(_FORMULA) or text.lstrip().startswith((*_FORMULA, "'"))
