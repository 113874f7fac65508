"""The log: who published, overrode, exported or gave somebody a role, and when; nobody can change it.

Who runs the site sees all of it. Instructors see what they did themselves, and what happened to their classes.
"""

from collections.abc import Callable, Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.contrib.auth.models import User
from django.core.paginator import Paginator
from django.db.models import Q, QuerySet
from django.http import HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_safe

from canarylearn.authoring.models import AuditEntry
from canarylearn.classes.access import instructors_only, person
from canarylearn.classes.selectors import name_of, taught_by
from canarylearn.classes.showing import ROOM
from canarylearn.engine.quantities import NBSP
from canarylearn.learning.middleware import LearnerRequest
from canarylearn.learning.models import Item

PAGE = 50

WORDS: dict[str, str | Promise] = {
    "publish": gettext_lazy("published a question"),
    "retire": gettext_lazy("withdrew a question"),
    "unretire": gettext_lazy("brought a question back"),
    "questions exported": gettext_lazy("exported questions"),
    "questions imported": gettext_lazy("imported questions"),
    "statistics exported": gettext_lazy("exported the figures"),
    "class exported": gettext_lazy("exported a class"),
    "class given": gettext_lazy("gave a class to another owner"),
    "class deleted": gettext_lazy("deleted a class"),
    "class ended": gettext_lazy("ended a class"),
    "class reopened": gettext_lazy("went on with a class"),
    "class handed on": gettext_lazy("went, and their class was handed on"),
    "co-teacher added": gettext_lazy("let somebody teach a class too"),
    "co-teacher removed": gettext_lazy("took a co-teacher off a class"),
    "member removed": gettext_lazy("removed a member of a class"),
    "time given": gettext_lazy("changed the time that a member has"),
    "assignment taken back": gettext_lazy("took an assignment back"),
    "role changed": gettext_lazy("changed what an account may do"),
    "account deleted": gettext_lazy("deleted an account"),
    "group changed": gettext_lazy("changed what a group may do"),
    "report answered": gettext_lazy("answered a report"),
    "report closed": gettext_lazy("closed a report"),
    "report open": gettext_lazy("opened a report again"),
}
"""Everything that is kept, in words. What is kept and not named here is shown by its own name."""

KINDS: dict[str, tuple[str | Promise, Q]] = {
    "questions": (gettext_lazy("Questions"), Q(what__in=("publish", "retire", "unretire"))),
    "exports": (gettext_lazy("Exports and imports"), Q(what__endswith=" exported") | Q(what__endswith=" imported")),
    "classes": (gettext_lazy("Classes"), Q(target__startswith="class ")),
    "roles": (gettext_lazy("Roles"), Q(what__in=("role changed", "group changed", "account deleted"))),
    "reports": (gettext_lazy("Reports"), Q(what__startswith="report ")),
}


@dataclass(frozen=True, kw_only=True)
class Line:
    """One entry in words. `url` is where what it is about can be looked at."""

    when: datetime
    who: str
    what: str
    target: str
    url: str
    details: list[tuple[str, str]]


def seen_by(user: User) -> QuerySet[AuditEntry]:
    """What somebody may read of the log."""
    if user.is_superuser:
        return AuditEntry.objects.all()
    mine = [f"class {number}" for number in taught_by(user).values_list("pk", flat=True)]
    return AuditEntry.objects.filter(Q(who=user) | Q(target__in=mine))


@instructors_only
@require_safe
def index(request: LearnerRequest) -> HttpResponse:
    """The log, the newest first; all of it, or one kind of thing."""
    user, asked = person(request), request.GET.get("kind", "")
    entries = seen_by(user).select_related("who")
    if asked in KINDS:
        entries = entries.filter(KINDS[asked][1])
    page = Paginator(entries, PAGE).get_page(request.GET.get("page"))
    kinds = [("", _("Everything"), asked not in KINDS)]
    kinds += [(name, str(title), name == asked) for name, (title, _which) in KINDS.items()]
    context = {
        "room": ROOM,
        "page": page,
        "lines": _lines(page.object_list, user),
        "kinds": kinds,
        "kind": asked if asked in KINDS else "",
        "sees_all": user.is_superuser,
    }
    return render(request, "reports/log.html", context)


def _lines(entries: Iterable[AuditEntry], user: User) -> list[Line]:
    shown = list(entries)
    classes = {f"class {one.pk}": one for one in taught_by(user)}
    items = set(Item.objects.filter(slug__in=[one.target for one in shown]).values_list("slug", flat=True))

    def where(target: str) -> tuple[str, str]:
        """What something is called, and its address."""
        if target in classes:
            return classes[target].title, classes[target].get_absolute_url()
        if target in items:
            return target, reverse("insight:item", args=[target])
        kind, _space, rest = target.partition(" ")
        number = rest.partition(":")[0]
        if kind == "report" and number.isdecimal():
            return target, reverse("insight:report", args=[int(number)])
        if kind == "account" and number.isdecimal() and user.is_superuser:
            return target, reverse("admin:auth_user_change", args=[int(number)])
        return target, ""

    return [_line(one, where) for one in shown]


def _line(one: AuditEntry, where: Callable[[str], tuple[str, str]]) -> Line:
    target, url = where(one.target)
    return Line(
        when=one.when,
        who=name_of(one.who) or _("Somebody who has left, or a command,"),
        what=str(WORDS.get(one.what, one.what)),
        target=target,
        url=url,
        details=_details(one.detail),
    )


def _details(detail: dict[str, Any]) -> list[tuple[str, str]]:
    """What was kept with an entry; of a change, what is not as it was before."""
    before, after = detail.get("before"), detail.get("after")
    if isinstance(before, dict) and isinstance(after, dict):
        changed = [name for name in after if before.get(name) != after[name]]
        return [
            (name.replace("_", " "), f"{_said(before.get(name))}{NBSP}→{NBSP}{_said(after[name])}") for name in changed
        ]
    return [(name.replace("_", " "), _said(value)) for name, value in detail.items()]


def _said(value: object) -> str:
    if isinstance(value, bool):
        return _("yes") if value else _("no")
    if isinstance(value, list):
        return ", ".join(str(one) for one in value) or _("none")
    text = str(value)
    return f"{text[:12]}…" if len(text) == 64 and text.isalnum() else text  # a digest
