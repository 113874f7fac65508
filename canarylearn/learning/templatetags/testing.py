"""{% where_to_test topic as url %}: where somebody tests themselves first."""

from django import template

from canarylearn.learning.models import Topic
from canarylearn.learning.modes import test_url

register = template.Library()


@register.simple_tag
def where_to_test(topic: Topic) -> str:
    """The address of the topic's test, or of its questions where it has none."""
    return test_url(topic)
