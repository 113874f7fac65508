"""Who may do what with drafts, scenarios and published items: permissions on the models, and who the owner is."""

from typing import Any

from django.core.exceptions import PermissionDenied
from django.db.models import QuerySet
from django.shortcuts import get_object_or_404

from canarylearn.authoring.models import Draft

User = Any


def may_write(user: User) -> bool:
    """Whether somebody may begin drafts."""
    return bool(user.has_perm("authoring.add_draft"))


def may_change_any(user: User) -> bool:
    """Whether somebody may change what others wrote, and what came from files. Whoever teaches may."""
    return bool(user.has_perm("learning.change_item") or user.has_perm("classes.add_classroom"))


def may_change(user: User, owner_id: int | None) -> bool:
    """Whether somebody may change, prove and publish a draft with this owner."""
    if may_change_any(user):
        return True
    return bool(user.has_perm("authoring.change_draft")) and owner_id is not None and owner_id == user.pk


def may_change_scene(user: User, owner_id: int | None) -> bool:
    """Whether somebody may change a scenario with this owner; one from a file has none."""
    if may_change_any(user):
        return True
    return bool(user.has_perm("authoring.change_scene")) and owner_id is not None and owner_id == user.pk


def drafts_of(user: User) -> QuerySet[Draft]:
    """The drafts that somebody may see, which are those that they may change."""
    drafts = Draft.objects.all()
    return drafts if may_change_any(user) else drafts.filter(owner_id=user.pk)


def draft_for(user: User, pk: int) -> Draft:
    """A draft that somebody may change. Raises Http404 and PermissionDenied."""
    draft: Draft = get_object_or_404(Draft.objects.select_related("topic", "based_on__item", "owner"), pk=pk)
    if not may_change(user, draft.owner_id):
        raise PermissionDenied
    return draft
