"""Fast passwords: how slowly they are hashed is not what these tests are about."""

import pytest
from pytest_django import Settings


@pytest.fixture(autouse=True)
def fast_passwords(settings: Settings) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
