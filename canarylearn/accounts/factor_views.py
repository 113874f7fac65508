"""Recovery codes are shown once, and only to whoever asks for them: opening the page shows how many are left."""

from typing import Any, cast

from allauth.mfa.models import Authenticator
from allauth.mfa.recovery_codes.views import ViewRecoveryCodesView
from django.contrib.auth.models import User
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render


class RecoveryCodesView(ViewRecoveryCodesView):  # type: ignore[misc]
    """Looking changes nothing; asking shows the codes, for the first time and the last."""

    def get(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        codes = get_object_or_404(
            Authenticator, user=cast("User", request.user), type=Authenticator.Type.RECOVERY_CODES
        ).wrap()
        context = {"left": len(codes.get_unused_codes()), "were_shown": codes.did_view}
        return render(request, "mfa/recovery_codes/index.html", context)

    def post(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponse:
        response = cast("HttpResponse", super().get(request, *args, **kwargs))
        response["Cache-Control"] = "no-store"
        return response
