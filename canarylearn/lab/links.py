"""A plan in an address: what was filled in, packed into one parameter. Nothing is stored anywhere else."""

import base64
import json
import re
import zlib
from collections.abc import Mapping
from urllib.parse import urlencode

from django.urls import reverse

MOST_PACKED = 100_000
"""Letters of a packed plan that are looked at."""

MOST_UNPACKED = 80 * 1024
MOST_FIELDS = 100
MOST_IN_ADDRESS = 6_000
"""Letters of an address that every browser, proxy and mail program lets through."""

_PACKED = re.compile(r"[A-Za-z0-9_-]+", re.ASCII)


class Garbled(ValueError):
    """A packed plan that is none: cut off, changed, or made to burst."""


def pack(fields: Mapping[str, str]) -> str:
    """The fields in one word of letters, digits, - and _."""
    text = json.dumps(dict(fields), ensure_ascii=False, separators=(",", ":"))
    return base64.urlsafe_b64encode(zlib.compress(text.encode(), 9)).decode().rstrip("=")


def unpack(packed: str) -> dict[str, str]:
    """The fields that were packed. Raises Garbled for anything that `pack` cannot have made."""
    if len(packed) > MOST_PACKED or not _PACKED.fullmatch(packed):
        raise Garbled
    try:
        fields = json.loads(_inflate(base64.urlsafe_b64decode(packed + "=" * (-len(packed) % 4))).decode())
    except (ValueError, zlib.error, RecursionError):
        raise Garbled from None
    if not isinstance(fields, dict) or len(fields) > MOST_FIELDS or not all(map(_is_text, fields.values())):
        raise Garbled
    return fields


def _inflate(data: bytes) -> bytes:
    """Never more than the bound, however much the data would become."""
    inflater = zlib.decompressobj()
    text = inflater.decompress(data, MOST_UNPACKED)
    if not inflater.eof:
        raise Garbled
    return text


def _is_text(value: object) -> bool:
    """Whether a value is text that a page can be written with: halves of letters cannot."""
    return isinstance(value, str) and not re.search("[\ud800-\udfff]", value)


def address(packed: str, before: str = "") -> str:
    """The lab with a plan run, beside the one before it if there was one."""
    asked = {"p": packed} | ({"before": before} if before else {})
    return f"{reverse('lab:index')}?{urlencode(asked)}"


def script_address(scenario: str, script: str, *, seed: int = 0) -> str:
    """The lab with a script run in a scenario (named 'topic/slug'): how a page elsewhere opens one there."""
    return address(pack({"scenario": scenario, "seed": str(seed), "way": "script", "script": script}))
