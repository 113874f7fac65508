"""The fields of a scenario's form. Knows no Django but for its translations."""

from collections.abc import Mapping
from dataclasses import replace
from typing import Any

from django.utils.translation import gettext_lazy as _

from canarylearn.authoring.fields import Data, Node, Refused, Typed, Unfit, Words
from canarylearn.authoring.groups import Part, Rows, Table
from canarylearn.engine.evidence import EVENTS
from canarylearn.items.writing import scenario_text

_SIDES = (("", _("choose")), ("canary", _("the canary")), ("stable", _("the stable one")))
_FAULTS: dict[str, tuple[Any, tuple[str, ...]]] = {
    "error-burst": (_("it fails more requests for a while"), ("on", "rate", "since", "until")),
    "slow-tail": (_("some of its requests take longer"), ("on", "share", "factor")),
    "leak": (_("it gets slower with every hour"), ("on", "growth")),
    "outage": (_("an outage: both lose requests for a while"), ("rate", "since", "until")),
    "segment-bug": (
        _("it is broken for one segment of the users"),
        ("on", "segment", "errors", "factor", "since", "until"),
    ),
    "quality-drop": (_("its right answers turn wrong"), ("on", "rate", "since", "until")),
    "cold-cache": (_("a user's first request is slow"), ("on", "factor")),
    "missing-metrics": (_("its metrics do not arrive"), ("on", "since", "until")),
}
"""What can go wrong, in words, and the fields that say more of it."""


def _used(name: str, field: Words) -> Words:
    """A field of a fault, with the kinds that use it."""
    return replace(field, used_for=" ".join(kind for kind, (_said, names) in _FAULTS.items() if name in names))


def _amount(label: Any, help: Any = "") -> Words:  # noqa: A002
    return Words(label=label, help=help, kind="input", keeps=False)


def _revision(label: Any) -> Part:
    return Part(
        label=label,
        fields={
            "name": Words(label=_("Name"), kind="input"),
            "p50": _amount(_("Usual answer time (p50)"), _("Half are quicker; such as 120ms.")),
            "p95": _amount(_("Slow answer time (p95)"), _("One in twenty is slower; such as 300ms.")),
            "errors": _amount(_("Failing requests"), _("Such as 1%.")),
            "accuracy": _amount(_("Right predictions"), _("Such as 90%.")),
            "size_mb": _amount(_("Size in MB")),
            "training_hours": _amount(_("Hours of training")),
            "capacity": Part(
                label=_("Capacity"),
                folded=True,
                fields={
                    "replicas": _amount(_("Replicas")),
                    "requests_per_second": _amount(_("Requests a second of each")),
                },
            ),
            "warm_up": Part(
                label=_("Slow at the start"),
                folded=True,
                fields={
                    "lasts": _amount(_("For how long, such as 10m")),
                    "factor": _amount(_("How many times as slow")),
                },
            ),
            "score": Part(
                label=_("Scores that it gives"),
                folded=True,
                fields={"mean": _amount(_("Mean")), "sd": _amount(_("Spread"))},
            ),
        },
    )


_FIELDS: dict[str, Node] = {
    "title": Words(label=_("Title"), kind="input", wide=True, help=_("Such as: v2 fills its disk.")),
    "about": Words(
        label=_("What is true in it"),
        kind="text",
        lines=2,
        help=_("Learners read it beside a run, after they have answered."),
    ),
    "slug": Words(
        label=_("Name in addresses (empty: made of the title)"),
        kind="input",
        wide=True,
        help=_("Small letters, digits and hyphens."),
    ),
    "watch": Words(
        label=_("What is drawn"),
        kind="select",
        choices=(
            ("", _("failing requests")),
            ("error_rate", _("failing requests, said")),
            ("p95", _("response times")),
            ("accuracy", _("right predictions")),
        ),
    ),
    "window": _amount(_("Window"), _("All the time there is, such as 2h.")),
    "trial": _amount(_("Trial"), _("When a release that is left to itself is judged, such as 1h.")),
    "interval": _amount(_("Interval"), _("Between two measurements, such as 2m.")),
    "patience": _amount(_("Patience"), _("A user is harmed who waits longer, such as 1s.")),
    "traffic": Part(
        label=_("Traffic"),
        fields={
            "requests_per_second": _amount(_("Requests a second")),
            "users": _amount(_("Different users")),
            "activity": Words(
                label=_("Activity"),
                kind="select",
                choices=(("", _("even")), ("even", _("even, said")), ("uneven", _("uneven: few users send most"))),
            ),
            "daily": Part(
                label=_("The day's curve"),
                folded=True,
                fields={
                    "amplitude": _amount(_("Swing, such as 40%")),
                    "peak": _amount(_("Peak, such as '14:30'")),
                    "starts_at": _amount(_("Window begins at, such as '09:00'")),
                },
            ),
            "bursts": Rows(
                label=_("Bursts"),
                one=_("burst"),
                folded=True,
                row=Part(
                    label=_("Burst"),
                    fields={
                        "since": _amount(_("From")),
                        "until": _amount(_("Until")),
                        "factor": _amount(_("Times as many")),
                    },
                ),
            ),
            "segments": Table(
                label=_("Segments of the users"),
                one=_("segment"),
                key="name",
                value="share",
                folded=True,
                row=Part(
                    label=_("Segment"),
                    fields={"name": Words(label=_("Name"), kind="input"), "share": _amount(_("Share, such as 20%"))},
                ),
            ),
        },
    ),
    "stable": _revision(_("The stable revision")),
    "canary": _revision(_("The canary")),
    "faults": Rows(
        label=_("What goes wrong"),
        one=_("fault"),
        help=_(
            "Leave empty what a fault does not use. Without a fault both revisions behave as they are described below."
        ),
        shown=1,
        row=Part(
            label=_("Fault"),
            fields={
                "kind": Words(
                    label=_("Kind"),
                    kind="select",
                    choices=(("", _("choose")), *((kind, said) for kind, (said, _names) in _FAULTS.items())),
                    decides=True,
                ),
                "on": _used("on", Words(label=_("Which revision"), kind="select", choices=_SIDES)),
                "segment": _used("segment", Words(label=_("Segment"), kind="input")),
                "rate": _used("rate", _amount(_("Rate"), _("Of its requests, such as 7%."))),
                "errors": _used("errors", _amount(_("Failing requests"), _("Of that segment, such as 20%."))),
                "share": _used("share", _amount(_("Share of the requests"), _("Such as 3%."))),
                "factor": _used("factor", _amount(_("How many times as slow"), _("Such as 3."))),
                "growth": _used("growth", _amount(_("Growth in an hour"), _("0.5 is half as slow again."))),
                "since": _used("since", _amount(_("From"), _("Such as 10m. Empty: from the start."))),
                "until": _used("until", _amount(_("Until"), _("Such as 40m. Empty: to the end."))),
            },
        ),
    ),
    "start_weight": _amount(_("Canary's share before the first step")),
    "label_delay": _amount(_("Delay of labels"), _("When it is known whether a prediction was right, such as 30m.")),
    "evidence": Part(
        label=_("How the judge decides"),
        folded=True,
        fields={
            "alpha_fail": _amount(_("Chance of a false fail, such as 0.01")),
            "alpha_pass": _amount(_("Chance of a false pass, such as 0.05")),
            "margin": _amount(_("Margin, such as 1%")),
            "min_canary": _amount(_("Least canary requests for a pass")),
            "allowed_ratio": _amount(_("Allowed ratio")),
            "critical": Rows(
                label=_("Critical events"),
                one=_("event"),
                row=Words(
                    label=_("Event"), kind="select", choices=(("", _("choose")), *((one, one) for one in EVENTS))
                ),
            ),
            "guard": Part(
                label=_("Guard: an absolute limit"),
                folded=True,
                fields={
                    "objective": _amount(_("Objective, such as 99%")),
                    "burn_rate": _amount(_("Burn rate")),
                    "long_window": _amount(_("Long window")),
                    "short_window": _amount(_("Short window")),
                    "min_events": _amount(_("Least failures")),
                },
            ),
            "inconclusive": Words(
                label=_("Without a verdict"),
                kind="select",
                choices=(
                    ("", _("hold")),
                    ("hold", _("hold, said")),
                    ("extend", _("extend once")),
                    ("promote", _("promote")),
                    ("roll_back", _("roll back")),
                ),
            ),
        },
    ),
    "salt": Words(label=_("Salt of the split"), kind="input"),
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
