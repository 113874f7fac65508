"""Where drafts begin: with nothing, with a starter, or with an item or a draft that there is."""

from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _

from canarylearn.authoring.allowed import draft_for, drafts_of, may_change, may_write
from canarylearn.authoring.drafts import Taken, begin_draft, slug_for, taken
from canarylearn.authoring.editor import Unwritable
from canarylearn.authoring.fields import clean
from canarylearn.authoring.models import Draft
from canarylearn.authoring.starters import EMPTY, STARTERS
from canarylearn.dialects.errors import Unreadable
from canarylearn.dialects.yaml_text import read_yaml
from canarylearn.items.writing import item_text
from canarylearn.learning.models import Item, Topic


def begin(request: HttpRequest) -> HttpResponse:
    """New drafts: empty ones, from a starter, or from an item or a draft that there is."""
    if not may_write(request.user):
        raise PermissionDenied
    topics = list(Topic.objects.all())
    if not topics:
        raise Http404("There is no topic yet.")
    items = (
        Item.objects.filter(current__isnull=False)
        .select_related("current")
        .order_by("topic", "room", "kind", "position")
    )
    context: dict[str, Any] = {
        "topics": topics,
        "starters": [(name, title) for name, (title, _data) in STARTERS.items()],
        "items": items,
        "mine": drafts_of(request.user).only("pk", "slug")[:200],
        "values": request.POST,
        "error": "",
    }
    if request.method != "POST":
        return render(request, "admin/authoring/begin.html", context)
    try:
        draft = _begin(request, topics)
    except (Taken, Unwritable) as refused:
        context["error"] = str(refused)
        return render(request, "admin/authoring/begin.html", context, status=HTTPStatus.UNPROCESSABLE_ENTITY)
    return HttpResponseRedirect(reverse("admin:authoring_draft_change", args=[draft.pk]))


def _begin(request: HttpRequest, topics: list[Topic]) -> Draft:
    kind, _sep, what = request.POST.get("from", "").partition(":")
    title = " ".join(clean(request.POST.get("title", "")).split())
    topic = next((one for one in topics if str(one.pk) == request.POST.get("topic")), topics[0])
    if kind == "open":
        return _open_item(request, what)
    if not title:
        raise Taken(_("Give it a title."))
    slug = clean(request.POST.get("id", "")).strip() or slug_for(title, "item", lambda slug: bool(taken(topic, slug)))
    data, scenarios, note = _pattern(request, kind, what)
    data = {**data, "id": slug, "title": title}
    try:
        text = item_text(data)
    except (Unreadable, ValueError):
        raise Taken(_("This title has characters that cannot be kept; write it with others.")) from None
    if len(slug) > 60:
        raise Taken(_("This name in addresses is too long; 60 characters are the most."))
    return begin_draft(topic=topic, owner=request.user, slug=slug, spec=text, scenarios=scenarios, note=note)


def _pattern(request: HttpRequest, kind: str, what: str) -> tuple[dict[str, Any], Mapping[str, str], str]:
    """What a new draft begins with: its data, the scenarios that go with it, and a note for its history."""
    if kind == "new" and what in EMPTY:
        return EMPTY[what], {}, ""
    if kind == "starter" and what in STARTERS:
        return STARTERS[what][1], {}, _("from the starter %(name)s") % {"name": what}
    if kind == "item":
        item = get_object_or_404(Item.objects.select_related("current"), slug=what, current__isnull=False)
        assert item.current is not None  # it was asked for
        data: Any = read_yaml(item.current.spec).value
        return data, item.current.scenarios, _("duplicated from %(slug)s") % {"slug": what}
    if kind == "draft" and what.isdigit():
        draft = draft_for(request.user, int(what))
        try:
            data = read_yaml(draft.spec).value
        except Unreadable:
            raise Taken(_("That draft cannot be read as it stands; mend it before it is duplicated.")) from None
        if isinstance(data, dict):
            return data, draft.scenarios, _("duplicated from %(slug)s") % {"slug": draft.slug}
    raise Taken(_("Choose what to begin with."))


def _open_item(request: HttpRequest, slug: str) -> Draft:
    """The draft of a published item: the one that there is, or a new one."""
    item = get_object_or_404(Item.objects.select_related("current", "topic"), slug=slug, current__isnull=False)
    if not may_change(request.user, item.owner_id):
        raise Taken(_("This item belongs to somebody else; duplicate it instead."))
    found = Draft.objects.filter(topic=item.topic, slug=slug).first()
    if found is not None:
        if not may_change(request.user, found.owner_id):
            raise PermissionDenied
        return found
    assert item.current is not None  # it was asked for
    return begin_draft(
        topic=item.topic,
        owner=request.user,
        slug=slug,
        spec=item.current.spec,
        scenarios=item.current.scenarios,
        based_on=item.current,
        note=_("from version %(number)d") % {"number": item.current.number},
    )
