"""Words for items: what one is called, in whole texts for languages that need other forms, and how hard it is."""

from django import template
from django.utils.translation import gettext_lazy as _

register = template.Library()

_ONE = {
    "task": _("Task"),
    "question": _("Question"),
    "order": _("Order"),
    "incident": _("Incident"),
    "item": _("Item"),
}
_NEXT = {
    "task": _("Next task"),
    "question": _("Next question"),
    "order": _("Next order"),
    "incident": _("Next incident"),
    "item": _("Next item"),
}
_GO = {
    "task": _("Go to the task"),
    "question": _("Go to the question"),
    "order": _("Go to the order"),
    "incident": _("Go to the incident"),
    "item": _("Go to the item"),
}

_LEVELS = {"easy": _("easy"), "medium": _("medium"), "hard": _("hard")}


@register.filter
def one_word(noun: str) -> str:
    """What one of them is called."""
    return str(_ONE.get(noun, ""))


@register.filter
def next_one(noun: str) -> str:
    """What leads to the next of them."""
    return str(_NEXT.get(noun, ""))


@register.filter
def go_to_it(noun: str) -> str:
    """What leads to this one of them."""
    return str(_GO.get(noun, ""))


@register.filter
def level_word(level: str) -> str:
    """How hard an item is."""
    return str(_LEVELS.get(level, ""))
