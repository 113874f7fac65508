"""The content security policy of learner pages and of the admin."""

from csp.constants import SELF
from csp.middleware import CSPMiddleware, PolicyParts
from django.http import HttpRequest, HttpResponseBase
from django.urls import reverse
from django.utils.functional import cached_property


class PolicyMiddleware(CSPMiddleware):
    """Learner pages run scripts by nonce; the admin's own scripts carry none and run from this site alone."""

    @cached_property
    def admin_path(self) -> str:
        return reverse("admin:index")

    def process_response(self, request: HttpRequest, response: HttpResponseBase) -> HttpResponseBase:
        response = super().process_response(request, response)
        response.headers.setdefault("Cross-Origin-Resource-Policy", "same-origin")
        return response

    def get_policy_parts(
        self, request: HttpRequest, response: HttpResponseBase, report_only: bool = False
    ) -> PolicyParts:
        parts = super().get_policy_parts(request, response, report_only)
        if request.path_info.startswith(self.admin_path):
            parts.replace = {**(parts.replace or {}), "script-src": [SELF]}
        return parts


def nonce(request: HttpRequest) -> dict[str, object]:
    """Context processor: `csp_nonce`, the name under which django-htmx looks for it. Made when first used."""
    return {"csp_nonce": getattr(request, "csp_nonce", "")}
