"""The proof of a draft: how far it is, its matrix, and what stands out in it."""

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _

from canarylearn.authoring.allowed import draft_for
from canarylearn.authoring.drafts import scenario_texts
from canarylearn.authoring.editor import YAML, open_draft
from canarylearn.authoring.matrix import read_matrix
from canarylearn.authoring.models import Draft, ProofRun, ProofState
from canarylearn.authoring.proofs import ask_for_proof, cancel_proof, latest_proof, scenarios_of
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
    context = proof_context(draft)
    within = bool(getattr(request, "htmx", False))
    return render(request, f"admin/authoring/{'_proof' if within else 'proof'}.html", context)


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
