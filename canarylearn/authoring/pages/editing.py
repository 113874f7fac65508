"""The editor of a draft: what it shows, and what each of its buttons does."""

from collections.abc import Callable
from dataclasses import dataclass
from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_POST

from canarylearn.authoring.allowed import draft_for, may_write
from canarylearn.authoring.differences import differences
from canarylearn.authoring.drafts import Conflict, save_draft, scenario_texts
from canarylearn.authoring.editor import FORM, YAML, Editor, open_draft, open_text, open_typed
from canarylearn.authoring.fields import Typed, clean, place_id
from canarylearn.authoring.help import COMMANDS, METRICS, numbers
from canarylearn.authoring.item_form import ITEM, blanks_of
from canarylearn.authoring.models import Draft
from canarylearn.authoring.pages.going import go_to
from canarylearn.authoring.pages.proving import proof_context
from canarylearn.authoring.preview import FRESH, STATES, preview
from canarylearn.authoring.proofs import ask_for_proof, scenarios_of
from canarylearn.authoring.rows import change_rows, present_names
from canarylearn.dialects.yaml_text import MOST_CHARACTERS
from canarylearn.learning.markup import highlight

PROOF = "proof"


@dataclass(kw_only=True)
class Page:
    """Everything the editor's template shows, besides the editor itself."""

    editor: Editor
    beside: str = ""
    note: str = ""
    is_error: bool = False
    theirs: Draft | None = None


def edit(request: HttpRequest, pk: int) -> HttpResponse:
    """The editor of a draft, or what came of one of its buttons."""
    draft = draft_for(request.user, pk)
    if request.method == "POST":
        return _take_text(request, draft) if request.POST.get("as") == YAML else _take_fields(request, draft)
    way = YAML if request.GET.get("as") == YAML else FORM
    page = Page(editor=open_draft(draft, way), beside=request.GET.get("beside", ""))
    if draft.stamp == 1 and page.editor.is_form and page.editor.complaints and not page.beside:
        page.editor.checked = None  # nothing was written yet, so nothing is held against it
    if way == FORM and not page.editor.is_form:
        page.note = _("The fields cannot show all of this text, so it is shown as it is. Nothing was lost.")
    return _show(request, page)


def _take_text(request: HttpRequest, draft: Draft) -> HttpResponse:
    text = clean(request.POST.get("text", ""))
    if len(text) > MOST_CHARACTERS:
        return _refuse(request, Editor(draft=draft, way=YAML, text=text, errors={"": [_too_long(text)]}))
    if request.POST.get("do") == f"as:{FORM}":
        editor = open_text(draft, text, FORM)
        note = "" if editor.is_form else _("The fields cannot show all of this text. Mend it, or stay here.")
        return _show(request, Page(editor=editor, note=note, is_error=bool(note)))
    return _press(request, open_text(draft, text, YAML))


def _take_fields(request: HttpRequest, draft: Draft) -> HttpResponse:
    typed = ITEM.read(request.POST, "", present_names(request.POST))
    pressed = request.POST.get("do", "")
    change = _CHANGES.get(pressed.partition(":")[0])
    if change is None:
        return _press(request, open_typed(draft, typed))
    try:
        typed, focus = change(typed, pressed)
    except LookupError:
        raise Http404("There is no such row.") from None
    editor = open_typed(draft, typed, under_way=True)
    editor.focus = focus
    return _show(request, Page(editor=editor))


def _press(request: HttpRequest, editor: Editor) -> HttpResponse:
    """What a button does with a whole draft, as far as that can be written down."""
    if editor.errors:
        return _refuse(request, editor)
    what, _sep, rest = request.POST.get("do", "").partition(":")
    return _BUTTONS.get(what, _save)(request, editor, rest)


# Buttons that change what stands in the fields, and save nothing. Each gives what is typed then, and where to go on.


def _change_rows(typed: Typed, pressed: str) -> tuple[Typed, str]:
    return typed, change_rows(ITEM, typed, pressed)


def _add_blank(typed: Typed, _pressed: str) -> tuple[Typed, str]:
    there = blanks_of(typed["template"])
    number = next(number for number in range(1, 100) if f"blank{number}" not in there)
    return {**typed, "template": f"{typed['template'].rstrip()}⟦blank{number}⟧\n"}, "template"


def _leave(typed: Typed, _pressed: str) -> tuple[Typed, str]:
    return typed, ""


_CHANGES: dict[str, Callable[[Typed, str], tuple[Typed, str]]] = {
    **dict.fromkeys(("add", "remove", "up", "down", "move"), _change_rows),
    "blank": _add_blank,
    "again": _leave,  # the fields that another kind, or other lists of options, ask for
}


# Buttons that do something with the whole draft. Each gets what stands after the colon of the button's value.


def _save(request: HttpRequest, editor: Editor, _rest: str) -> HttpResponse:
    refused = _keep(request, editor)
    return refused or _done(request, editor, request.POST.get("beside", ""))


def _prove(request: HttpRequest, editor: Editor, _rest: str) -> HttpResponse:
    refused = _keep(request, editor)
    if refused is not None:
        return refused
    if ask_for_proof(editor.draft) is not None:
        return _done(request, editor, PROOF)
    note = _("Saved. It cannot be proven yet: mend what is listed here first.")
    return _show(request, Page(editor=editor, note=note, is_error=True), HTTPStatus.UNPROCESSABLE_ENTITY)


def _write_scenario(request: HttpRequest, editor: Editor, _rest: str) -> HttpResponse:
    address = f"{reverse('admin:authoring_scene_add')}?draft={editor.draft.pk}&topic={editor.draft.topic_id}"
    return _keep(request, editor) or go_to(request, address)


def _show_otherwise(request: HttpRequest, editor: Editor, way: str) -> HttpResponse:
    return _show(request, Page(editor=open_text(editor.draft, editor.text, YAML if way == YAML else editor.way)))


def _show_beside(request: HttpRequest, editor: Editor, state: str) -> HttpResponse:
    return _show(request, Page(editor=editor, beside=state))


_BUTTONS: dict[str, Callable[[HttpRequest, Editor, str], HttpResponse]] = {
    "save": _save,
    "prove": _prove,
    "scene": _write_scenario,
    "as": _show_otherwise,
    "show": _show_beside,
}


def _keep(request: HttpRequest, editor: Editor) -> HttpResponse | None:
    """Save what stands in the editor; an answer only where that was refused."""
    if len(editor.text) > MOST_CHARACTERS:
        return _refuse(request, editor, _too_long(editor.text))
    stamp = request.POST.get("stamp", "")
    try:
        editor.draft = save_draft(
            draft=editor.draft,
            user=request.user,
            stamp=int(stamp) if stamp.isdigit() and len(stamp) < 10 else 0,
            spec=editor.text,
            note=request.POST.get("note", ""),
        )
    except Conflict as conflict:
        note = _("Not saved: somebody else saved this draft meanwhile. Nothing is lost: both texts are here.")
        page = Page(editor=editor, note=note, is_error=True, theirs=conflict.draft)
        return _show(request, page, HTTPStatus.CONFLICT)
    return None


def _done(request: HttpRequest, editor: Editor, beside: str) -> HttpResponse:
    """The page after the draft was saved."""
    if getattr(request, "htmx", False):
        return _show(request, Page(editor=editor, beside=beside, note=_say_saved(editor)))
    messages.success(request, _say_saved(editor))
    query = f"?as={editor.way}" + (f"&beside={beside}" if beside else "")
    return HttpResponseRedirect(reverse("admin:authoring_draft_change", args=[editor.draft.pk]) + query)


def _refuse(request: HttpRequest, editor: Editor, why: str = "") -> HttpResponse:
    """The page again, with what keeps the draft from being written down."""
    note = _("Not saved: this cannot be written down yet. Everything you typed is still here.")
    page = Page(editor=editor, is_error=True, note=f"{note} {why}".strip())
    return _show(request, page, HTTPStatus.UNPROCESSABLE_ENTITY)


def _too_long(text: str) -> str:
    return _("%(count)s characters are more than the %(most)s that are kept; shorten it.") % {
        "count": f"{len(text):,}",
        "most": f"{MOST_CHARACTERS:,}",
    }


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
        "commands": COMMANDS,
        "metrics": METRICS,
        "numbers": numbers(editor.scenario or "scenario"),
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
