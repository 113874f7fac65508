"""The fields of a scenario's form. Knows no Django."""

from collections.abc import Mapping
from typing import Any

from canarylearn.authoring.fields import Data, Node, Part, Refused, Rows, Table, Typed, Unfit, Words
from canarylearn.engine.evidence import EVENTS
from canarylearn.items.writing import scenario_text

_SIDES = (("", "choose"), ("canary", "the canary"), ("stable", "the stable one"))
_FAULTS = (
    ("", "choose"),
    ("error-burst", "error-burst: fails more requests for a while (rate)"),
    ("slow-tail", "slow-tail: some requests take longer (share, factor)"),
    ("leak", "leak: slower with every hour (growth)"),
    ("outage", "outage: both lose requests for a while (rate, since, until; on neither)"),
    ("segment-bug", "segment-bug: broken for one segment (segment, errors or factor)"),
    ("quality-drop", "quality-drop: right answers turn wrong (rate)"),
    ("cold-cache", "cold-cache: a user's first request is slow (factor)"),
    ("missing-metrics", "missing-metrics: its metrics do not arrive"),
)


def _amount(label: str, help: str = "") -> Words:  # noqa: A002
    return Words(label=label, help=help, kind="input", keeps=False)


def _revision(label: str) -> Part:
    return Part(
        label=label,
        fields={
            "name": Words(label="Name", kind="input"),
            "p50": _amount("p50, such as 120ms"),
            "p95": _amount("p95, such as 300ms"),
            "errors": _amount("Failing requests, such as 1%"),
            "accuracy": _amount("Right predictions, such as 90%"),
            "capacity": Part(
                label="Capacity",
                folded=True,
                fields={
                    "replicas": _amount("Replicas"),
                    "requests_per_second": _amount("Requests a second of each"),
                },
            ),
            "warm_up": Part(
                label="Slow at the start",
                folded=True,
                fields={"lasts": _amount("For how long, such as 10m"), "factor": _amount("How many times as slow")},
            ),
            "score": Part(
                label="Scores that it gives", folded=True, fields={"mean": _amount("Mean"), "sd": _amount("Spread")}
            ),
            "size_mb": _amount("Size in MB"),
            "training_hours": _amount("Hours of training"),
        },
    )


_FIELDS: dict[str, Node] = {
    "slug": Words(label="Name in addresses", kind="input", help="Small letters, digits and hyphens."),
    "title": Words(label="Title", kind="input"),
    "about": Words(label="What is true in it", kind="text", lines=2, help="Shown with a run, after it."),
    "watch": Words(
        label="What is drawn",
        kind="select",
        choices=(
            ("", "failing requests"),
            ("error_rate", "failing requests, said"),
            ("p95", "response times"),
            ("accuracy", "right predictions"),
        ),
    ),
    "window": _amount("Window: all the time there is, such as 2h"),
    "trial": _amount("Trial: when a release left to itself is judged, such as 1h"),
    "interval": _amount("Interval: time between measurements, such as 2m"),
    "patience": _amount("Patience: users complain after, such as 1s"),
    "traffic": Part(
        label="Traffic",
        fields={
            "requests_per_second": _amount("Requests a second"),
            "users": _amount("Users"),
            "activity": Words(
                label="Activity",
                kind="select",
                choices=(("", "even"), ("even", "even, said"), ("uneven", "uneven: few users send most")),
            ),
            "daily": Part(
                label="The day's curve",
                folded=True,
                fields={
                    "amplitude": _amount("Swing, such as 40%"),
                    "peak": _amount("Peak, such as '14:30'"),
                    "starts_at": _amount("Window begins at, such as '09:00'"),
                },
            ),
            "bursts": Rows(
                label="Bursts",
                one="burst",
                folded=True,
                row=Part(
                    label="Burst",
                    fields={"since": _amount("From"), "until": _amount("Until"), "factor": _amount("Times as many")},
                ),
            ),
            "segments": Table(
                label="Segments of the users",
                one="segment",
                key="name",
                value="share",
                folded=True,
                row=Part(
                    label="Segment",
                    fields={"name": Words(label="Name", kind="input"), "share": _amount("Share, such as 20%")},
                ),
            ),
        },
    ),
    "stable": _revision("The stable revision"),
    "canary": _revision("The canary"),
    "faults": Rows(
        label="What goes wrong",
        one="fault",
        help="Leave empty what a fault does not use.",
        row=Part(
            label="Fault",
            fields={
                "kind": Words(label="Kind", kind="select", choices=_FAULTS),
                "on": Words(label="On", kind="select", choices=_SIDES),
                "segment": Words(label="Segment", kind="input"),
                "rate": _amount("Rate, such as 7%"),
                "errors": _amount("Errors, such as 20%"),
                "share": _amount("Share, such as 3%"),
                "factor": _amount("Factor"),
                "growth": _amount("Growth an hour"),
                "since": _amount("From, such as 10m"),
                "until": _amount("Until"),
            },
        ),
    ),
    "start_weight": _amount("Canary's share before the first step"),
    "label_delay": _amount("Labels come after, such as 30m"),
    "evidence": Part(
        label="How the judge decides",
        folded=True,
        fields={
            "alpha_fail": _amount("Chance of a false fail, such as 0.01"),
            "alpha_pass": _amount("Chance of a false pass, such as 0.05"),
            "margin": _amount("Margin, such as 1%"),
            "min_canary": _amount("Least canary requests for a pass"),
            "allowed_ratio": _amount("Allowed ratio"),
            "critical": Rows(
                label="Critical events",
                one="event",
                row=Words(label="Event", kind="select", choices=(("", "choose"), *((one, one) for one in EVENTS))),
            ),
            "guard": Part(
                label="Guard: an absolute limit",
                folded=True,
                fields={
                    "objective": _amount("Objective, such as 99%"),
                    "burn_rate": _amount("Burn rate"),
                    "long_window": _amount("Long window"),
                    "short_window": _amount("Short window"),
                    "min_events": _amount("Least failures"),
                },
            ),
            "inconclusive": Words(
                label="Without a verdict",
                kind="select",
                choices=(
                    ("", "hold"),
                    ("hold", "hold, said"),
                    ("extend", "extend once"),
                    ("promote", "promote"),
                    ("roll_back", "roll back"),
                ),
            ),
        },
    ),
    "salt": Words(label="Salt of the split", kind="input"),
}

SCENE = Part(label="", fields=_FIELDS)


def typed_scene(data: Data) -> Typed:
    """What would have been typed to get the data of a scenario's file. Raises Unfit if the form could not hold it."""
    typed = SCENE.typed(data)
    refused = Refused()
    again: Any = SCENE.data(typed, "", refused)
    if refused.messages or not isinstance(data, Mapping) or scenario_text(again) != scenario_text(data):
        raise Unfit
    return typed


__all__ = ["SCENE", "typed_scene"]
