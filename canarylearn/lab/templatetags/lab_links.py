"""The way into the lab from a page elsewhere, which knows nothing of the lab but this tag."""

from collections.abc import Mapping

from django import template

from canarylearn.lab.links import address, pack, script_address
from canarylearn.lab.scenarios import offered

register = template.Library()


@register.simple_tag
def lab_script_url(scenario: str, script: str, seed: int = 0) -> str:
    """The lab with a script run in a scenario ('topic/slug'); nothing if the lab does not have that scenario."""
    return script_address(scenario, script, seed=seed) if scenario in offered() else ""


@register.simple_tag
def lab_plan_url(scenario: str, fields: Mapping[str, str]) -> str:
    """The lab with a plan of judged steps run in a scenario: `fields` are those of its form that say the steps."""
    if scenario not in offered():
        return ""
    return address(pack({"scenario": scenario, "way": "form", "decides": "judge", "routing": "sticky", **fields}))
