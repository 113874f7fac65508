"""The next best step: one thing to do now, and why."""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date

from django.urls import reverse
from django.utils.translation import gettext as _

from canarylearn.items.files import TopicSpec
from canarylearn.learning.kept import Kept
from canarylearn.learning.models import Topic
from canarylearn.learning.modes import Mode
from canarylearn.learning.progress import Standing, State
from canarylearn.learning.selectors import Listed


@dataclass(frozen=True, kw_only=True)
class NextStep:
    """Something to do: where it is, what it is, and why it comes now."""

    url: str
    title: str
    reason: str


Urgent = Callable[[Kept, Topic, date], NextStep | None]
"""What an app wants done before anything else by the learner of whom this is kept, on their day, if anything."""

_urgent: list[Urgent] = []


def tell_urgent(source: Urgent) -> None:
    """Let an app put something first, such as cards that are due. Called when the app is ready."""
    if source not in _urgent:
        _urgent.append(source)


def next_step(
    kept: Kept,
    today: date,
    topic: Topic,
    spec: TopicSpec,
    modes: Sequence[Mode],
    standings: Mapping[str, Standing],
    open_items: Sequence[Listed],
) -> NextStep | None:
    """What to do next in a topic. `open_items` are the items of practice that are not finished, in their order."""
    for source in _urgent:
        if (urgent := source(kept, topic, today)) is not None:
            return urgent
    by_name = {mode.name: mode for mode in modes}
    if all(standing.state is State.UNKNOWN for standing in standings.values()) and modes:
        return NextStep(
            url=modes[0].url,
            title=modes[0].title,
            reason=_("Begin here. Or answer a question first, and see what you know already."),
        )
    return (
        _another_way(spec, standings, by_name) or _an_item(spec, standings, open_items) or _a_mode(standings, by_name)
    )


def _another_way(spec: TopicSpec, standings: Mapping[str, Standing], modes: Mapping[str, Mode]) -> NextStep | None:
    """Out of the loop: after ten answers without becoming strong, another way of learning the same."""
    mode = modes.get("visualise") or modes.get("deep-dive")
    for concept, standing in standings.items():
        if standing.spinning and mode is not None:
            title = spec.concepts[concept].title
            return NextStep(
                url=mode.url,
                title=mode.title,
                reason=_("More of the same will hardly help at “%(concept)s”. Watch it run first.")
                % {"concept": title},
            )
    return None


def _an_item(spec: TopicSpec, standings: Mapping[str, Standing], open_items: Sequence[Listed]) -> NextStep | None:
    """An open item of the first concept that is not strong yet; concepts stand in the order of what builds on what."""
    for concept, standing in standings.items():
        if standing.state in (State.STRONG, State.RETAINED):
            continue
        for one in open_items:
            if one.concept == concept:
                room = "practice" if one.kind == "task" else "quizzes"
                return NextStep(
                    url=reverse(f"{room}:item", args=[one.slug]),
                    title=one.title,
                    reason=_("“%(concept)s” is not strong yet, and this item is open.")
                    % {"concept": spec.concepts[concept].title},
                )
    return None


def _a_mode(standings: Mapping[str, Standing], modes: Mapping[str, Mode]) -> NextStep | None:
    """With practice done: the test says how strong it all is, and the challenge and the project put it to use."""
    strong = all(standing.state in (State.STRONG, State.RETAINED) for standing in standings.values())
    order = ("challenge", "project", "review") if strong else ("test", "challenge", "review")
    found = next((modes[name] for name in order if name in modes), None)
    if found is None:
        return None
    reason = (
        _("Every concept is strong. Put it to use.") if strong else _("Practice is done. See how much of it holds.")
    )
    return NextStep(url=found.url, title=found.title, reason=reason)
