"""The forms of a report, and of an answer to one."""

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from canarylearn.learning.forms import KEY
from canarylearn.reports.models import Reason, State

LONGEST = 2000


class ReportForm(forms.Form):
    """What is wrong, in a word and in the learner's own."""

    form = forms.RegexField(KEY, widget=forms.HiddenInput)
    reason = forms.ChoiceField(
        label=_("What is wrong?"),
        choices=Reason.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choose what is wrong."), "invalid_choice": _("Choose one of these.")},
    )
    words = forms.CharField(
        label=_("Say it in your own words"),
        help_text=_("What did you expect, and what did you see? Please leave names and addresses out."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def clean(self) -> dict[str, Any]:
        """Something else has words."""
        if self.cleaned_data.get("reason") == Reason.OTHER and not self.cleaned_data.get("words"):
            self.add_error("words", _("Say what it is."))
        return self.cleaned_data


class ReplyForm(forms.Form):
    """What becomes of a report: a reply that its learner reads, an end without one, or a new beginning."""

    state = forms.ChoiceField(choices=State.choices)
    reply = forms.CharField(
        label=_("Reply"),
        help_text=_("The learner reads it on their page of reports. They do not see who wrote it."),
        max_length=LONGEST,
        required=False,
        widget=forms.Textarea(attrs={"rows": 5}),
    )

    def clean(self) -> dict[str, Any]:
        """An answer has words."""
        if self.cleaned_data.get("state") == State.ANSWERED and not self.cleaned_data.get("reply"):
            self.add_error("reply", _("Write a reply, or close the report without one."))
        return self.cleaned_data
