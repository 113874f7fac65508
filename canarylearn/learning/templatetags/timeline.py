"""{% timeline chart title %}: the figure of a release."""

from django import template

from canarylearn.timeline.drawing import Chart
from canarylearn.timeline.html import Html, figure

register = template.Library()


@register.simple_tag
def timeline(chart: Chart, title: str) -> Html:
    """The figure of a chart; its table is named by the run's title."""
    return figure(chart, title)
