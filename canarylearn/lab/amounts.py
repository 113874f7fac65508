"""Fields for amounts with units, read as the engine reads them."""

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from canarylearn.engine.quantities import BUCKETS, parse_duration, parse_share

LONGEST_AMOUNT = 20

_SHARES = ("error_rate", "success_rate", "accuracy")
_LATENCIES = ("p50", "p95", "p99")

METRICS = {
    "error_rate": _("failed requests (%)"),
    "success_rate": _("answered requests (%)"),
    "p50": _("p50 latency"),
    "p95": _("p95 latency"),
    "p99": _("p99 latency"),
    "accuracy": _("right predictions (%)"),
    "requests": _("requests (number)"),
}
"""What a check can measure, in words."""


class Amount(forms.CharField):
    """A short text that is an amount; what `read` makes of it is the field's value, None when it is empty."""

    def __init__(self, **options: Any) -> None:
        super().__init__(required=False, max_length=LONGEST_AMOUNT, **options)

    def read(self, text: str) -> Any:
        """The amount; ValueError, in plain words, when it is none."""
        raise NotImplementedError

    def clean(self, value: Any) -> Any:
        text = super().clean(value)
        if not text:
            return None
        try:
            return self.read(text)
        except ValueError as error:
            raise ValidationError(f"{error}.") from None


class WeightField(Amount):
    """A share of requests, with or without its percent sign; the value is in buckets."""

    def read(self, text: str) -> int:
        return round(read_percent(text) * BUCKETS)


class DurationField(Amount):
    """A duration such as '10m'; the value is in seconds."""

    def read(self, text: str) -> float:
        return parse_duration(text)


def read_percent(text: str) -> float:
    """The fraction in a number of percent, with its sign or without. Raises ValueError, in plain words."""
    try:
        return parse_share(text if text.endswith("%") else f"{text}%")
    except ValueError:
        said = gettext("%(text)s is no number of percent; write one from 0 to 100, such as 5 or 0.5")
        raise ValueError(said % {"text": repr(text)}) from None


def read_value(metric: str, text: str) -> float:
    """A check's value in the unit of its metric. Raises ValueError, in plain words, when it is none."""
    if metric in _SHARES:
        return read_percent(text)
    if metric in _LATENCIES:
        return parse_duration(text)
    if not text.isdecimal() or not text.isascii() or len(text) > 9:
        raise ValueError(gettext("%(text)s is no number of requests; write one such as 500") % {"text": repr(text)})
    return float(text)
