"""The mark that an exported question carries: the item it was made of and its scenarios, for the way back."""

import base64
import binascii
import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass

from canarylearn.engine import Scenario
from canarylearn.items.spec import Item
from canarylearn.items.writing import item_text, scenario_text

MARK = "canarylearn-v1"
PART = "canarylearn-part"
_MOST = 400_000


class BadMark(ValueError):
    """A mark that cannot be read; the message says why."""


@dataclass(frozen=True, kw_only=True)
class Carried:
    """What a mark carries: the text of an item's file, and of its scenarios' files by slug."""

    item: str
    scenarios: Mapping[str, str]


def pack(item: Item, scenarios: Mapping[str, Scenario]) -> str:
    """An item and its scenarios as one word."""
    facts = {
        "item": item_text(item),
        "scenarios": {slug: scenario_text(scenarios[slug]) for slug in item.scenarios},
    }
    return base64.b64encode(json.dumps(facts, ensure_ascii=False).encode()).decode()


def unpack(word: str) -> Carried:
    """What `pack` made a word of. Raises BadMark for anything else."""
    if len(word) > _MOST:
        raise BadMark("its mark is longer than any item")
    try:
        facts = json.loads(base64.b64decode(word, validate=True))
    except (binascii.Error, ValueError, RecursionError):
        raise BadMark("its mark is damaged") from None
    if not isinstance(facts, dict) or set(facts) != {"item", "scenarios"} or not isinstance(facts["scenarios"], dict):
        raise BadMark("its mark carries no item")
    texts = [facts["item"], *facts["scenarios"].values()]
    if not all(isinstance(text, str) for text in texts):
        raise BadMark("its mark carries no item")
    return Carried(item=facts["item"], scenarios=facts["scenarios"])


def seen(*texts: str) -> str:
    """A short digest of what people see of a question, whatever its spaces, to notice that it was changed."""
    plain = json.dumps([" ".join(text.split()) for text in texts])
    return hashlib.sha256(plain.encode()).hexdigest()[:16]
