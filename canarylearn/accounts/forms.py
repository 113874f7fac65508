"""The forms of accounts. Labels are short, and nothing is said inside a field that vanishes when one types."""

from typing import TYPE_CHECKING, Any

from allauth.account.adapter import get_adapter
from allauth.account.forms import AddEmailForm, LoginForm, ResetPasswordForm, SignupForm
from django import forms
from django.conf import settings
from django.contrib.auth.models import User
from django.core.cache import cache
from django.core.validators import MaxLengthValidator
from django.http import HttpRequest, HttpResponse
from django.utils.translation import gettext_lazy as _

from canarylearn.accounts.preferences import zones
from canarylearn.learning.models import ClockSpeed

if TYPE_CHECKING:
    from django.utils.functional import _StrPromise

SECONDS_TO_SIGN_UP = 30


def _held(email: str) -> str:
    return f"sign-up:{email}"


def _label(form: forms.Form, **labels: "str | _StrPromise") -> None:
    for name, field in form.fields.items():
        field.widget.attrs.pop("placeholder", None)
        field.label = labels.get(name, field.label)
        if isinstance(field, forms.EmailField):
            field.validators.append(MaxLengthValidator(254))  # what the column holds


class SignInForm(LoginForm):  # type: ignore[misc]
    """An address and a password. Staff sign in for one sitting, whatever they tick."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, login=_("E-mail address"), remember=_("Stay signed in on this device for a month"))

    def login(self, request: HttpRequest, redirect_url: str | None = None) -> HttpResponse:
        response: HttpResponse = super().login(request, redirect_url)
        if self.user.is_staff:
            request.session.set_expiry(0)
        return response


class SignUpForm(SignupForm):  # type: ignore[misc]
    """An address and a password, and no more."""

    holds = False
    """Whether the address is kept for this very form."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, email=_("E-mail address"))
        said = _("At least 12 characters. Four words that do not belong together are good.")
        self.fields["password1"].help_text = said

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean()
        if not self.errors:
            self._hold(cleaned["email"])
        return cleaned

    def try_save(self, request: HttpRequest) -> tuple[User | None, HttpResponse | None]:
        try:
            saved: tuple[User | None, HttpResponse | None] = super().try_save(request)
        finally:
            if self.holds:
                cache.delete(_held(self.cleaned_data["email"]))
        return saved

    def _hold(self, email: str) -> None:
        """Keep an address while its account is made, so that two forms at once do not make two accounts."""
        if cache.add(_held(email), True, SECONDS_TO_SIGN_UP):
            try:
                self.validate_unique_email(email)
                self.holds = True
            except forms.ValidationError as taken:
                cache.delete(_held(email))
                self.add_error("email", taken)
        elif settings.ACCOUNT_EMAIL_VERIFICATION == "mandatory":
            self.account_already_exists = True
        else:
            self.add_error("email", get_adapter().validation_error("email_taken"))


class NewAddressForm(AddEmailForm):  # type: ignore[misc]
    """Another address for an account."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, email=_("New e-mail address"))


class ForgottenForm(ResetPasswordForm):  # type: ignore[misc]
    """The address of the account whose password was forgotten."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _label(self, email=_("E-mail address"))


class DeleteForm(forms.Form):
    """A password, to be sure that it is the owner who deletes the account."""

    password = forms.CharField(
        label=_("Your password"),
        strip=False,
        max_length=4096,
        widget=forms.PasswordInput(attrs={"autocomplete": "current-password"}),
    )

    def __init__(self, *args: Any, user: User, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.user = user

    def clean_password(self) -> str:
        password: str = self.cleaned_data["password"]
        if not self.user.check_password(password):
            raise forms.ValidationError(_("This is not your password. Nothing was deleted."))
        return password


class PreferencesForm(forms.Form):
    """What learners set for themselves: their time zone, the weekly streak, and the clock of the challenge."""

    time_zone = forms.CharField(
        label=_("Time zone"),
        required=False,
        max_length=60,
        widget=forms.TextInput(attrs={"list": "time-zones", "autocomplete": "off", "spellcheck": "false"}),
        help_text=_("Cards are due, and weeks begin, by its clock. Empty means that of this site."),
    )
    streak = forms.BooleanField(label=_("Show how many weeks in a row you practised"), required=False)
    clock = forms.ChoiceField(
        label=_("Clock of the challenge"),
        choices=[
            (ClockSpeed.NORMAL, _("As planned")),
            (ClockSpeed.LONGER, _("Half as long again (×1.5)")),
            (ClockSpeed.DOUBLE, _("Twice as long (×2)")),
            (ClockSpeed.OFF, _("Off: take all the time you want")),
        ],
        widget=forms.RadioSelect,
    )

    def clean_time_zone(self) -> str:
        typed = "_".join(self.cleaned_data["time_zone"].split())
        if not typed:
            return ""
        found = zones().get(typed.lower())
        if found is None:
            raise forms.ValidationError(_("No time zone has this name. Choose one of the list, such as Europe/Vienna."))
        return found
