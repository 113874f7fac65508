"""Authoring in the admin: the lists are Django's own, and the pages behind them are those of `pages`."""

from typing import TYPE_CHECKING, Any

from django.contrib import admin
from django.db.models import Model, OuterRef, QuerySet, Subquery
from django.http import HttpRequest, HttpResponse
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from canarylearn.authoring.allowed import may_change, may_change_any, may_change_scene, may_write
from canarylearn.authoring.drafts import title_of
from canarylearn.authoring.models import AuditEntry, Draft, ProofRun, ProofState, Revision, Scene
from canarylearn.authoring.pages import beginning, editing, history, proving, publication, scenes

if TYPE_CHECKING:  # only the type checker knows that a ModelAdmin has a parameter
    _ModelAdmin = admin.ModelAdmin[Any]
else:
    _ModelAdmin = admin.ModelAdmin


def _number(text: str) -> int:
    return int(text) if text.isdigit() and len(text) < 18 else 0


@admin.register(Draft)
class DraftAdmin(_ModelAdmin):
    """Drafts: those of others are seen by whoever may change them."""

    list_display = ("title", "standing", "owner", "updated")
    list_filter = ("topic", "unproven", "owner")
    list_select_related = ("topic", "owner", "based_on")
    search_fields = ("slug", "spec")
    actions = None

    @admin.display(description=gettext_lazy("Title"), ordering="slug")
    def title(self, draft: Draft) -> str:
        """What it is called, as far as it says so."""
        return title_of(draft.spec) or draft.slug

    @admin.display(description=gettext_lazy("Standing"))
    def standing(self, draft: Any) -> str:
        """How far a draft is, as of its last proof."""
        if draft.last_proof is None:
            told = _("imported, not proven yet") if draft.unproven else _("being written")
        elif draft.last_proof == ProofState.DONE:
            told = _("the proof found something to mend") if draft.last_problems else _("proven")
        else:
            told = _("proof: %(state)s") % {"state": ProofState(draft.last_proof).label}
        if draft.based_on is None:
            return str(told)
        return _("%(standing)s; published as version %(number)d") % {
            "standing": told,
            "number": draft.based_on.number,
        }

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        drafts: QuerySet[Any] = super().get_queryset(request)
        last = ProofRun.objects.filter(draft=OuterRef("pk")).order_by("-started", "-pk")
        drafts = drafts.annotate(
            last_proof=Subquery(last.values("state")[:1]), last_problems=Subquery(last.values("problems")[:1])
        )
        return drafts if may_change_any(request.user) else drafts.filter(owner_id=request.user.pk)

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_write(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        if isinstance(obj, Draft):
            return may_change(request.user, obj.owner_id)
        return may_write(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return self.has_change_permission(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(super().has_delete_permission(request, obj)) and self.has_change_permission(request, obj)

    def get_deleted_objects(self, objs: Any, request: HttpRequest) -> Any:
        """A draft goes with its history and its proofs, which nobody deletes by themselves."""
        told, counts, _needed, protected = super().get_deleted_objects(objs, request)
        return told, counts, set(), protected

    def get_urls(self) -> list[URLPattern]:
        def page(route: str, view: Any, name: str) -> URLPattern:
            made: URLPattern = path(route, self.admin_site.admin_view(view), name=f"authoring_draft_{name}")
            return made

        return [
            page("coloured/", editing.coloured, "coloured"),
            page("<int:pk>/proof/", proving.show_proof, "proof"),
            page("<int:pk>/publish/", publication.publication, "publish"),
            *super().get_urls(),
        ]

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return beginning.begin(request)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return editing.edit(request, _number(object_id))

    def history_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        return history.history(request, _number(object_id))


@admin.register(Scene)
class SceneAdmin(_ModelAdmin):
    """Scenarios: everybody who writes may look at them, and save one of their own."""

    list_display = ("slug", "topic", "owner", "updated")
    list_filter = ("topic", "owner")
    list_select_related = ("topic", "owner")
    search_fields = ("slug", "spec")
    actions = None

    def has_add_permission(self, request: HttpRequest) -> bool:
        return may_write(request.user)

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_write(request.user)

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return may_write(request.user)

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        mine = not isinstance(obj, Scene) or may_change_scene(request.user, obj.owner_id)
        return bool(super().has_delete_permission(request, obj)) and mine

    def add_view(self, request: HttpRequest, form_url: str = "", extra_context: Any = None) -> HttpResponse:
        return scenes.edit_scene(request, None)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        return scenes.edit_scene(request, _number(object_id))


class _ReadOnly(_ModelAdmin):
    """Rows that say what was done: nobody changes them."""

    def has_add_permission(self, request: HttpRequest) -> bool:
        return False

    def has_change_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return False


@admin.register(AuditEntry)
class AuditEntryAdmin(_ReadOnly):
    list_display = ("when", "who", "what", "target")
    list_filter = ("what",)
    list_select_related = ("who",)
    search_fields = ("target",)


@admin.register(ProofRun)
class ProofRunAdmin(_ReadOnly):
    list_display = ("draft", "state", "done", "total", "started", "finished")
    list_filter = ("state",)
    list_select_related = ("draft",)
    exclude = ("rows",)

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        runs: QuerySet[Any] = super().get_queryset(request).defer("rows")
        return runs if may_change_any(request.user) else runs.filter(draft__owner_id=request.user.pk)


@admin.register(Revision)
class RevisionAdmin(_ReadOnly):
    list_display = ("draft", "when", "who", "note")
    list_select_related = ("draft", "who")

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        revisions: QuerySet[Any] = super().get_queryset(request)
        return revisions if may_change_any(request.user) else revisions.filter(draft__owner_id=request.user.pk)
