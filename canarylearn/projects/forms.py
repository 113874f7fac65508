"""What a learner sends from the editor of a stage."""

from typing import Any

from django import forms
from django.utils.translation import gettext as _

from canarylearn.projects.services import LONGEST, MOST_SEED


class TextForm(forms.Form):
    """A text, and the number of the draft it was written over. `over` says that its author has seen that draft."""

    text = forms.CharField(strip=False, required=False)
    base = forms.IntegerField(min_value=0, max_value=2_000_000_000)
    over = forms.BooleanField(required=False)

    def clean_text(self) -> str:
        """Lines end as they do everywhere else; a text that is too long is not cut."""
        text: str = self.cleaned_data["text"].replace("\r\n", "\n").replace("\r", "\n")
        size = len(text.encode("utf-8", "replace"))
        if size > LONGEST:
            said = _("This text has %(size)s bytes, and %(most)s can be kept. Nothing was saved: shorten it.")
            raise forms.ValidationError(said % {"size": f"{size:,}", "most": f"{LONGEST:,}"})
        return text


class TryForm(forms.Form):
    """Where a text is tried out: a seed, and a case where there are any."""

    seed = forms.IntegerField(min_value=0, max_value=MOST_SEED * 1000, required=False)
    case = forms.CharField(max_length=30, required=False)

    @property
    def chosen(self) -> tuple[int, str]:
        """The seed and the case; what cannot be read counts as nothing chosen."""
        data: dict[str, Any] = self.cleaned_data if hasattr(self, "cleaned_data") else {}
        return data.get("seed") or 1, data.get("case") or ""
