"""The form of the cost to decide, and what it says."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from canarylearn.engine.deciding import cost_to_decide
from canarylearn.items.lessons import Calculator
from canarylearn.learning.blocks import CostView, say_cost


class CostForm(forms.Form):
    """How bad v2 is, and how much traffic there is. Shares are percent."""

    baseline = forms.DecimalField(label=_("v1 fails"), min_value=0, max_value=99, max_digits=6, decimal_places=3)
    canary = forms.DecimalField(label=_("v2 fails"), min_value=0, max_value=100, max_digits=6, decimal_places=3)
    share = forms.DecimalField(label=_("v2 gets"), max_value=99, max_digits=6, decimal_places=3)
    rate = forms.DecimalField(label=_("Requests a second"), max_value=1_000_000, max_digits=9, decimal_places=3)
    users = forms.IntegerField(label=_("Users"), min_value=1, max_value=1_000_000_000)

    def __init__(self, data: Any = None, **options: Any) -> None:
        super().__init__(data, **options, use_required_attribute=False)
        for name, field in self.fields.items():
            field.widget.attrs |= {
                "step": "any" if name != "users" else "1",
                "inputmode": "decimal",
                "id": f"id_{name}",
            }

    def clean_share(self) -> Any:
        """A share of nothing never decides."""
        return self._more_than_nothing("share")

    def clean_rate(self) -> Any:
        """Neither does traffic of nothing."""
        return self._more_than_nothing("rate")

    def _more_than_nothing(self, name: str) -> Any:
        if self.cleaned_data[name] <= 0:
            raise forms.ValidationError(_("Write a number above 0."))
        return self.cleaned_data[name]

    def clean(self) -> dict[str, Any]:
        """There is something to notice: v2 fails more often than v1."""
        data = super().clean() or self.cleaned_data
        if not self.errors and data["canary"] <= data["baseline"]:
            self.add_error("canary", _("Write more than v1 fails: otherwise there is no harm to notice."))
        return data

    @property
    def cost(self) -> CostView | None:
        """What the decision costs; None while something is to be mended."""
        if not self.is_valid():
            return None
        data = self.cleaned_data
        rates = [float(data[name]) / 100 for name in ("baseline", "canary", "share")]
        return say_cost(cost_to_decide(*rates, rate=float(data["rate"]), users=data["users"]))


def beginning(spec: Calculator) -> dict[str, str]:
    """What the form begins with."""
    return {
        "baseline": f"{spec.baseline * 100:g}",
        "canary": f"{spec.canary * 100:g}",
        "share": f"{spec.share * 100:g}",
        "rate": f"{spec.requests_per_second:g}",
        "users": str(spec.users),
    }
