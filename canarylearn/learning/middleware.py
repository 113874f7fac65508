"""Who is practising: a key in a signed cookie, handed out with the first page that needs it. And what to say when the
database cannot be asked."""

import logging
from collections.abc import Callable
from functools import cached_property
from http import HTTPStatus
from typing import cast
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

DAY = 86400  # seconds
MONTH = 30 * DAY
RETRY_AFTER = "5"  # seconds
_SALT = "canarylearn.learner"


class Visitor:
    """The person behind a request. Asking for the key makes one; no row is written before an answer or a hint."""

    def __init__(self, cookie: str | None) -> None:
        self._cookie = cookie

    @cached_property
    def key(self) -> UUID:
        """The learner's key: from the cookie if it is genuine and not older than a month, else a new one."""
        try:
            return UUID(signing.loads(self._cookie or "", salt=_SALT, max_age=MONTH))
        except (signing.BadSignature, ValueError, TypeError, AttributeError):
            return uuid4()

    @property
    def asked(self) -> bool:
        """Whether anything asked for the key, so that it has to be kept."""
        return "key" in self.__dict__


class LearnerRequest(HttpRequest):
    """A request as the views see it, once the middleware has been through it."""

    visitor: Visitor
    htmx: HtmxDetails


def cookie_name() -> str:
    """The cookie's name; over https its prefix ties it to this host."""
    return "__Host-learner" if settings.SESSION_COOKIE_SECURE else "learner"


class LearnerMiddleware:
    """Put a Visitor on each request, and keep its key in the cookie for a month after the last visit.

    A page for which the key was asked is about one person: no cache keeps it.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        visitor = Visitor(request.COOKIES.get(cookie_name()))
        cast("LearnerRequest", request).visitor = visitor
        response = self.get_response(request)
        if visitor.asked:
            response.set_cookie(
                cookie_name(),
                signing.dumps(str(visitor.key), salt=_SALT),
                max_age=MONTH,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )
            patch_vary_headers(response, ["HX-Request", "Cookie"])
            response["Cache-Control"] = "no-store"
        return response


class DatabaseTroubleMiddleware:
    """While the database is locked or away: 503, and a form that holds what was chosen and can be sent again.

    It has the key of the form it stands for, so it counts once even if the lost answer had been kept after all.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if not isinstance(exception, OperationalError | InterfaceError):
            return None
        logging.getLogger(__name__).error("The database does not answer: %s", exception)
        response = render(request, "503.html", {"form": _unsaved(request)}, status=HTTPStatus.SERVICE_UNAVAILABLE)
        response["Retry-After"] = RETRY_AFTER
        response["Cache-Control"] = "no-store"
        return response


def _unsaved(request: HttpRequest) -> list[tuple[str, str]] | None:
    """What a learner's form held; None for every other request, such as one with a password."""
    match = request.resolver_match
    if request.method != "POST" or match is None or match.url_name not in ("attempt", "hint"):
        return None
    return [(name, str(value)) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"]
