"""Flags and figures in plain words."""

from collections.abc import Callable, Mapping

from django.utils.translation import gettext as _

from canarylearn.engine.quantities import NBSP
from canarylearn.insight import LEAST, Flag, Interval, Pull, Ranked
from canarylearn.items.spec import Item as Spec
from canarylearn.learning.forms import option_id

FEWEST = 5
"""Smaller counts of people are not shown: they could be told apart."""

FLOORS = 20
"""Beyond one in so many nobody thinks in fractions."""


def percent(share: float) -> str:
    """A share in whole percent."""
    return f"{round(100 * share)}{NBSP}%"


def minutes(seconds: float) -> str:
    """A time as people read it: 45 s, 2 min 5 s."""
    whole = round(seconds)
    return f"{whole}{NBSP}s" if whole < 60 else f"{whole // 60}{NBSP}min {whole % 60}{NBSP}s"


def count(people: int) -> str:
    """A count of people; a small one is not told."""
    if 0 < people < FEWEST:
        return _("fewer than %(fewest)d") % {"fewest": FEWEST}
    return str(people)


def part(people: int, of: int) -> str:
    """A share of people; one of a few is not told."""
    if not of:
        return "–"
    if 0 < people < FEWEST:
        return _("fewer than %(fewest)d") % {"fewest": FEWEST}
    return percent(people / of) if people else _("nobody")


def too_few(known: int) -> str:
    """What stands in the place of a figure that would be luck."""
    return _("too few (%(count)s of %(least)d)") % {"count": count(known), "least": LEAST}


def bounds(found: Interval | None) -> str:
    """An interval of a correlation."""
    return f"{found.low:.2f}{NBSP}…{NBSP}{found.high:.2f}" if found else ""


def say_option(spec: Spec | None, blank: str, option: int) -> str:
    """An option: its letter, and its text where that is short code; in code with several blanks, of which blank."""
    letter = option_id(option)
    if spec is None or blank not in spec.blanks or option >= len(spec.options_for(blank)):
        return letter
    if spec.kind == "question":
        return letter
    text = spec.options_for(blank)[option].text
    return f"{blank} = {text}" if len(spec.blanks) > 1 else f"{letter} ({text})"


def say_pick(spec: Spec | None, answer: Mapping[str, int]) -> str:
    """A whole answer in few letters: B, or the options of all blanks."""
    if spec is not None and spec.kind == "order":
        return "-".join(option_id(answer[blank]) for blank in spec.blanks if blank in answer)
    return ", ".join(say_option(spec, blank, option) for blank, option in answer.items())


def pulled(pull: Pull) -> list[str]:
    """How many pick something: of all, of the top, the middle and the bottom third."""
    thirds = zip(pull.by_third[::-1], pull.totals[::-1], strict=True)
    return [part(pull.count, pull.total), *(part(picked, of) for picked, of in thirds)]


def say_flag(flag: Flag, spec: Spec | None) -> str:
    """A flag in a sentence or two."""
    return _SAYINGS[flag.code](flag, spec)


def _top_prefers(flag: Flag, spec: Spec | None) -> str:
    said = _(
        "The top third prefers %(option)s: %(wrong)s of them pick it, and %(right)s what passes. "
        "Check the truth: the goals, the scenario, and what the text promises."
    )
    picked = {"option": say_pick(spec, dict(flag.answer)), "wrong": percent(flag.value), "right": percent(flag.other)}
    return said % picked


def _dead(flag: Flag, spec: Spec | None) -> str:
    said = _("Hardly anybody picks %(option)s: it tempts nobody.") if flag.value else _("Nobody picks %(option)s.")
    return said % {"option": say_option(spec, flag.blank, flag.option)}


def _too_hard(flag: Flag, _spec: Spec | None) -> str:
    said = _("%(share)s pass at the first try, and guessing alone would give %(floor)s.")
    return said % {"share": percent(flag.value), "floor": percent(flag.other)}


def _too_easy(flag: Flag, _spec: Spec | None) -> str:
    return _("%(share)s pass at the first try: it tells nobody apart.") % {"share": percent(flag.value)}


def _weak(flag: Flag, _spec: Spec | None) -> str:
    said = _("Those who do well elsewhere do no better here (r = %(r)s, at most %(most)s).")
    return said % {"r": f"{flag.value:.2f}", "most": f"{flag.other:.2f}"}


def _inefficient(flag: Flag, _spec: Spec | None) -> str:
    said = _("It tells learners apart by %(share)s of what it could.")
    return said % {"share": percent(max(0.0, flag.value) / 100)}


def _variant_off(flag: Flag, _spec: Spec | None) -> str:
    said = _("With the numbers of variant %(variant)d %(share)s pass, %(points)d points away from the others.")
    return said % {
        "variant": flag.variant,
        "share": percent(flag.value),
        "points": round(100 * flag.other),
    }


def _hint_leaks(flag: Flag, _spec: Spec | None) -> str:
    said = _("With a hint open %(helped)s pass, without one %(alone)s: a hint may give the answer away.")
    return said % {"helped": percent(flag.value), "alone": percent(flag.other)}


def _guessing(flag: Flag, _spec: Spec | None) -> str:
    if not flag.value:
        return ""
    odds = 1 / flag.value
    return _("Guessing alone passes 1 in %(odds)s.") % {"odds": f"{odds:.0f}" if odds % 1 < 0.05 else f"{odds:.1f}"}


_SAYINGS: dict[str, Callable[[Flag, Spec | None], str]] = {
    "top-prefers": _top_prefers,
    "dead": _dead,
    "too-hard": _too_hard,
    "too-easy": _too_easy,
    "weak": _weak,
    "inefficient": _inefficient,
    "variant-off": _variant_off,
    "hint-leaks": _hint_leaks,
    "guessing": _guessing,
}


def say_outlier(found: Ranked) -> str:
    """A rate that stands out, with what is usual in the list."""
    sayings = {
        "hints": _("%(value)s open a hint; half of the other items are below %(middle)s."),
        "time": _("The first answer takes %(value)s; half of the other items take less than %(middle)s."),
        "left": _("%(value)s leave it unsolved; half of the other items are below %(middle)s."),
        "reports": _("%(value)s report it; half of the other items are below %(middle)s."),
    }
    say = minutes if found.code == "time" else percent
    return sayings[found.code] % {"value": say(found.value), "middle": say(found.middle)}
