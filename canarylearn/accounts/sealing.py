"""Secrets of second factors, sealed: whoever comes by the database alone, or by a backup of it, cannot use them."""

import base64
import logging
import secrets

from cryptography.fernet import Fernet, InvalidToken, MultiFernet
from django.conf import settings
from django.utils.crypto import salted_hmac


def seal(text: str) -> str:
    """The text, readable only with the site's secret key."""
    return _box().encrypt(text.encode()).decode()


def unseal(sealed: str) -> str:
    """What was sealed. Where its key is not among the site's keys any more: something that no code fits."""
    try:
        return _box().decrypt(sealed).decode()
    except InvalidToken:
        logging.getLogger(__name__).error("A second factor is sealed with a key that is not named any more.")
        return base64.b32encode(secrets.token_bytes(20)).decode()


def _box() -> MultiFernet:
    """Seals with the site's key, and opens with its earlier keys as well."""
    keys = [settings.SECRET_KEY, *settings.SECRET_KEY_FALLBACKS]
    digests = [salted_hmac("canarylearn.factors", "", key, algorithm="sha256").digest() for key in keys]
    return MultiFernet([Fernet(base64.urlsafe_b64encode(digest)) for digest in digests])
