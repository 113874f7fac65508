"""Roles: everybody learns, authors write, instructors also teach, and whoever runs the site may do everything.

A role is a Django group. What a group may do stands here, and is set after every `migrate`; the pages of the apps ask
for the role or for one of its permissions.
"""

from typing import Any

from django.contrib.auth.models import AnonymousUser, Group, Permission, User
from django.db.models import Q

AUTHOR, INSTRUCTOR = "author", "instructor"
ROLES = (AUTHOR, INSTRUCTOR)

_KNOWN = "_roles_known"
_LOOK = ("view",)
_WRITE = ("view", "add", "change")
_ALL = ("view", "add", "change", "delete")

_AUTHORS: dict[str, tuple[str, ...]] = {
    "learning.topic": _LOOK,
    "learning.item": _LOOK,
    "learning.version": _LOOK,
    "learning.page": _LOOK,
    "authoring.draft": _ALL,
    "authoring.scene": _ALL,
}
_TEACHERS: dict[str, tuple[str, ...]] = {
    "classes.classroom": _WRITE,
    "classes.coteacher": _ALL,
    "classes.membership": ("view", "change", "delete"),
    "classes.assignment": _ALL,
}
MAY: dict[str, dict[str, tuple[str, ...]]] = {AUTHOR: _AUTHORS, INSTRUCTOR: {**_AUTHORS, **_TEACHERS}}
"""What each role may do with which model. Nobody but the owner may do it with a row that has one."""


def make_roles(**_kwargs: Any) -> None:
    """Make the groups, and give each what it may do. What somebody gave a group besides is left to it."""
    for name, models in MAY.items():
        group, _ = Group.objects.get_or_create(name=name)
        group.permissions.add(*_permissions(models))


def _permissions(models: dict[str, tuple[str, ...]]) -> list[Permission]:
    wanted = Q()
    for label, actions in models.items():
        app, _, model = label.partition(".")
        names = [f"{action}_{model}" for action in actions]
        wanted |= Q(content_type__app_label=app, content_type__model=model, codename__in=names)
    return list(Permission.objects.filter(wanted))


def roles_of(user: User | AnonymousUser | None) -> frozenset[str]:
    """The roles of whoever is signed in; asked once a request."""
    if user is None or not user.is_authenticated or not user.is_active:
        return frozenset()
    if user.is_superuser:
        return frozenset(ROLES)
    known: frozenset[str] | None = getattr(user, _KNOWN, None)
    if known is None:
        known = frozenset(user.groups.filter(name__in=ROLES).values_list("name", flat=True))
        setattr(user, _KNOWN, known)
    return known


def is_instructor(user: User | AnonymousUser | None) -> bool:
    """Whether somebody may make classes, and teach."""
    return INSTRUCTOR in roles_of(user)


def is_author(user: User | AnonymousUser | None) -> bool:
    """Whether somebody may write; whoever teaches may as well."""
    return bool(roles_of(user))
