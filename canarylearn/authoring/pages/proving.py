"""The proof of a draft: how far it is, its matrix, and what stands out in it."""

from collections.abc import Mapping
from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from canarylearn.authoring.allowed import draft_for
from canarylearn.authoring.checking import Complaint
from canarylearn.authoring.drafts import scenario_texts
from canarylearn.authoring.editor import Editor, open_draft
from canarylearn.authoring.matrix import read_matrix
from canarylearn.authoring.models import Draft, ProofRun, ProofState
from canarylearn.authoring.proofs import ask_for_proof, cancel_proof, latest_proof, scenarios_of
from canarylearn.authoring.reasons import message_of, path_of, words_of
from canarylearn.items import digest

MOST_ROWS = 64


def show_proof(request: HttpRequest, pk: int) -> HttpResponse:
    """The proof of a draft: a fragment that asks again while the proof is under way, or a page."""
    draft = draft_for(request.user, pk)
    if request.method == "POST":
        run = draft.proofs.first()
        if request.POST.get("do") == "cancel" and run is not None:
            cancel_proof(run)
        elif request.POST.get("do") == "prove" and ask_for_proof(draft) is None:
            messages.error(request, _("It cannot be proven yet: the editor says what has to be mended first."))
        if not getattr(request, "htmx", False):
            return HttpResponseRedirect(reverse("admin:authoring_draft_proof", args=[pk]))
    edit_url = reverse("admin:authoring_draft_change", args=[pk])
    within = getattr(request, "htmx", None)
    beside = within and (within.current_url_abs_path or "").startswith(edit_url)
    context = {**proof_context(draft), "mend_url": "" if beside else edit_url}
    return render(request, f"admin/authoring/{'_proof' if within else 'proof'}.html", context)


def proof_context(draft: Draft) -> dict[str, Any]:
    """The last proof of a draft, and what stands out in it."""
    run = latest_proof(draft)
    if run is None:
        return {"run": None, "draft": draft}
    editor = open_draft(draft)
    under_way = run.state in (ProofState.QUEUED, ProofState.RUNNING)
    located = editor.located([_complaint(one) for one in run.problems])
    context: dict[str, Any] = {
        "run": run,
        "under_way": under_way,
        "draft": draft,
        "is_stale": run.state == ProofState.DONE and _is_stale(editor, run),
        "problems": [(words_of(one["code"]), told) for one, told in zip(run.problems, located, strict=True)],
    }
    if run.rows:
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


def _complaint(problem: Mapping[str, str]) -> Complaint:
    return Complaint(path=path_of(problem), message=message_of(problem))


def _is_stale(editor: Editor, run: ProofRun) -> bool:
    """Whether the draft, or a scenario of it, says something else than what was proven."""
    checked = editor.checked
    if checked is None or checked.spec is None or checked.complaints:
        return True
    return digest(checked.spec, scenarios_of(checked.spec, scenario_texts(editor.draft))) != run.digest
