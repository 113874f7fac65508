"""Who is practising: a key in a signed cookie, handed out with the first page that needs it."""

from collections.abc import Callable
from functools import cached_property
from typing import cast
from uuid import UUID, uuid4

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django_htmx.middleware import HtmxDetails

MONTH = 30 * 86400
_SALT = "canarylearn.learner"


class Visitor:
    """The person behind a request. Asking for the key makes one; no row is written before the first answer."""

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
    """Put a Visitor on each request, and keep its key in the cookie for a month after the last visit."""

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
        return response
