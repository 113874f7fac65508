"""The keys under which attempts to sign in are counted."""

from django.utils.crypto import salted_hmac


def digest(key: str, key_prefix: str, version: int) -> str:
    """A cache's key that tells nobody whose address or number it was made of."""
    name = salted_hmac("canarylearn.counts", key, algorithm="sha256").hexdigest()
    return f"{key_prefix}:{version}:{name}"
