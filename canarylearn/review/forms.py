"""What the forms of the review hold."""

from django import forms
from django.utils.translation import gettext_lazy as _

from canarylearn.learning.forms import KEY
from canarylearn.review.scheduling import GRADES
from canarylearn.review.services import MOST_CARDS

_MOST_SEEN = 10**6


class GradeForm(forms.Form):
    """A grade of a card, once for each key; `seen` is how often the card had been answered before."""

    key = forms.RegexField(KEY)
    seen = forms.IntegerField(min_value=0, max_value=_MOST_SEEN)
    grade = forms.ChoiceField(choices=[(name, name) for name in GRADES])


class TryForm(forms.Form):
    """What goes along with an answer to an item: whether the learner is certain, or does not know."""

    seen = forms.IntegerField(min_value=0, max_value=_MOST_SEEN)
    certain = forms.BooleanField(required=False)
    unknown = forms.BooleanField(required=False)


class WishForm(forms.Form):
    """How many cards a day."""

    cap = forms.IntegerField(
        label=_("Cards a day"),
        min_value=1,
        max_value=MOST_CARDS,
        widget=forms.NumberInput(attrs={"inputmode": "numeric"}),
    )
