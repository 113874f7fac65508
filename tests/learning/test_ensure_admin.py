"""The first account for the admin of one's own checkout."""

from pathlib import Path

import pytest
from django.contrib.auth import authenticate
from django.core.management import CommandError, call_command
from pytest_django import Settings

pytestmark = pytest.mark.django_db


def test_the_password_is_kept_in_a_file_for_its_owner_alone(settings: Settings, tmp_path: Path) -> None:
    settings.LOCAL_DIR = tmp_path
    call_command("ensure_admin", verbosity=0)
    kept = tmp_path / "admin-password"
    assert kept.stat().st_mode & 0o077 == 0
    admin = authenticate(username="admin", password=kept.read_text().strip())
    assert admin is not None
    assert admin.is_superuser


def test_a_second_call_changes_nothing(settings: Settings, tmp_path: Path) -> None:
    settings.LOCAL_DIR = tmp_path
    call_command("ensure_admin")
    (tmp_path / "admin-password").unlink()
    call_command("ensure_admin")
    assert not (tmp_path / "admin-password").exists()


def test_production_makes_no_such_account(settings: Settings) -> None:
    settings.DEVELOPMENT = False
    with pytest.raises(CommandError, match="createsuperuser"):
        call_command("ensure_admin")
