"""{% what_next topic room.name %}: what stands below the list of a room."""

from typing import Any

from django import template

from canarylearn.learning.models import Topic
from canarylearn.learning.modes import QUIZZES, onward

register = template.Library()


@register.inclusion_tag("learning/_what_next.html", takes_context=True)
def what_next(context: dict[str, Any], topic: Topic, name: str) -> dict[str, object]:
    """The topic's questions and the mode after this one; below the list of the questions the mode alone."""
    found = onward(context["request"], topic, name)
    return {**found, "quietly": True, "practice": None if name == QUIZZES.name else found["practice"]}
