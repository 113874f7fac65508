"""What is refused before a file is read: too much of it, archives, and what is no text."""

import re

from canarylearn.dialects.errors import unreadable

MOST_BYTES = 4 * 1024 * 1024

_ARCHIVES = {
    b"PK\x03\x04": "a zip archive",
    b"\x1f\x8b": "a gzip archive",
    b"BZh": "a bzip2 archive",
    b"\xfd7zXZ": "an xz archive",
}
_CONTROL = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff\ufffe\uffff]")


def text_of(data: bytes) -> str:
    """The text of a file in UTF-8. Raises Unreadable for anything else, and for too much of it."""
    if len(data) > MOST_BYTES:
        said = f"{len(data):,} bytes are more than {MOST_BYTES:,}; split the file"
        raise unreadable(1, "too-long", said)
    for begin, kind in _ARCHIVES.items():
        if data.startswith(begin):
            raise unreadable(1, "archive", f"this is {kind}; unpack it and import the files in it")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = data.count(b"\n", 0, error.start) + 1
        raise unreadable(line, "not-text", "this is no text in UTF-8; save the file as UTF-8") from None
    if found := _CONTROL.search(text):
        line = text.count("\n", 0, found.start()) + 1
        raise unreadable(
            line, "control-character", f"there is a control character (U+{ord(found[0]):04X}); take it out"
        )
    return text.replace("\r\n", "\n").replace("\r", "\n")
