"""A draft as a learner would see it, in every state, made by the learner's own code. Nothing is written."""

from dataclasses import dataclass
from itertools import islice
from typing import Any

from django.template.loader import render_to_string
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canarylearn.engine import Scenario
from canarylearn.items import Item
from canarylearn.items.judging import SEEDS
from canarylearn.learning.models import Attempt
from canarylearn.learning.pages import build_page
from canarylearn.learning.ready import Ready
from canarylearn.learning.selectors import Listed, Standing
from canarylearn.learning.verdicts import show_verdict

FRESH, WRONG, HINT, SOLVED, OUT = "fresh", "wrong", "hint", "solved", "out"
STATES = {
    FRESH: gettext_lazy("Fresh"),
    WRONG: gettext_lazy("After a wrong try"),
    HINT: gettext_lazy("With its hints"),
    SOLVED: gettext_lazy("Solved"),
    OUT: gettext_lazy("Out of tries"),
}

MOST_ANSWERS = 256
"""So many answers are run to show a state; an item with more of them is looked at after its proof."""

MOST_REQUESTS = 1_000_000
"""A scenario with more requests is run in the background alone."""


class Unshown(Exception):
    """Why a state cannot be shown."""


@dataclass(frozen=True, kw_only=True)
class Preview:
    """A state for the page: what the learner sees, or why it cannot be shown."""

    state: str
    html: SafeString
    why: str = ""

    @property
    def title(self) -> str:
        """The state in words."""
        return str(STATES[self.state])


def preview(item: Item, scenarios: dict[str, Scenario], topic_slug: str, state: str) -> Preview:
    """An item in a state, as its learner would see it."""
    try:
        return Preview(state=state, html=_show(item, scenarios, topic_slug, state))
    except Unshown as why:
        return Preview(state=state, html=SafeString(""), why=str(why))
    except (ValueError, LookupError) as error:  # a text that speaks of a run that there is not
        return Preview(state=state, html=SafeString(""), why=_("It cannot be shown yet: %(error)s") % {"error": error})


def _show(item: Item, scenarios: dict[str, Scenario], topic_slug: str, state: str) -> SafeString:
    if any(one.traffic.expected(one.window) > MOST_REQUESTS for one in scenarios.values()):
        raise Unshown(_("A scenario has so much traffic that it is run in the background alone; prove the draft."))
    ready = Ready(version_id=0, number=1, topic_slug=topic_slug, seeds=len(SEEDS), item=item, scenarios=scenarios)
    standing = _standing(ready, state)
    chosen: dict[str, str] = {}
    page = build_page(
        room="quizzes" if item.kind == "question" else "practice",
        ready=ready,
        listed=[_listed(item, topic_slug)],
        standing=standing,
        chosen=chosen,
        verdict=show_verdict(ready, standing.attempts[-1].answer, "preview") if standing.attempts else None,
    )
    context: dict[str, Any] = {
        **vars(page),
        "room": {"name": "practice", "noun": item.kind, "url": ""},
        "within": True,
        "kind": item.kind,
    }
    return SafeString(render_to_string("admin/authoring/_as_learner.html", context))


def _standing(ready: Ready, state: str) -> Standing:
    item = ready.item
    if state == FRESH:
        return Standing()
    if state == HINT:
        return Standing(hints_opened=len(item.hints))
    if state in (SOLVED, OUT) and len(list(islice(item.assignments(), MOST_ANSWERS + 1))) > MOST_ANSWERS:
        told = _("It has more than %(most)d answers, and this state shows them all: look at its proof instead.")
        raise Unshown(told % {"most": MOST_ANSWERS})
    wanted, passing = {WRONG: (1, False), SOLVED: (1, True), OUT: (item.tries, False)}[state]
    found = (answer for answer in islice(item.assignments(), MOST_ANSWERS) if ready.judge(answer).passed is passing)
    answers = list(islice(found, wanted))
    if len(answers) < (1 if state != OUT else wanted):
        raise Unshown(
            _("No answer passes, so nobody can see it solved.")
            if passing
            else _("Too few answers fail for this state.")
        )
    attempts = [
        Attempt(number=number, answer=answer, passed=passing, hints_opened=0)
        for number, answer in enumerate(answers, 1)
    ]
    return Standing(attempts=tuple(attempts))


def _listed(item: Item, topic_slug: str) -> Listed:
    return Listed(
        slug=item.id,
        title=item.title,
        level=item.level,
        position=1,
        version_id=0,
        topic_slug=topic_slug,
        concept=item.concept or "",
        kind=item.kind,
        room=item.room,
    )
