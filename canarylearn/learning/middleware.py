"""Who is practising: whoever is signed in, or else a guest with a key in a signed cookie, which is handed out with the
first page that needs it. And what to say when the database cannot be asked."""

import logging
from collections.abc import Callable
from functools import cached_property
from http import HTTPStatus
from typing import cast
from uuid import UUID, uuid4

from django.conf import settings
from django.contrib.auth.models import User
from django.core import signing
from django.db import InterfaceError, OperationalError
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.cache import patch_vary_headers
from django_htmx.middleware import HtmxDetails

from canarylearn.learning.merging import account_key, merge_guest

DAY = 86400  # seconds
MONTH = 30 * DAY
RETRY_AFTER = "5"  # seconds
_SALT = "canarylearn.learner"
_SENT_AGAIN = ("attempt", "hint", "grade", "save", "run", "judge")
"""The names of addresses whose forms hold what a learner chose or wrote, and nothing that is secret."""


class Visitor:
    """The person behind a request. Asking for the key makes one; no row is written before an answer or a hint.

    Whoever is signed in is their account's learner, whatever the cookie says; the guest they were becomes part of it.
    """

    unasked = False
    """Whether the page must not ask the database who this is, because it does not answer."""

    def __init__(self, request: HttpRequest) -> None:
        self._request = request
        self._cookie = request.COOKIES.get(cookie_name())

    @cached_property
    def account(self) -> User | None:
        """Who is signed in. Without a session's cookie nobody is, and no row is read to find out."""
        if settings.SESSION_COOKIE_NAME not in self._request.COOKIES:
            return None
        user = self._request.user
        return user if user.is_authenticated else None

    @cached_property
    def guest(self) -> UUID | None:
        """The key in the cookie, if it is genuine and not older than a month."""
        try:
            return UUID(signing.loads(self._cookie or "", salt=_SALT, max_age=MONTH))
        except (signing.BadSignature, ValueError, TypeError, AttributeError):
            return None

    @cached_property
    def key(self) -> UUID:
        """The learner's key: their account's, or the cookie's, or a new one."""
        if self.account is None:
            return self.guest or uuid4()
        self.sign_in(self.account)
        return account_key(self.account)

    def sign_in(self, user: User) -> int:
        """Take what was done as a guest into the account; the number of tries that came along."""
        self.account = user
        return merge_guest(self.guest, user) if self.guest else 0

    @property
    def name(self) -> str:
        """What the header calls whoever is signed in: what stands before the @ of their address. Empty for a guest."""
        if self.unasked or self.account is None:
            return ""
        return self.account.email.partition("@")[0] or self.account.get_username()

    @property
    def about_one_person(self) -> bool:
        """Whether the page is about one person: a learner's place was asked for, or an account's name."""
        return "key" in self.__dict__ or self.__dict__.get("account") is not None

    def keep(self, response: HttpResponse) -> None:
        """Let the browser remember a guest's key, and forget it once it has an account."""
        if self.__dict__.get("account") is not None:
            if self._cookie is not None:
                response.delete_cookie(cookie_name(), samesite="Lax")
                if settings.SESSION_COOKIE_SECURE:
                    response.cookies[cookie_name()]["secure"] = True
        elif "key" in self.__dict__:
            response.set_cookie(
                cookie_name(),
                signing.dumps(str(self.key), salt=_SALT),
                max_age=MONTH,
                secure=settings.SESSION_COOKIE_SECURE,
                httponly=True,
                samesite="Lax",
            )


class LearnerRequest(HttpRequest):
    """A request as the views see it, once the middleware has been through it."""

    visitor: Visitor
    htmx: HtmxDetails


def cookie_name() -> str:
    """The cookie's name; over https its prefix ties it to this host."""
    return "__Host-learner" if settings.SESSION_COOKIE_SECURE else "learner"


class LearnerMiddleware:
    """Put a Visitor on each request, and keep a guest's key in the cookie for a month after the last visit.

    No cache keeps a page about one person.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        visitor = Visitor(request)
        cast("LearnerRequest", request).visitor = visitor
        response = self.get_response(request)
        visitor.keep(response)
        if visitor.about_one_person:
            patch_vary_headers(response, ["HX-Request", "Cookie"])
            response["Cache-Control"] = "no-store"
        elif "account" in visitor.__dict__:
            patch_vary_headers(response, ["Cookie"])
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
        cast("LearnerRequest", request).visitor.unasked = True
        response = render(request, "503.html", {"form": _unsaved(request)}, status=HTTPStatus.SERVICE_UNAVAILABLE)
        response["Retry-After"] = RETRY_AFTER
        response["Cache-Control"] = "no-store"
        return response


def _unsaved(request: HttpRequest) -> list[tuple[str, str]] | None:
    """What a learner's form held; None for every other request, such as one with a password."""
    match = request.resolver_match
    if request.method != "POST" or match is None or match.url_name not in _SENT_AGAIN:
        return None
    return [(name, str(value)) for name, value in request.POST.items() if name != "csrfmiddlewaretoken"]
