"""A plan in an address: it comes back as it was, and nothing that is none gets through."""

import base64
import json
import zlib

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.lab.links import MOST_UNPACKED, Garbled, address, pack, script_address, unpack
from tests.lab.visiting import packed_in

TEXTS = st.text(st.characters(exclude_categories=["Cs"]), max_size=200)


def pressed(data: bytes) -> str:
    """Bytes as `pack` presses them."""
    return base64.urlsafe_b64encode(zlib.compress(data, 9)).decode().rstrip("=")


@given(st.dictionaries(TEXTS, TEXTS, max_size=20))
def test_what_was_packed_comes_back(fields: dict[str, str]) -> None:
    packed = pack(fields)
    assert packed.isascii()
    assert unpack(packed) == fields


def test_a_manifest_of_64_kib_fits() -> None:
    fields = {"manifest": "key: 'value ü'\n" * 4400}
    assert unpack(pack(fields)) == fields
    assert len(pack(fields)) < 2000


GARBLED = {
    "nothing": "",
    "no base64": "%%%",
    "one letter": "A",
    "a blank": "eJ wL",
    "another alphabet": "eJ+/wL==",
    "base64 of nothing pressed": "YWJj",
    "half of one": pack({"way": "form", "seed": "1"})[:-6],
    "one with more behind it": pack({"way": "form"}) + "AAAAAAAA" * 20000,
    "a bomb of 100 MB": pressed(b"0" * 100_000_000),
    "a bomb just too large": pressed(json.dumps({"a": "b" * MOST_UNPACKED}).encode()),
    "bytes that are no text": pressed(b"\xff\xfe\x00"),
    "no JSON": pressed(b"{"),
    "a list": pressed(b"[]"),
    "a number": pressed(b"1e999"),
    "a number of many digits": pressed(b"9" * 70_000),
    "not a number": pressed(b"NaN"),
    "deep lists": pressed(b"[" * 70_000),
    "deep dicts": pressed(b'{"a":' * 14_000),
    "a value that is no text": pressed(b'{"seed": 1}'),
    "a value that is a list": pressed(b'{"manifest": ["a"]}'),
    "half of a letter": pressed(b'{"script": "\\ud800"}'),
    "a thousand fields": pressed(json.dumps({str(number): "" for number in range(1000)}).encode()),
}


@pytest.mark.parametrize("packed", GARBLED.values(), ids=GARBLED.keys())
def test_what_was_not_packed_is_garbled(packed: str) -> None:
    with pytest.raises(Garbled):
        unpack(packed)


@given(st.text(max_size=80))
def test_any_text_is_a_plan_or_garbled(text: str) -> None:
    try:
        fields = unpack(text)
    except Garbled:
        return
    assert all(isinstance(value, str) for value in fields.values())


def test_a_page_elsewhere_can_open_a_script_in_the_lab() -> None:
    script = "deploy_model(version='v2', traffic_split=10)\n"
    link = script_address("canary-releases/v2-fails", script, seed=7)
    assert link.startswith("/lab/?p=")
    assert unpack(packed_in(link)) == {
        "scenario": "canary-releases/v2-fails",
        "seed": "7",
        "way": "script",
        "script": script,
    }


def test_the_plan_before_goes_along() -> None:
    assert address("abc", "def") == "/lab/?p=abc&before=def"
