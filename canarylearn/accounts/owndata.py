"""A person's own data: everything that is kept about them, and how it is forgotten.

`KEPT` lists the kinds of rows that belong to a person. A model that refers to a person or a learner and is not there is
exported column by column, and its rows are deleted with the person. Rows that outlive who made them (an item, a class:
their reference becomes empty) are exported too, and stay.
"""

import secrets
from collections.abc import Callable
from datetime import datetime
from itertools import chain
from uuid import uuid4

from allauth.account.models import EmailAddress, EmailConfirmation
from allauth.mfa.models import Authenticator
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.contrib.contenttypes.models import ContentType
from django.contrib.sessions.models import Session
from django.db import transaction
from django.db.models import SET_NULL, Model, Q, QuerySet
from django.utils import timezone

from canarylearn.learning.merging import PREFERENCES, what_else_hangs_on
from canarylearn.learning.models import Attempt, Learner, Slot
from canarylearn.learning.ready import ready

FORMAT = 1

Rows = list[dict[str, object]]


def export(user: User) -> dict[str, object]:
    """Everything kept about a person, as it can be written to a JSON file."""
    kept = {name: rows(user) for name, rows in chain.from_iterable(kinds.items() for kinds in KEPT.values())}
    others = {model._meta.label_lower: _columns(rows) for model, rows in (*_others(user), *_outliving(user)) if rows}
    return {"format": FORMAT, "made": timezone.now().isoformat(), **kept, **others}


def erase(user: User) -> None:
    """Forget a person. Their answers stay, as counts of nobody: without name, key, address, or time of day."""
    with transaction.atomic():
        for _, rows in _others(user):
            rows.delete()
        _make_nameless(user)
        for session in sessions_of(user):
            session.delete()
        _forget_in_log(user)
        user.delete()


def sessions_of(user: User) -> list[Session]:
    """Where a person is signed in."""
    running = Session.objects.filter(expire_date__gt=timezone.now())
    return [one for one in running.iterator() if one.get_decoded().get("_auth_user_id") == str(user.pk)]


def learners_of(user: User) -> QuerySet[Learner]:
    """The account's learner, and what is left of guests who became it."""
    return Learner.objects.filter(Q(user=user) | Q(merged_into__user=user))


def _others(user: User) -> list[tuple[type[Model], QuerySet[Model]]]:
    """The rows of models that this module does not know by name, and the rows that hang on those in turn."""
    found: list[tuple[type[Model], QuerySet[Model]]] = []
    owners: list[tuple[type[Model], QuerySet[Model]]] = [
        (User, User._default_manager.filter(pk=user.pk)),
        (Learner, learners_of(user)),
    ]
    for owner, rows in owners:
        for model, field in what_else_hangs_on(owner):
            if model not in KEPT and model is not owner and not _outlives(model, field):
                theirs = model._default_manager.filter(**{f"{field}__in": rows})
                found.append((model, theirs))
                owners.append((model, theirs))
    return found


def _outliving(user: User) -> list[tuple[type[Model], QuerySet[Model]]]:
    """What a person made for others: it stays when they go, without their name, and so does what hangs on it."""
    return [
        (model, model._default_manager.filter(**{field: user}))
        for model, field in what_else_hangs_on(User)
        if _outlives(model, field)
    ]


def _outlives(model: type[Model], field: str) -> bool:
    return getattr(model._meta.get_field(field).remote_field, "on_delete", None) is SET_NULL


def _columns(rows: QuerySet[Model]) -> Rows:
    return [
        {field.name: field.value_to_string(row) for field in row._meta.concrete_fields} for row in rows.order_by("pk")
    ]


def _make_nameless(user: User) -> None:
    learner = Learner.objects.select_for_update(of=("self",)).filter(user=user).order_by().first()
    if learner is None:
        return
    learner.set_aside.all().delete()
    for slot in learner.slots.all():
        Slot.objects.filter(pk=slot.pk).update(created=_day(slot.created))
    for attempt in Attempt.objects.filter(slot__learner=learner):
        Attempt.objects.filter(pk=attempt.pk).update(created=_day(attempt.created), key=secrets.token_urlsafe(18))
    unset = {name: getattr(Learner(), name) for name in PREFERENCES}
    Learner.objects.filter(pk=learner.pk).update(user=None, key=uuid4(), created=_day(learner.created), **unset)


def _forget_in_log(user: User) -> None:
    """What staff changed about this person is still in the log; who it was is not."""
    factors = [str(pk) for pk in Authenticator.objects.filter(user=user).values_list("pk", flat=True)]
    addresses = [str(pk) for pk in EmailAddress.objects.filter(user=user).values_list("pk", flat=True)]
    types = ContentType.objects.get_for_models(User, EmailAddress, Authenticator)
    about = Q(content_type=types[User], object_id=str(user.pk))
    about |= Q(content_type=types[EmailAddress], object_id__in=addresses)
    about |= Q(content_type=types[Authenticator], object_id__in=factors)
    LogEntry.objects.filter(about).update(object_repr="somebody who left", change_message="")


def _day(moment: datetime) -> datetime:
    return moment.replace(hour=0, minute=0, second=0, microsecond=0)


def _account(user: User) -> Rows:
    return [
        {
            "name": user.username,
            "address": user.email,
            "first_name": user.first_name,
            "last_name": user.last_name,
            "signed_up": _said(user.date_joined),
            "signed_in": _said(user.last_login),
            "has_password": user.has_usable_password(),
            "is_staff": user.is_staff,
        }
    ]


def _addresses(user: User) -> Rows:
    return [
        {"address": one.email, "proven": one.verified, "used": one.primary}
        for one in EmailAddress.objects.filter(user=user).order_by("pk")
    ]


def _confirmations(user: User) -> Rows:
    found = EmailConfirmation.objects.filter(email_address__user=user).order_by("pk")
    return [{"address": one.email_address.email, "asked": _said(one.created)} for one in found]


def _factors(user: User) -> Rows:
    """That there is a second factor, and never its secret."""
    return [
        {"kind": one.type, "name": str(one), "added": _said(one.created_at), "used": _said(one.last_used_at)}
        for one in Authenticator.objects.filter(user=user).order_by("pk")
    ]


def _log(user: User) -> Rows:
    return [
        {"when": _said(one.action_time), "what": str(one)} for one in LogEntry.objects.filter(user=user).order_by("pk")
    ]


def _sessions(user: User) -> Rows:
    return [{"signed_in_until": _said(session.expire_date)} for session in sessions_of(user)]


def _learners(user: User) -> Rows:
    return [
        {
            "key": str(one.key),
            "since": _said(one.created),
            "counts": one.merged_into_id is None,
            **{name: getattr(one, name) for name in PREFERENCES},
        }
        for one in learners_of(user).order_by("pk")
    ]


def _slots(user: User) -> Rows:
    slots = Slot.objects.filter(learner__in=learners_of(user)).select_related("version__item", "learner").order_by("pk")
    return [
        {
            "item": slot.version.item.slug,
            "title": slot.version.title,
            "version": slot.version.number,
            "numbers": slot.variant,
            "since": _said(slot.created),
            "hints_opened": slot.hints_opened,
            "counts": slot.learner.merged_into_id is None,
        }
        for slot in slots
    ]


def _attempts(user: User) -> Rows:
    found = Attempt.objects.filter(slot__learner__in=learners_of(user))
    return [_attempt(one) for one in found.select_related("slot__version__item", "slot__learner").order_by("pk")]


def _attempt(one: Attempt) -> dict[str, object]:
    item = ready(one.slot.version_id, one.slot.variant).item
    return {
        "item": one.slot.version.item.slug,
        "version": one.slot.version.number,
        "numbers": one.slot.variant,
        "number": one.number,
        "when": _said(one.created),
        "answer": {blank: option.text for blank, option in item.chosen(one.answer).items()},
        "passed": one.passed,
        "finding": one.finding,
        "hints_opened": one.hints_opened,
        "engine": one.engine,
        "form": one.key,
        "counts": one.slot.learner.merged_into_id is None,
    }


def _said(moment: datetime | None) -> str:
    return moment.isoformat() if moment else ""


KEPT: dict[type[Model], dict[str, Callable[[User], Rows]]] = {
    User: {"account": _account},
    EmailAddress: {"addresses": _addresses},
    EmailConfirmation: {"confirmations": _confirmations},
    Authenticator: {"second_factors": _factors},
    LogEntry: {"log": _log},
    Session: {"sessions": _sessions},
    Learner: {"learners": _learners},
    Slot: {"places": _slots},
    Attempt: {"answers": _attempts},
}
