"""The editor of a scenario: its fields, and a standard release in it, drawn beside them."""

from http import HTTPStatus
from typing import Any

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from pydantic import ValidationError

from canarylearn.authoring.allowed import drafts_of, may_change_scene, may_write
from canarylearn.authoring.checking import Checked
from canarylearn.authoring.drafts import SceneConflict, Taken, mark_of, save_scene, slug_for
from canarylearn.authoring.fields import place_id
from canarylearn.authoring.models import Draft, Scene
from canarylearn.authoring.pages.going import go_to
from canarylearn.authoring.rows import change_rows, present_names
from canarylearn.authoring.scene_editor import SceneEditor, open_scene, open_typed_scene
from canarylearn.authoring.scene_form import SCENE
from canarylearn.dialects.yaml_text import read_yaml
from canarylearn.engine import BUCKETS, Plan, Scenario, Step
from canarylearn.lab.apart import Busy, Stopped
from canarylearn.lab.running import FORM, Job, Told, Writing
from canarylearn.lab.services import told
from canarylearn.learning.models import Topic

_NEW = {
    "window": "90m",
    "trial": "1h",
    "interval": "2m",
    "traffic": {"requests_per_second": "10", "users": "2000"},
    "stable": {"name": "v1", "p50": "120ms", "p95": "300ms", "errors": "1%", "accuracy": "90%"},
    "canary": {"name": "v2", "p50": "115ms", "p95": "290ms", "errors": "0.5%", "accuracy": "91%"},
}
"""What a new scenario begins with: a canary that is a little better, and promoted as long as no fault is named."""


_WORDS = {"slug": "unnamed", "title": "a new scenario", "about": "A scenario that is being written."}


def edit_scene(request: HttpRequest, pk: int | None) -> HttpResponse:
    """The editor of a scenario, or of a new one."""
    scene = _scene(request, pk)
    if request.method == "POST":
        return _take(request, scene)
    if scene._state.adding:
        blank = SCENE.blank()
        for name, value in _NEW.items():
            blank[name] = {**blank[name], **value} if isinstance(value, dict) else value
        editor = open_typed_scene(blank)
        editor.checked = Checked(data=None, spec=editor.checked.spec, complaints=())
        return _show(request, scene, editor)
    opened = open_scene(scene.spec)
    if opened is None:
        messages.error(request, _("The fields cannot show all of this scenario; it can be changed in its file alone."))
        return HttpResponseRedirect(reverse("admin:authoring_scene_changelist"))
    return _show(request, scene, opened)


def _scene(request: HttpRequest, pk: int | None) -> Scene:
    if not may_write(request.user):
        raise PermissionDenied
    if pk is not None:
        return get_object_or_404(Scene.objects.select_related("topic", "owner"), pk=pk)
    asked = request.POST.get("topic", "") or request.GET.get("topic", "")
    topics = Topic.objects.all()
    topic = topics.filter(pk=int(asked)).first() if asked.isdigit() and len(asked) < 18 else topics.first()
    if topic is None:
        raise Http404("There is no such topic.")
    return Scene(topic=topic)


def _take(request: HttpRequest, scene: Scene) -> HttpResponse:
    action = request.POST.get("do", "save")
    typed = SCENE.read(request.POST, "", present_names(request.POST))
    if action.partition(":")[0] in ("add", "remove", "up", "down", "move"):
        try:
            focus = change_rows(SCENE, typed, action)
        except LookupError:
            raise Http404("There is no such row.") from None
        editor = open_typed_scene(typed, under_way=True)
        editor.focus = focus
        return _show(request, scene, editor)
    if action in ("save", "copy") and typed["title"] and not typed["slug"]:
        typed["slug"] = slug_for(typed["title"], "scenario", lambda slug: scene.topic.scenes.filter(slug=slug).exists())
    editor = open_typed_scene(typed)
    if action == "chart":
        return render(request, "admin/authoring/_live.html", _live(_drawable(editor)))
    if action not in ("save", "copy"):
        return _show(request, scene, editor)
    if editor.errors or editor.checked.spec is None:
        note = _("Not saved: a scenario is kept once it can be run. Everything you typed is still here.")
        return _show(request, scene, editor, note, HTTPStatus.UNPROCESSABLE_ENTITY)
    return _save(request, scene, editor, copy=action == "copy")


def _save(request: HttpRequest, scene: Scene, editor: SceneEditor, *, copy: bool) -> HttpResponse:
    if copy:
        scene = Scene(topic=scene.topic)
    elif not scene._state.adding and not may_change_scene(request.user, scene.owner_id):
        raise PermissionDenied
    wanted = editor.checked.spec.slug
    if not scene._state.adding and wanted != scene.slug and scene.owner_id is None:
        note = _(
            "This scenario comes from a file that is named after it. Save it as a new one to give it another name."
        )
        return _show(request, scene, editor, note, HTTPStatus.UNPROCESSABLE_ENTITY)
    before, scene.slug = scene.slug, wanted
    try:
        kept = save_scene(scene=scene, user=request.user, before=request.POST.get("before", ""), spec=editor.text)
    except Taken as taken:
        scene.slug = before
        return _show(request, scene, editor, str(taken), HTTPStatus.UNPROCESSABLE_ENTITY)
    except SceneConflict as conflict:
        note = _("Not saved: somebody else saved this scenario meanwhile. Nothing is lost: both are here.")
        return _show(request, scene, editor, note, HTTPStatus.CONFLICT, conflict.scene)
    messages.success(request, _("Saved. Drafts that use it have to be proven again."))
    address = reverse("admin:authoring_scene_change", args=[kept.pk])
    draft = _draft(request)
    return go_to(request, f"{address}?draft={draft.pk}" if draft else address)


def _draft(request: HttpRequest) -> Draft | None:
    """The draft for which a scenario is written, if there is one."""
    asked = request.POST.get("draft", "") or request.GET.get("draft", "")
    return drafts_of(request.user).filter(pk=int(asked)).first() if asked.isdigit() and len(asked) < 18 else None


def _show(
    request: HttpRequest,
    scene: Scene,
    editor: SceneEditor,
    note: str = "",
    status: HTTPStatus = HTTPStatus.OK,
    theirs: Scene | None = None,
) -> HttpResponse:
    name, arguments = ("change", [scene.pk]) if not scene._state.adding else ("add", [])
    seen = theirs or scene
    context: dict[str, Any] = {
        "scene": scene,
        "for_draft": _draft(request),
        "editor": editor,
        "note": note,
        "is_error": bool(note),
        "theirs": theirs,
        "before": request.POST.get("before", mark_of(scene.spec)) if theirs is None else mark_of(seen.spec),
        "url": reverse(f"admin:authoring_scene_{name}", args=arguments),
        "may_change": scene._state.adding or may_change_scene(request.user, scene.owner_id),
        "focus_id": place_id(editor.focus) if editor.focus else "",
        "live": True,
        **_live(_drawable(editor)),
    }
    within = bool(getattr(request, "htmx", False))
    return render(request, f"admin/authoring/{'_scene' if within else 'scene'}.html", context, status=status)


def _drawable(editor: SceneEditor) -> Scenario | None:
    """The scenario that is written, or what it would be if it had a name and words already."""
    if editor.checked.spec is not None or not editor.text:
        found: Scenario | None = editor.checked.spec
        return found
    data = read_yaml(editor.text).value
    if not isinstance(data, dict) or all(name in data for name in _WORDS):
        return None
    try:
        return Scenario.model_validate({**_WORDS, **data})
    except ValidationError:
        return None


def _live(scenario: Scenario | None) -> dict[str, Any]:
    """A standard release in the scenario, run apart within limits; or why there is none."""
    if scenario is None:
        return {}
    plan = Plan(steps=(Step(weight=BUCKETS // 10, hold=scenario.trial),))
    try:
        found: Told = told(Job(scenario=scenario, seed=0, writings=(Writing(way=FORM, plan=plan),)))[0]
    except Stopped:
        return {"why": _("It takes too long to be drawn here: give it less traffic, or a shorter window.")}
    except Busy:
        return {"why": _("Too much is drawn at once; press “Run it” in a moment.")}
    if found.chart is None:
        return {"why": found.too_large or _("It cannot be run.")}
    return {"told": found, "title": scenario.title}
