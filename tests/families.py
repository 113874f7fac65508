"""Items of a test's own: a task with parameters, lines to put in order, and the worlds in which they are run."""

from typing import Any

from canarylearn.items import Item
from tests.worlds import scenario

WORLDS = {
    "plain": scenario(slug="plain", title="a plain world", about="v1 fails 1 % of its requests, as ever."),
    "bad": scenario(slug="bad", title="v2 is bad", about="v2 fails 15 % of its requests.", canary={"errors": "15%"}),
}

WORDS: dict[str, Any] = {
    "level": "easy",
    "title": "An item",
    "hints": ["Look here.", "Count this.", "A twin."],
    "mistakes": ["A mistake."],
    "solution": ["A step."],
    "quick_check": "A check.",
}

FAMILY: dict[str, Any] = {
    **WORDS,
    "id": "a-family",
    "kind": "task",
    "prompt": "v2 fails ‹harm› of its requests. At most ‹cap› % of users may meet it.",
    "template": "deploy_model(version='v2', traffic_split=⟦traffic⟧)",
    "options": ["20", "100", "0"],
    "scenarios": ["bad"],
    "goals": [
        {"name": "A bad v2 is rolled back", "outcome": "rolled_back"},
        {"name": "At most ‹cap› % meet it", "measure": "users_exposed_share", "at_most": "‹cap›%"},
    ],
    "parameters": {
        "harm": {"values": ["15%", "20%", "25%", "30%"]},
        "cap": {"from": 40, "to": 60, "step": 5, "authored": 50},
    },
    "variants": 3,
    "varies": {"bad": {"canary.errors": "harm", "about": "v2 fails ‹harm› of its requests."}},
}

ORDER: dict[str, Any] = {
    **WORDS,
    "id": "an-order",
    "kind": "order",
    "prompt": "Put the release in order.",
    "lines": [
        "promote()",
        {
            "text": "Roll back if v2 fails often",
            "fill": "if canary.error_rate > 0.05:\n    rollback()",
        },
        "set_weight(10)",
        "hold('30m')",
    ],
    "scenarios": ["bad", "plain"],
    "goals": [
        {"name": "A bad v2 is rolled back", "in": "bad", "outcome": "rolled_back"},
        {"name": "A fine v2 is promoted", "in": "plain", "outcome": "promoted"},
    ],
}


def family(**changes: Any) -> Item:
    """The task with parameters, with some fields changed."""
    return Item.model_validate({**FAMILY, **changes})


def order(**changes: Any) -> Item:
    """The lines to put in order, with some fields changed."""
    return Item.model_validate({**ORDER, **changes})
