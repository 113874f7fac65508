"""The forms of second factors: short labels, and no answer of a browser, however odd, that is not refused in words."""

from typing import TYPE_CHECKING, Any

from allauth.mfa.adapter import get_adapter
from allauth.mfa.base.forms import AuthenticateForm, ReauthenticateForm
from allauth.mfa.totp.forms import ActivateTOTPForm
from allauth.mfa.webauthn.forms import (
    AddWebAuthnForm,
    AuthenticateWebAuthnForm,
    EditWebAuthnForm,
    LoginWebAuthnForm,
    ReauthenticateWebAuthnForm,
)
from django import forms
from django.contrib.admin.forms import AdminAuthenticationForm
from django.contrib.auth.models import User
from django.core.validators import MaxLengthValidator
from django.forms.fields import InvalidJSONInput
from django.utils.translation import gettext_lazy as _

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

MOST_LETTERS = 60
MOST_BYTES = 20_000
_ODD = (ArithmeticError, AttributeError, LookupError, TypeError, ValueError)
"""What the library's readers raise at answers that no browser gives."""


def _ask_for_code(form: forms.Form, help_text: "str | _StrPromise") -> None:
    field = form.fields["code"]
    field.label = _("Code")
    field.help_text = help_text
    field.validators.append(MaxLengthValidator(MOST_LETTERS))
    field.widget.attrs = {"autocomplete": "one-time-code", "autocapitalize": "off", "spellcheck": "false"}


def _name(form: forms.Form) -> None:
    form.fields["name"].label = _("Name")
    form.fields["name"].help_text = _("For you, to tell your passkeys apart: the device it is kept on.")
    form.fields["name"].validators.append(MaxLengthValidator(MOST_LETTERS))


class CodeForm(AuthenticateForm):  # type: ignore[misc]
    """A code, to sign in."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_code(self, _("Of your authenticator app, or one of your recovery codes."))


class CodeAgainForm(ReauthenticateForm):  # type: ignore[misc]
    """A code, to go on."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_code(self, _("Of your authenticator app, or one of your recovery codes."))


class FirstCodeForm(ActivateTOTPForm):  # type: ignore[misc]
    """The first code of an app, which shows that it has the secret."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _ask_for_code(self, _("The six digits that the app shows now."))


class _Credential(forms.JSONField):
    """What a browser answers for a passkey: a few kilobytes of JSON."""

    def __init__(self) -> None:
        super().__init__(widget=forms.HiddenInput)

    def to_python(self, value: Any) -> Any:
        try:
            return super().to_python(value if len(value or "") <= MOST_BYTES else "")
        except RecursionError as deep:
            raise forms.ValidationError(self.error_messages["invalid"], code="invalid") from deep

    def bound_data(self, data: Any, initial: Any) -> Any:
        """An answer is good once, so it is not shown again."""
        return InvalidJSONInput("")


class _PasskeyAnswer(forms.Form):
    """Reads that answer, whatever it may be."""

    credential = _Credential()

    def clean_credential(self) -> Any:
        try:
            return super().clean_credential()  # type: ignore[misc]
        except _ODD as odd:
            raise get_adapter().validation_error("incorrect_code") from odd


class PasskeyForm(_PasskeyAnswer, AuthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey as the second factor."""


class PasskeyAloneForm(_PasskeyAnswer, LoginWebAuthnForm):  # type: ignore[misc]
    """A passkey in place of address and password."""


class PasskeyAgainForm(_PasskeyAnswer, ReauthenticateWebAuthnForm):  # type: ignore[misc]
    """A passkey, to go on."""


class NewPasskeyForm(AddWebAuthnForm):  # type: ignore[misc]
    """A new passkey, which is always one that can sign in alone."""

    credential = _Credential()
    passwordless = forms.BooleanField(initial=True, required=False, widget=forms.HiddenInput)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self)

    def clean_passwordless(self) -> bool:
        return True

    def clean(self) -> dict[str, Any]:
        try:
            cleaned: dict[str, Any] = super().clean()
        except _ODD as odd:
            raise get_adapter().validation_error("incorrect_code") from odd
        return cleaned


class PasskeyNameForm(EditWebAuthnForm):  # type: ignore[misc]
    """Another name for a passkey."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _name(self)


class AdminSignInForm(AdminAuthenticationForm):
    """The admin's form asks for no second factor, so whoever has one signs in on the site's own page."""

    def confirm_login_allowed(self, user: User) -> None:
        super().confirm_login_allowed(user)
        if get_adapter().is_mfa_enabled(user):
            raise forms.ValidationError(_("You have a second factor: sign in on the page of the site, then come back."))
