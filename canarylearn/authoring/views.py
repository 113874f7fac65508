"""The pages of authors: the editor of a draft, its history, its proof, and its publication."""

import difflib
from collections.abc import Mapping
from dataclasses import dataclass, field
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from canarylearn.authoring.allowed import may_change, may_change_any, may_write
from canarylearn.authoring.drafts import (
    MOST_CHARACTERS,
    Conflict,
    Taken,
    begin_draft,
    save_draft,
    scenario_texts,
    taken,
)
from canarylearn.authoring.editor import FORM, YAML, Editor, Unwritable, open_draft, open_text, open_typed
from canarylearn.authoring.fields import change_rows, clean, place_id, present_names
from canarylearn.authoring.item_form import ITEM, blanks_of
from canarylearn.authoring.matrix import read_matrix
from canarylearn.authoring.models import AuditEntry, Draft, ProofRun, ProofState, Revision
from canarylearn.authoring.preview import FRESH, STATES, preview
from canarylearn.authoring.proofs import ask_for_proof, cancel_proof, latest_proof, scenarios_of
from canarylearn.authoring.publishing import Refused, judged_otherwise, publish, set_retired, stand
from canarylearn.authoring.starters import EMPTY, STARTERS
from canarylearn.dialects.errors import Unreadable
from canarylearn.dialects.yaml_text import read_yaml
from canarylearn.items import digest
from canarylearn.items.writing import item_text
from canarylearn.learning.markup import highlight
from canarylearn.learning.models import Item, Topic

PROOF = "proof"
MOST_ROWS = 64
_CODES = {"form": FORM, "yaml": YAML}


@dataclass(kw_only=True)
class Page:
    """Everything the editor's template shows, besides the editor itself."""

    editor: Editor
    beside: str = ""
    note: str = ""
    is_error: bool = False
    theirs: Draft | None = None
    context: dict[str, Any] = field(default_factory=dict)


def draft_of(request: HttpRequest, pk: int, *, change: bool = True) -> Draft:
    """A draft that this person may change. Raises Http404 and PermissionDenied."""
    draft = get_object_or_404(Draft.objects.select_related("topic", "based_on__item", "owner"), pk=pk)
    if not may_change(request.user, draft.owner_id):
        raise PermissionDenied
    return draft


def drafts_for(request: HttpRequest) -> Any:
    """The drafts that this person may see."""
    drafts = Draft.objects.all()
    return drafts if may_change_any(request.user) else drafts.filter(owner_id=request.user.pk)


# The editor


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor of a draft."""
    draft = draft_of(request, pk)
    if request.method == "POST":
        return _take(request, draft)
    way = _CODES.get(request.GET.get("as", ""), FORM)
    page = Page(editor=open_draft(draft, way), beside=request.GET.get("beside", ""))
    if draft.stamp == 1 and page.editor.is_form and not request.GET.get("beside"):
        page.editor.checked = None  # nothing was written yet, so nothing is held against it
    if way == FORM and not page.editor.is_form:
        page.note = _("The fields cannot show all of this text, so it is shown as it is. Nothing was lost.")
    return _show(request, page)


def _take(request: HttpRequest, draft: Draft) -> HttpResponse:
    """What was sent from the editor: saved, or shown again with what a button asked for."""
    action = request.POST.get("do", "save")
    what, _sep, rest = action.partition(":")
    if request.POST.get("as") == YAML:
        text = clean(request.POST.get("text", ""))
        if len(text) > MOST_CHARACTERS:
            editor = Editor(draft=draft, way=YAML, text=text, errors={"": [_too_long(text)]})
            return _show(
                request, Page(editor=editor, is_error=True, note=_not_saved()), HTTPStatus.UNPROCESSABLE_ENTITY
            )
        if what == "as" and rest == FORM:
            editor = open_text(draft, text, FORM)
            note = "" if editor.is_form else _("The fields cannot show all of this text. Mend it, or stay here.")
            return _show(request, Page(editor=editor, note=note, is_error=bool(note)))
        editor = open_text(draft, text, YAML)
    else:
        typed = ITEM.read(request.POST, "", present_names(request.POST))
        if what in ("add", "remove", "up", "down", "move", "blank", "again"):
            return _change_rows(request, draft, typed, action)
        editor = open_typed(draft, typed)
    if editor.errors:
        return _show(request, Page(editor=editor, is_error=True, note=_not_saved()), HTTPStatus.UNPROCESSABLE_ENTITY)
    if what == "as" and rest == YAML:
        return _show(request, Page(editor=open_text(draft, editor.text, YAML)))
    if what == "show":
        return _show(request, Page(editor=editor, beside=rest))
    return _save(request, editor, prove=what == "prove")


def _not_saved() -> str:
    return _("Not saved: this cannot be written down yet. Everything you typed is still here.")


def _too_long(text: str) -> str:
    return _("%(count)s characters are more than the %(most)s that are kept; shorten it.") % {
        "count": f"{len(text):,}",
        "most": f"{MOST_CHARACTERS:,}",
    }


def _change_rows(request: HttpRequest, draft: Draft, typed: Any, action: str) -> HttpResponse:
    focus = ""
    if action == "blank":
        there = blanks_of(typed["template"])
        number = next(number for number in range(1, 100) if f"blank{number}" not in there)
        typed = {**typed, "template": f"{typed['template'].rstrip()}⟦blank{number}⟧\n"}
        focus = "template"
    elif action != "again":
        try:
            focus = change_rows(ITEM, typed, action)
        except LookupError:
            raise Http404("There is no such row.") from None
    editor = open_typed(draft, typed, under_way=True)
    editor.focus = focus
    return _show(request, Page(editor=editor))


def _save(request: HttpRequest, editor: Editor, *, prove: bool) -> HttpResponse:
    stamp = request.POST.get("stamp", "")
    if len(editor.text) > MOST_CHARACTERS:
        page = Page(editor=editor, is_error=True, note=f"{_not_saved()} {_too_long(editor.text)}")
        return _show(request, page, HTTPStatus.UNPROCESSABLE_ENTITY)
    try:
        draft = save_draft(
            draft=editor.draft,
            user=request.user,
            stamp=int(stamp) if stamp.isdigit() and len(stamp) < 10 else 0,
            spec=editor.text,
            note=request.POST.get("note", ""),
        )
    except Conflict as conflict:
        note = _("Not saved: somebody else saved this draft meanwhile. Nothing is lost: both texts are here.")
        return _show(request, Page(editor=editor, note=note, is_error=True, theirs=conflict.draft), HTTPStatus.CONFLICT)
    editor.draft = draft
    beside = request.POST.get("beside", "")
    if prove:
        beside = PROOF
        if ask_for_proof(draft) is None:
            note = _("Saved. It cannot be proven yet: mend what is listed here first.")
            return _show(
                request, Page(editor=editor, note=note, is_error=True, beside=""), HTTPStatus.UNPROCESSABLE_ENTITY
            )
    if getattr(request, "htmx", False):
        return _show(request, Page(editor=editor, beside=beside, note=_say_saved(editor)))
    messages.success(request, _say_saved(editor))
    query = f"?as={editor.way}" + (f"&beside={beside}" if beside else "")
    return HttpResponseRedirect(reverse("admin:authoring_draft_change", args=[draft.pk]) + query)


def _say_saved(editor: Editor) -> str:
    count = len(editor.complaints)
    if not count:
        return _("Saved.")
    return ngettext(
        "Saved as it is. One thing has to be mended before it can be proven.",
        "Saved as it is. %(count)d things have to be mended before it can be proven.",
        count,
    ) % {"count": count}


def _show(request: HttpRequest, page: Page, status: HTTPStatus = HTTPStatus.OK) -> HttpResponse:
    editor, draft = page.editor, page.editor.draft
    beside = page.beside or (PROOF if draft.proofs.exists() else FRESH)
    context: dict[str, Any] = {
        "draft": draft,
        "editor": editor,
        "note": page.note,
        "is_error": page.is_error,
        "theirs": page.theirs,
        "focus_id": place_id(editor.focus) if editor.focus else "",
        "states": STATES.items(),
        "beside": beside,
        "edit_url": reverse("admin:authoring_draft_change", args=[draft.pk]),
        **_beside(editor, beside),
    }
    if page.theirs is not None:
        context["difference"] = differences(page.theirs.spec, editor.text)
    within = bool(getattr(request, "htmx", False))
    template = "admin/authoring/_editor.html" if within else "admin/authoring/editor.html"
    return render(request, template, context, status=status)


def _beside(editor: Editor, beside: str) -> dict[str, Any]:
    """What stands beside the editor: a state of the learner's page, or the proof."""
    if beside == PROOF:
        return proof_context(editor.draft)
    if beside not in STATES:
        raise Http404("There is no such state.")
    checked = editor.checked
    if checked is None or checked.spec is None or checked.complaints:
        return {"preview": None}
    scenarios = scenarios_of(checked.spec, scenario_texts(editor.draft))
    return {"preview": preview(checked.spec, scenarios, editor.draft.topic.slug, beside)}


@require_POST
def coloured(request: HttpRequest) -> HttpResponse:
    """The code of a template, coloured: a fragment beside the field while it is typed in."""
    if not may_write(request.user):
        raise PermissionDenied
    lines = highlight(clean(request.POST.get("template", ""))[:8192])
    return render(request, "admin/authoring/_coloured.html", {"lines": lines})


# The proof


def proof_context(draft: Draft, *, rows: bool = True) -> dict[str, Any]:
    """The last proof of a draft, and what stands out in it."""
    run = latest_proof(draft)
    if run is None:
        return {"run": None, "draft": draft}
    under_way = run.state in (ProofState.QUEUED, ProofState.RUNNING)
    context: dict[str, Any] = {"run": run, "under_way": under_way, "draft": draft, "is_stale": _is_stale(draft, run)}
    if run.rows and rows:
        reading = read_matrix(run.rows)
        shown = _worth_showing(run, reading.passing + reading.close + reading.undecided)
        context |= {"reading": reading, "rows": shown, "hidden": len(run.rows) - len(shown)}
    return context


def _worth_showing(run: ProofRun, first: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """All rows; of very many those that stand out, and the first of the others."""
    if len(run.rows) <= MOST_ROWS:
        return list(run.rows)
    wanted = {row["number"] for row in first[:MOST_ROWS]}
    for row in run.rows:
        if len(wanted) >= MOST_ROWS:
            break
        wanted.add(row["number"])
    return [row for row in run.rows if row["number"] in wanted]


def _is_stale(draft: Draft, run: ProofRun) -> bool:
    """Whether the draft, or a scenario of it, says something else than what was proven."""
    checked = open_draft(draft, YAML).checked
    if checked is None or checked.spec is None or checked.complaints:
        return True
    return digest(checked.spec, scenarios_of(checked.spec, scenario_texts(draft))) != run.digest


def show_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """The proof of a draft: a fragment that asks again while the proof is under way, or a page."""
    draft = draft_of(request, pk)
    if request.method == "POST":
        run = draft.proofs.first()
        if request.POST.get("do") == "cancel" and run is not None:
            cancel_proof(run)
        elif request.POST.get("do") == "prove" and ask_for_proof(draft) is None:
            messages.error(request, _("It cannot be proven yet: the editor says what has to be mended first."))
        if not getattr(request, "htmx", False):
            return HttpResponseRedirect(reverse("admin:authoring_draft_proof", args=[pk]))
    context = proof_context(draft)
    within = bool(getattr(request, "htmx", False))
    return render(request, f"admin/authoring/{'_proof' if within else 'proof'}.html", context)


# Beginning


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
        "mine": drafts_for(request).only("pk", "slug")[:200],
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
    slug = clean(request.POST.get("id", "")).strip() or _slug_for(title, topic)
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
        draft = draft_of(request, int(what))
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


def _slug_for(title: str, topic: Topic) -> str:
    """A free name in addresses, made of a title."""
    made = slugify(title).strip("-_").replace("_", "-")[:50].strip("-") or "item"
    made = made if made[0].isalpha() and len(made) > 2 else f"item-{made}"
    free = (name for name in (made, *(f"{made}-{number}" for number in range(2, 1000))) if not taken(topic, name))
    return next(free, made)


# Publishing


def publication(request: HttpRequest, pk: int) -> HttpResponse:
    """What publishing a draft would change, and every reason against it; posting publishes it."""
    draft = draft_of(request, pk)
    item = Item.objects.filter(topic=draft.topic, slug=draft.slug).select_related("current").first()
    status = HTTPStatus.OK
    reasons = None
    if request.method == "POST":
        if request.POST.get("do") in ("retire", "unretire") and item is not None:
            _may_item(request, item)
            set_retired(item, request.user, retired=request.POST["do"] == "retire")
            return HttpResponseRedirect(request.path)
        try:
            if item is not None:
                _may_item(request, item)
            version = publish(draft, request.user)
        except Refused as refused:
            reasons, status = refused.reasons, HTTPStatus.UNPROCESSABLE_ENTITY
        else:
            told = _("Published as version %(number)d. Learners meet it from now on.") % {"number": version.number}
            messages.success(request, told)
            return HttpResponseRedirect(request.path)
    standing = stand(draft)
    otherwise = judged_otherwise(draft, standing) if not standing.reasons else []
    context = {
        "draft": draft,
        "item": item,
        "standing": standing,
        "reasons": standing.reasons if reasons is None else reasons,
        "otherwise": [one for one in otherwise if one.now is not None],
        "elsewhere": sum(one.attempts for one in otherwise if one.now is None),
        "count": sum(one.attempts for one in otherwise if one.now is not None),
        "is_current": item is not None
        and item.current is not None
        and draft.based_on_id == item.current.pk
        and standing.run is not None
        and item.current.digest == standing.run.digest,
        "entries": AuditEntry.objects.filter(target=draft.slug).select_related("who")[:20],
    }
    return render(request, "admin/authoring/publication.html", context, status=status)


def _may_item(request: HttpRequest, item: Item) -> None:
    if not may_change(request.user, item.owner_id):
        raise PermissionDenied


# History


@dataclass(frozen=True, kw_only=True)
class Change:
    """A line of a difference: plain, added or removed."""

    kind: str
    text: str


def differences(before: str, after: str) -> list[Change]:
    """What one text has and another has not, with a few lines around."""
    lines = list(difflib.unified_diff(before.splitlines(), after.splitlines(), lineterm="", n=2))[2:]
    kinds = {"+": "added", "-": "removed", "@": "place"}
    return [Change(kind=kinds.get(line[:1], ""), text=line) for line in lines]


def history(request: HttpRequest, pk: int) -> HttpResponse:
    """Every state a draft was saved in, each with what changed; posting restores one."""
    draft = draft_of(request, pk)
    if request.method == "POST":
        number = request.POST.get("revision", "")
        revision = get_object_or_404(
            Revision, draft=draft, pk=int(number) if number.isdigit() and len(number) < 18 else 0
        )
        note = _("restored from %(when)s") % {"when": f"{revision.when:%Y-%m-%d %H:%M:%S}"}
        save_draft(draft=draft, user=request.user, stamp=draft.stamp, spec=revision.spec, note=note)
        messages.success(request, _("Restored. The state before it is in the history as well."))
        return HttpResponseRedirect(reverse("admin:authoring_draft_change", args=[pk]))
    revisions = list(draft.revisions.select_related("who")[:101])
    rows = []
    for place, revision in enumerate(revisions[:100]):
        before = revisions[place + 1].spec if place + 1 < len(revisions) else ""
        changes = differences(before, revision.spec)
        rows.append(
            {
                "revision": revision,
                "changes": changes,
                "added": sum(one.kind == "added" for one in changes),
                "removed": sum(one.kind == "removed" for one in changes),
                "is_now": revision.spec == draft.spec,
            }
        )
    return render(request, "admin/authoring/history.html", {"draft": draft, "rows": rows})


__all__ = ["begin", "coloured", "drafts_for", "edit", "history", "publication", "show_proof"]
