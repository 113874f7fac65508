"""Questions for other systems, and from them: a file out, and drafts in."""

from typing import Any

from django import forms
from django.contrib.auth.models import User
from django.http import HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canarylearn.authoring.exporting import NotTogether, export_items
from canarylearn.authoring.importing import Taken, import_drafts
from canarylearn.classes.access import person, writers_only
from canarylearn.classes.roles import is_instructor
from canarylearn.classes.services import audit
from canarylearn.classes.showing import ROOM, UNSAVED, form_page
from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.exchange import ENDINGS, Exported, Format
from canarylearn.exchange.guards import MOST_BYTES
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.models import Item, Place, Topic

FORMATS: list[tuple[Format, Any]] = [
    ("gift", gettext_lazy("GIFT")),
    ("moodle-xml", gettext_lazy("Moodle XML")),
    ("csv", gettext_lazy("CSV, for a spreadsheet")),
]
_TYPES: dict[Format, str] = {"gift": "text/plain", "moodle-xml": "application/xml", "csv": "text/csv"}

OUT, IN, LOOK = "out", "in", "look"


class OutForm(forms.Form):
    """Which questions go out, and how."""

    items = forms.ModelMultipleChoiceField(
        label=_("Questions"),
        queryset=Item.objects.none(),
        to_field_name="slug",
        error_messages={"required": gettext_lazy("Choose at least one question.")},
    )
    format = forms.ChoiceField(label=gettext_lazy("Format"), choices=FORMATS, initial="gift", widget=forms.RadioSelect)

    def __init__(self, *args: Any, items: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["items"].queryset = items  # type: ignore[attr-defined]


class InForm(forms.Form):
    """A file that comes in."""

    file = forms.FileField(
        label=gettext_lazy("File"),
        max_length=200,
        help_text=gettext_lazy("In UTF-8, of at most 4 MB and 500 questions. No archives."),
        error_messages={"required": gettext_lazy("Choose a file.")},
    )
    format = forms.ChoiceField(label=gettext_lazy("Format"), choices=FORMATS, initial="gift", widget=forms.RadioSelect)
    topic = forms.ModelChoiceField(
        label=gettext_lazy("Topic of the drafts"), queryset=Topic.objects.all(), to_field_name="slug", empty_label=None
    )


@writers_only
@form_page
def index(request: LearnerRequest) -> HttpResponse:
    """Questions as a file, or what one does not carry; and drafts of what a file holds."""
    asked, user = request.POST.get("do", "") if request.method == "POST" else "", person(request)
    there = Item.objects.filter(retired=False, current__isnull=False).select_related("current", "topic")
    there = there.defer("current__scenarios").order_by("topic", "room", "kind", "position")
    out = OutForm(request.POST if asked in (OUT, LOOK) else None, items=there, auto_id="out-%s")
    came = InForm(request.POST, request.FILES, auto_id="in-%s") if asked == IN else InForm(auto_id="in-%s")
    made: Exported | None = None
    taken: Taken | None = None
    problems: list[Located] = []
    if asked in (OUT, LOOK) and out.is_valid():
        try:
            made = export_items(list(out.cleaned_data["items"]), out.cleaned_data["format"])
        except NotTogether as error:
            out.add_error("items", str(error))
        if made is not None and asked == OUT:
            return _file(user, made, out)
    if asked == IN and came.is_valid():
        taken, problems = _take(user, came)
    refused = bool(request.method == "POST" and not (made or taken))
    chosen = set(out["items"].value() or ())
    context = {
        "room": ROOM,
        "out": out,
        "in": came,
        "shelves": _shelves(there, chosen),
        "lost": made.lost if made else None,
        "taken": taken,
        "problems": problems,
        "teaches": is_instructor(user),
    }
    return render(request, "reports/exchange.html", context, status=UNSAVED if refused else 200)


def _file(user: User, made: Exported, form: OutForm) -> HttpResponse:
    """The file. That it was taken is kept."""
    form_of: Format = form.cleaned_data["format"]
    slugs = [one.slug for one in form.cleaned_data["items"]]
    audit(user, "questions exported", form_of, items=slugs)
    response = HttpResponse(made.data, content_type=f"{_TYPES[form_of]}; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="questions{ENDINGS[form_of]}"'
    response["Cache-Control"] = "no-store"
    return response


def _take(user: User, form: InForm) -> tuple[Taken | None, list[Located]]:
    """The drafts of a file, or why it was refused."""
    data = form.cleaned_data["file"].read(MOST_BYTES + 1)
    topic: Topic = form.cleaned_data["topic"]
    try:
        taken = import_drafts(data=data, format=form.cleaned_data["format"], topic=topic, owner=user)
    except Unreadable as error:
        return None, list(error.errors)
    audit(user, "questions imported", f"topic {topic.slug}", drafts=[one.slug for one in taken.drafts])
    return taken, []


def _shelves(items: Any, chosen: set[str]) -> list[tuple[str, list[tuple[str, str, bool]]]]:
    """The questions to choose from, by topic and room."""
    rooms = {Place.PRACTICE: _("Practice"), Place.CHALLENGE: _("Challenge"), Place.TEST: _("Test")}
    found: dict[str, list[tuple[str, str, bool]]] = {}
    for item in items:
        shelf = f"{item.topic.title}: {rooms[item.room]}"
        found.setdefault(shelf, []).append((item.slug, item.current.title, item.slug in chosen))
    return list(found.items())
