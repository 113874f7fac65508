"""Why a proof refuses a draft, in words and with the field to go to."""

import re
from collections.abc import Mapping
from typing import Any

from django.utils.translation import gettext_lazy as _

from canarylearn.authoring.fields import Path

WORDS: dict[str, Any] = {
    "none-passes": _("No answer passes"),
    "several-pass": _("Another number of answers passes"),
    "depends-on-luck": _("Luck decides"),
    "number-without-run": _("A number that no run shows"),
    "bound-to-nothing": _("A mark that leads nowhere"),
    "tells-too-early": _("Told too early"),
    "given-away": _("The order is given away"),
    "longest-passes": _("The longest option is right too often"),
    "code-refused": _("Code that cannot be run"),
    "faulty-code-runs": _("The faulty code runs"),
    "too-few-variants": _("Too few variants"),
    "prover-gone": _("The prover was stopped"),
    "failed": _("The proof failed"),
}
"""Each code of a problem in words."""

_SAID = re.compile(r"say passing_answers: (\d+)")

_FIELDS = {
    "none-passes": "goals",
    "several-pass": "goals",
    "depends-on-luck": "goals",
    "given-away": "lines",
    "longest-passes": "options",
    "faulty-code-runs": "faulty",
    "too-few-variants": "variants",
    "code-refused": "afterwards",
}
_TEXTS = (
    (r"solution step (\d+)", "solution"),
    (r"mistake (\d+)", "mistakes"),
    (r"hint (\d+)", "hints"),
    (r"quick check", "quick_check"),
    (r"title", "title"),
    (r"prompt", "prompt"),
    (r"note on (.+?)", "notes"),
    (r"run '(.+?)'", "runs"),
)


def words_of(code: str) -> str:
    """What is wrong, in a few words."""
    return str(WORDS.get(code, code))


def message_of(problem: Mapping[str, str]) -> str:
    """What is wrong and what to do, in the words of the form rather than those of a file."""
    return _SAID.sub(str(_("say under “How many answers pass”: \\1")), problem["message"])


def path_of(problem: Mapping[str, str]) -> Path:
    """The place in an item that has to be mended; nothing where it is none in particular.

    A problem with a text begins with the name of that text.
    """
    for pattern, name in _TEXTS:
        found = re.match(rf"{pattern}(?:: |, line )", problem["message"])
        if found:
            which = found[1] if found.groups() else ""
            return (name, int(which) - 1 if which.isdigit() and name not in ("notes", "runs") else which)[
                : 1 + bool(which)
            ]
    field = _FIELDS.get(problem["code"], "")
    return (field,) if field else ()
