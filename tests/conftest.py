"""What every test may ask for: a browser, a database server, a site that really runs."""

import os
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.test.utils import override_settings
from hypothesis import settings

from canarylearn.learning.content import load_topic, read_lock
from canarylearn.learning.ready import ready
from tests.people import Visitor
from tests.postgresql import PostgreSQL
from tests.serving import Site, collect_static, new_site
from tests.topics import curriculum

# pytest-playwright keeps an event loop in the thread of the test, and Django would refuse its database there.
os.environ.setdefault("DJANGO_ALLOW_ASYNC_UNSAFE", "true")

# A shared machine stops for longer than Hypothesis waits; tests that are about time measure it themselves.
# In CI the examples are the same each time: new ones are for people, who can look at what they found.
settings.register_profile("shared-machine", deadline=None, derandomize="CI" in os.environ)
settings.load_profile("shared-machine")

# As root in a container Chromium has no sandbox; the rest keeps it from calling its maker.
CHROMIUM_FLAGS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]


@pytest.fixture(scope="session", autouse=True)
def static_files_under_their_own_names() -> Iterator[None]:
    """Tests of pages need no collected static files; a served site collects its own."""
    plain = {"BACKEND": "django.contrib.staticfiles.storage.StaticFilesStorage"}
    with override_settings(STORAGES={"staticfiles": plain}):
        yield


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """Launch the system's own Chromium."""
    names = ("chromium", "chromium-browser", "google-chrome")
    found = next((path for name in names if (path := shutil.which(name))), None)
    assert found, "No Chromium was found. Run scripts/system-packages, which installs it."
    return {**browser_type_launch_args, "executable_path": found, "args": CHROMIUM_FLAGS}


@pytest.fixture
def content(db: None) -> None:
    """The curriculum, published in the test's own database."""
    ready.cache_clear()  # the tests before this one had rows of the same numbers
    load_topic(curriculum(), read_lock())


@pytest.fixture
def visitor(content: None) -> Visitor:
    """Somebody who has just come to a site with the curriculum."""
    return Visitor()


@pytest.fixture(scope="session")
def postgresql(tmp_path_factory: pytest.TempPathFactory) -> Iterator[PostgreSQL]:
    """A PostgreSQL server of this test run's own."""
    with PostgreSQL.started() as server:
        yield server


@pytest.fixture(scope="session")
def postgres_url(postgresql: PostgreSQL) -> str:
    """The address of an empty PostgreSQL database."""
    return postgresql.new_database()


@pytest.fixture(scope="session")
def static_files(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The static files as a site in production has them: compressed, named by their content."""
    return collect_static(tmp_path_factory.mktemp("static"))


@pytest.fixture(scope="session")
def live_site(
    request: pytest.FixtureRequest, tmp_path_factory: pytest.TempPathFactory, static_files: Path
) -> Iterator[Callable[..., Site]]:
    """Start a real server on a fresh "sqlite" or "postgresql" database with all content loaded.

    What is served is the site's own application, unless a test names another.
    """
    started: list[Site] = []

    def start(database: str, application: str = "canarylearn.wsgi:application") -> Site:
        folder = tmp_path_factory.mktemp("site")
        if database == "postgresql":
            server: PostgreSQL = request.getfixturevalue("postgresql")
            url = server.new_database()
        else:
            url = f"sqlite:///{folder / 'db.sqlite3'}"
        started.append(new_site(folder, url, static_files, application))
        return started[-1]

    yield start
    for site in started:
        site.stop()


@pytest.fixture(scope="session")
def served_site(live_site: Callable[[str], Site]) -> Site:
    """A running site on SQLite."""
    return live_site("sqlite")


@pytest.fixture(scope="session", params=["sqlite", "postgresql"])
def site_on_each_database(request: pytest.FixtureRequest, live_site: Callable[[str], Site]) -> Site:
    """A running site, on one database after the other."""
    return live_site(request.param)


@pytest.fixture(scope="session")
def repository() -> Path:
    """The folder of this checkout."""
    return Path(__file__).resolve().parent.parent
