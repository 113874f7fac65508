"""Settings: what a site refuses to start without, and what it starts with."""

import re
import runpy
import shutil
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from django.core.exceptions import ImproperlyConfigured

Settings = dict[str, Any]

READ = re.compile(r"""env\.\w+\(\s*"([A-Z_]+)\"""")
DOCUMENTED = re.compile(r"^\| `([A-Z_]+)` \|", re.MULTILINE)
PRODUCTION = {"SECRET_KEY": "k" * 50, "ALLOWED_HOSTS": "learn.example.org"}


@pytest.fixture
def settings_with(tmp_path: Path, monkeypatch: pytest.MonkeyPatch, repository: Path) -> Callable[..., Settings]:
    """Read the settings in a checkout without a .local folder, under the given variables alone."""
    copy = tmp_path / "canarylearn" / "settings.py"
    copy.parent.mkdir()
    shutil.copy(repository / "canarylearn" / "settings.py", copy)

    def read(**variables: str) -> Settings:
        for name in READ.findall(copy.read_text()):
            monkeypatch.delenv(name, raising=False)
        for name, value in variables.items():
            monkeypatch.setenv(name, value)
        return runpy.run_path(str(copy))

    return read


@pytest.mark.parametrize("missing", ["SECRET_KEY", "ALLOWED_HOSTS"])
def test_production_names_the_setting_it_lacks(settings_with: Callable[..., Settings], missing: str) -> None:
    given = {name: value for name, value in PRODUCTION.items() if name != missing}
    with pytest.raises(ImproperlyConfigured, match=f"^{missing} is not set"):
        settings_with(**given)


def test_production_refuses_debug(settings_with: Callable[..., Settings]) -> None:
    with pytest.raises(ImproperlyConfigured, match="Turn DEBUG off"):
        settings_with(**PRODUCTION, DEBUG="on")


def test_an_unknown_environment_is_refused(settings_with: Callable[..., Settings]) -> None:
    with pytest.raises(ImproperlyConfigured, match="'staging'; it is 'production' or 'development'"):
        settings_with(**PRODUCTION, CANARYLEARN_ENV="staging")


def test_production_is_the_default_and_sends_cookies_over_https_to_this_host_alone(
    settings_with: Callable[..., Settings],
) -> None:
    settings = settings_with(**PRODUCTION)
    assert settings["CANARYLEARN_ENV"] == "production"
    for cookie in ("SESSION", "CSRF"):
        assert settings[f"{cookie}_COOKIE_NAME"].startswith("__Host-")
        assert settings[f"{cookie}_COOKIE_SECURE"]
        assert settings[f"{cookie}_COOKIE_HTTPONLY"]
        assert settings[f"{cookie}_COOKIE_SAMESITE"] == "Lax"


def test_the_key_can_stand_in_a_file(settings_with: Callable[..., Settings], tmp_path: Path) -> None:
    key = tmp_path / "key"
    key.write_text("from-a-file\n")
    settings = settings_with(SECRET_KEY_FILE=str(key), ALLOWED_HOSTS="learn.example.org")
    assert settings["SECRET_KEY"] == "from-a-file"


def test_a_checkout_reads_its_own_file_and_the_environment_goes_first(
    settings_with: Callable[..., Settings], tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    (tmp_path / ".local").mkdir()
    (tmp_path / ".local" / "env").write_text("CANARYLEARN_ENV=development\nLOG_LEVEL=error\n")
    (tmp_path / ".local" / "secret-key").write_text("made-by-make\n")
    settings = settings_with(LOG_LEVEL="debug")
    monkeypatch.delenv("CANARYLEARN_ENV")  # the file put it there
    assert settings["DEVELOPMENT"]
    assert settings["SECRET_KEY"] == "made-by-make"
    assert settings["LOG_LEVEL"] == "DEBUG"


def test_sqlite_flushes_each_commit_and_queues_writers(settings_with: Callable[..., Settings]) -> None:
    options = settings_with(**PRODUCTION)["DATABASES"]["default"]["OPTIONS"]
    assert options["transaction_mode"] == "IMMEDIATE"
    assert options["timeout"] == 20
    assert "journal_mode=WAL" in options["init_command"]
    assert "synchronous=FULL" in options["init_command"]


def test_postgresql_connections_are_kept_and_looked_at_before_use(
    settings_with: Callable[..., Settings],
) -> None:
    url = "postgresql://canary:secret@db.example.org:5433/learn"
    database = settings_with(**PRODUCTION, DATABASE_URL=url)["DATABASES"]["default"]
    assert database["ENGINE"] == "django.db.backends.postgresql"
    assert (database["HOST"], database["PORT"], database["NAME"]) == ("db.example.org", 5433, "learn")
    assert database["CONN_MAX_AGE"] > 0
    assert database["CONN_HEALTH_CHECKS"]


def test_the_forwarded_protocol_is_believed_behind_a_proxy_alone(
    settings_with: Callable[..., Settings],
) -> None:
    assert "SECURE_PROXY_SSL_HEADER" not in settings_with(**PRODUCTION)
    assert "SECURE_PROXY_SSL_HEADER" in settings_with(**PRODUCTION, BEHIND_PROXY="on")


def test_scripts_run_by_nonce_alone(settings_with: Callable[..., Settings]) -> None:
    from csp.constants import NONCE, NONE

    policy = settings_with(**PRODUCTION)["CONTENT_SECURITY_POLICY"]["DIRECTIVES"]
    assert policy["script-src"] == [NONCE]
    assert policy["default-src"] == policy["object-src"] == policy["base-uri"] == [NONE]
    assert not any("unsafe" in str(source) or "dynamic" in str(source) for source in policy.values())


def test_every_variable_is_documented_and_read(repository: Path) -> None:
    read = set(READ.findall((repository / "canarylearn" / "settings.py").read_text()))
    documented = set(DOCUMENTED.findall((repository / "docs" / "settings.md").read_text()))
    assert len(read) >= 10
    assert documented == read
