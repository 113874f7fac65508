"""What the home page lets a visitor do at once: one question, with its form."""

from dataclasses import dataclass

from django.utils.safestring import SafeString

from canarylearn.learning.answering import embed
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.modes import QUIZZES
from canarylearn.learning.selectors import Listed, Standing, listed_items, standings
from canarylearn.learning.steps import Step, steps

_RESOLVED = ("solved", "missed")


@dataclass(frozen=True, kw_only=True)
class Opening:
    """A topic's questions on the home page: `html` is the first that is not resolved, empty when all of them are.

    `finished` is the one before it, if that is resolved.
    """

    html: SafeString
    finished: Step | None
    steps: list[Step]
    solved: int
    room: dict[str, str]


def begin(request: LearnerRequest) -> Opening | None:
    """The first question that the learner has not resolved, of the first topic that has one; None without questions."""
    listed = listed_items(QUIZZES.kind)
    known = standings(request.visitor.key, [one.version_id for one in listed])
    opening = None
    for topic in dict.fromkeys(one.topic_slug for one in listed):
        opening = _of_topic(request, [one for one in listed if one.topic_slug == topic], known)
        if opening.html:
            break
    return opening


def _of_topic(request: LearnerRequest, listed: list[Listed], known: dict[int, Standing]) -> Opening:
    row = steps(request, QUIZZES, listed, known=known)
    place = next((number for number, step in enumerate(row) if step.state not in _RESOLVED), len(row))
    html = SafeString("")
    if place < len(row):
        standing = known.get(listed[place].version_id, Standing())
        html = embed(request, QUIZZES, listed, listed[place].slug, standing)
    return Opening(
        html=html,
        finished=row[place - 1] if place else None,
        steps=row,
        solved=sum(step.state == "solved" for step in row),
        room={"name": QUIZZES.name, "noun": QUIZZES.word, "url": QUIZZES.url()},
    )
