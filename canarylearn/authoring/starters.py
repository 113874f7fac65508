"""What a new draft begins with: nothing but its kind, or a small item that works and waits for other words."""

from typing import Any

from django.utils.translation import gettext_lazy as _

_WORDS: dict[str, Any] = {
    "concept": "exposure",
    "hints": ["Say where to look.", "Say which quantity decides.", "A worked example with other numbers."],
    "mistakes": ["Name a mistake that people make."],
    "solution": ["The fine v2 reached everyone after {{v2-is-fine: time_to_full}}."],
    "quick_check": "The rule in one line.",
}
_GOALS = [
    {"name": "A bad v2 is rolled back", "in": "v2-fails", "outcome": "rolled_back"},
    {
        "name": "At most 20 % of users meet the bad v2",
        "in": "v2-fails",
        "measure": "users_exposed_share",
        "at_most": "20%",
    },
    {"name": "A v2 that is fine reaches everyone", "in": "v2-is-fine", "outcome": "promoted"},
]

STARTERS: dict[str, tuple[Any, dict[str, Any]]] = {
    "one-blank": (
        _("A task with one blank: the first share"),
        {
            "kind": "task",
            "level": "easy",
            "prompt": "v1 serves everyone. Put v2 on trial with a share of the traffic, in percent.",
            "template": "deploy_model(version='v2', traffic_split=⟦traffic⟧)\n",
            "options": ["10", "48", "100", "0"],
            "scenarios": ["v2-fails", "v2-is-fine"],
            "goals": _GOALS,
            **_WORDS,
        },
    ),
    "three-blanks": (
        _("A task with three blanks: a rollout"),
        {
            "kind": "task",
            "level": "medium",
            "prompt": "Give v2 a share of the traffic for a while, and let the trial decide.",
            "template": "rollout_canary(model=⟦model⟧, traffic=⟦traffic⟧, duration=⟦duration⟧)\n",
            "options": {"model": ["'v2'", "'v1'"], "traffic": ["10", "100"], "duration": ["'1h'", "'2m'"]},
            "scenarios": ["v2-fails", "v2-is-fine"],
            "goals": _GOALS,
            **_WORDS,
        },
    ),
    "claims": (
        _("A question whose options claim something about two runs"),
        {
            "kind": "question",
            "level": "easy",
            "prompt": "One release gives v2 everything at once, the other a tenth first. v2 fails. What differs?",
            "options": [
                {
                    "text": "The small share spares users",
                    "claim": [
                        {
                            "name": "The small share harms fewer users",
                            "run": "a tenth first",
                            "measure": "users_harmed",
                            "below": "all at once",
                        }
                    ],
                },
                {
                    "text": "The small share harms more users",
                    "claim": [
                        {
                            "name": "The small share harms more users",
                            "run": "a tenth first",
                            "measure": "users_harmed",
                            "above": "all at once",
                        }
                    ],
                },
                {
                    "text": "Both harm nobody at all",
                    "claim": [
                        {
                            "name": "All at once harms nobody",
                            "run": "all at once",
                            "measure": "users_harmed",
                            "at_most": "0",
                        }
                    ],
                },
            ],
            "runs": {
                "a tenth first": "deploy_model(version='v2', traffic_split=10)\n",
                "all at once": "deploy_model(version='v2', traffic_split=100)\n",
            },
            "scenarios": ["v2-fails"],
            **_WORDS,
            "solution": ["Fewer users were harmed by the small share than by the other one."],
        },
    ),
}

EMPTY: dict[str, dict[str, Any]] = {
    "task": {"kind": "task", "level": "easy"},
    "question": {"kind": "question", "level": "easy"},
    "order": {"kind": "order", "level": "medium", "room": "test"},
}
"""What a draft of each kind begins with when nothing else is wanted."""
