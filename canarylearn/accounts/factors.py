"""Second factors: how they differ from what the library does. Plain words, sealed secrets, and names for passkeys."""

from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.mfa.models import Authenticator
from django.contrib.auth.models import User
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from canarylearn.accounts.sealing import seal, unseal

SITE = "CanaryLearn"


class FactorAdapter(DefaultMFAAdapter):  # type: ignore[misc]
    """Passkeys belong to the host that the site is reached by; apps and browsers show the site's name."""

    error_messages = {
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _("This is not right, or was used already. Wait for the next code, and try that."),
        "unverified_email": _("Show first that your address is yours: open the link that was sent to it."),
        "add_email_blocked": _("With a second factor on, the address cannot be changed. Turn it off first."),
        "cannot_generate_recovery_codes": _("Recovery codes come with an authenticator app or a passkey."),
    }

    def encrypt(self, text: str) -> str:
        """How the library's secrets are kept."""
        return seal(text)

    def decrypt(self, encrypted_text: str) -> str:
        """And read again."""
        return unseal(encrypted_text)

    def get_totp_issuer(self) -> str:
        """What an app calls the site."""
        return SITE

    def build_totp_svg(self, url: str) -> str:
        """The picture that an app reads, as a part of the page."""
        picture: str = super().build_totp_svg(url)
        return picture[picture.index("<svg") :].replace("<svg ", '<svg aria-hidden="true" focusable="false" ', 1)

    def generate_authenticator_name(self, user: User, type: Authenticator.Type) -> str:  # noqa: A002 (the library's)
        """A name to begin with."""
        number = Authenticator.objects.filter(user=user, type=type).count() + 1
        return gettext("Passkey") if number == 1 else gettext("Passkey %(number)d") % {"number": number}

    def get_public_key_credential_rp_entity(self) -> dict[str, str]:
        """What a browser calls the site."""
        return {**super().get_public_key_credential_rp_entity(), "name": SITE}

    def get_public_key_credential_user_entity(self, user: User) -> dict[str, object]:
        """What a browser calls the account: by its address."""
        entity: dict[str, object] = super().get_public_key_credential_user_entity(user)
        return {**entity, "display_name": entity["name"]}
