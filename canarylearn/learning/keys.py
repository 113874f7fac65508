"""The key of a form: it makes the form count once, and says when its page was made.

The time is the server's, and nothing but a statistic rests on it: whoever changes it in their own form changes how long
they seem to have thought, and nothing else.
"""

import re
import secrets
from datetime import UTC, datetime

from django.utils import timezone

_KEY = re.compile(r"([0-9a-f]{8})-[A-Za-z0-9_-]{24}")


def new_key() -> str:
    """A key that nobody can guess."""
    return f"{int(timezone.now().timestamp()):08x}-{secrets.token_urlsafe(18)}"


def made_at(key: str) -> datetime | None:
    """When the page with this key was made; None for a key of before this was kept, or after an account was erased."""
    found = _KEY.fullmatch(key)
    return datetime.fromtimestamp(int(found[1], 16), UTC) if found else None
