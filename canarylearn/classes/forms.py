"""The forms of classes. What is typed is checked here, and nothing typed is lost."""

from datetime import datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

from django import forms
from django.contrib.auth.models import User
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from canarylearn.classes.dates import NoSuchTime, moment
from canarylearn.classes.models import CODE_LETTERS, Assignment, Classroom, Membership
from canarylearn.classes.parts import Shelf
from canarylearn.classes.roles import is_instructor
from canarylearn.learning.days import is_zone
from canarylearn.learning.models import Topic

if TYPE_CHECKING:  # only the type checker knows that a ModelForm has a parameter
    _ClassroomForm = forms.ModelForm[Classroom]
    _MembershipForm = forms.ModelForm[Membership]
    _AssignmentForm = forms.ModelForm[Assignment]
else:
    _ClassroomForm = _MembershipForm = _AssignmentForm = forms.ModelForm

MOST_PARTS = 60
_MINUTES = "%Y-%m-%dT%H:%M"


def plain(text: str) -> str:
    """A line of text, without letters that cannot be seen or turn the others around."""
    return " ".join("".join(letter if letter.isprintable() else " " for letter in text).split())


def code_typed(text: str) -> str:
    """A code, however it was typed: small letters, spaces and hyphens are all the same."""
    return "".join(letter for letter in text.upper() if letter in CODE_LETTERS)[:40]


class PlainField(forms.CharField):
    """One line."""

    def to_python(self, value: Any) -> str:
        return plain(super().to_python(value) or "")


class ClassForm(_ClassroomForm):
    """A class: what it is called, what it is about, and by which clock it lives."""

    title = PlainField(label=_("Name of the class"), max_length=100)
    topics = forms.ModelMultipleChoiceField(
        label=_("Topics"),
        queryset=Topic.objects.all(),
        widget=forms.CheckboxSelectMultiple,
        help_text=_("You see what members do in these topics, and nothing else."),
    )
    time_zone = forms.CharField(
        label=_("Time zone"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Such as Europe/Vienna. Dates are told by its clock. Empty means that of this site."),
    )

    class Meta:
        model = Classroom
        fields = ("title", "topics", "time_zone")

    def clean_time_zone(self) -> str:
        typed = "_".join(self.cleaned_data["time_zone"].split())
        if typed and not is_zone(typed):
            raise forms.ValidationError(_("No time zone has this name. One is Europe/Vienna."))
        return str(typed)


class JoinForm(forms.Form):
    """The name under which somebody wants to be in a class."""

    name = PlainField(
        label=_("Your name in this class"), max_length=60, help_text=_("Your teachers see it, and nobody else.")
    )

    def __init__(self, *args: Any, classroom: Classroom, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.classroom = classroom

    def clean_name(self) -> str:
        name: str = self.cleaned_data["name"]
        if Membership.objects.filter(classroom=self.classroom, name__iexact=name).exists():
            raise forms.ValidationError(_("Somebody in this class has this name already. Add a letter or two."))
        return name


class TimeForm(_MembershipForm):
    """More time for one person."""

    class Meta:
        model = Membership
        fields = ("extra_days", "more_time")
        labels = {"extra_days": _("Days more for every assignment"), "more_time": _("Clock of the challenge")}


class TeacherForm(forms.Form):
    """Another teacher, by their address."""

    address = forms.EmailField(label=_("E-mail address of an instructor"), max_length=254)

    def __init__(self, *args: Any, classroom: Classroom, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.classroom = classroom
        self.found: User | None = None

    def clean_address(self) -> str:
        address: str = self.cleaned_data["address"]
        found = [one for one in User.objects.filter(email__iexact=address, is_active=True) if is_instructor(one)]
        if not found:
            raise forms.ValidationError(_("No instructor of this site has this address."))
        if found[0].pk == self.classroom.owner_id:
            raise forms.ValidationError(_("The class is theirs already."))
        self.found = found[0]
        return address


class AssignmentForm(_AssignmentForm):
    """What a class is asked to do, from when, and by when."""

    title = PlainField(label=_("Title"), max_length=100)
    opens = forms.DateTimeField(label=_("Opens"), required=False, widget=forms.DateTimeInput(format=_MINUTES))
    due = forms.DateTimeField(label=_("Due"), required=False, widget=forms.DateTimeInput(format=_MINUTES))
    parts = forms.MultipleChoiceField(label=_("What to do"), widget=forms.CheckboxSelectMultiple)

    class Meta:
        model = Assignment
        fields = ("title", "opens", "due", "parts")

    def __init__(self, *args: Any, shelves: list[Shelf], zone: ZoneInfo, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone, self.shelves = zone, shelves
        known = {part.name: part.title for shelf in shelves for part in shelf.parts}
        self.gone = [(name, name.partition(":")[2]) for name in self.instance.parts or () if name not in known]
        field = self.fields["parts"]
        assert isinstance(field, forms.MultipleChoiceField)
        field.choices = [*known.items(), *self.gone]
        for name in ("opens", "due"):
            kept = getattr(self.instance, name)
            self.fields[name].widget.input_type = "datetime-local"
            self.initial[name] = kept.astimezone(zone).strftime(_MINUTES) if kept else ""

    def clean_opens(self) -> datetime | None:
        return self._moment("opens", later=False)

    def clean_due(self) -> datetime | None:
        return self._moment("due", later=True)

    def _moment(self, name: str, *, later: bool) -> datetime | None:
        typed: datetime | None = self.cleaned_data[name]
        if typed is None:
            return None
        try:
            return moment(typed.replace(tzinfo=None), self.zone, later=later)
        except (NoSuchTime, OverflowError):
            raise forms.ValidationError(
                _("There is no such time on that day: the clocks go forward. Take an hour later.")
            ) from None

    def clean_parts(self) -> list[str]:
        chosen: list[str] = self.cleaned_data["parts"]
        if len(chosen) > MOST_PARTS:
            raise forms.ValidationError(_("These are more than %(most)d.") % {"most": MOST_PARTS})
        return chosen

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        opens, due = cleaned.get("opens"), cleaned.get("due")
        if opens and due and due <= opens:
            self.add_error("due", _("It would be due before it opens."))
        return cleaned

    def picks(self) -> list[tuple[str, list[tuple[str, str, bool]]]]:
        """The shelves to choose from: a title, and of each part its name, its title and whether it is chosen."""
        chosen = set(self["parts"].value() or ())
        shown = [
            (shelf.title, [(part.name, part.title, part.name in chosen) for part in shelf.parts])
            for shelf in self.shelves
        ]
        gone = [(name, title, name in chosen) for name, title in self.gone]
        return [*shown, (gettext("Withdrawn since"), gone)] if gone else shown
