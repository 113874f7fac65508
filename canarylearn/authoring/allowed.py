"""Who may do what with drafts, scenarios and published items: permissions on the models, and who the owner is."""

from typing import Any

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
