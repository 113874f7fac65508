"""The site, really served: production server, real databases, static files as they are sent."""

import json
import re
from collections.abc import Callable
from http.client import HTTPResponse
from urllib.error import HTTPError
from urllib.request import Request, urlopen

from tests.postgresql import PostgreSQL
from tests.serving import Site


def fetch(url: str, **headers: str) -> HTTPResponse | HTTPError:
    """The answer to a GET, whatever its status."""
    try:
        answer: HTTPResponse = urlopen(Request(url, headers=headers))
    except HTTPError as refusal:
        return refusal
    return answer


def test_a_served_site_is_well_on_each_database(site_on_each_database: Site) -> None:
    with fetch(f"{site_on_each_database.url}/healthz") as answer:
        assert answer.status == 200
        assert json.load(answer) == {"status": "well", "problems": []}


def test_the_site_recovers_by_itself_when_its_database_comes_back(
    live_site: Callable[[str], Site], postgresql: PostgreSQL
) -> None:
    site = live_site("postgresql")
    postgresql.stop()
    with fetch(f"{site.url}/healthz") as answer:
        assert answer.status == 503
        assert json.load(answer)["problems"] == ["The database does not answer."]
    postgresql.start()
    with fetch(f"{site.url}/healthz") as answer:
        assert answer.status == 200


def test_learner_pages_run_scripts_by_a_new_nonce_each_time(served_site: Site) -> None:
    policies = []
    for _ in range(2):
        with fetch(f"{served_site.url}/") as answer:
            policies.append(answer.headers["Content-Security-Policy"])
            found = re.search(r"script-src 'nonce-([^']+)'(;|$)", policies[-1])
            assert found
            assert f'nonce="{found[1]}"' in answer.read().decode()
    assert policies[0] != policies[1]


def test_the_admin_runs_scripts_of_this_site_alone(served_site: Site) -> None:
    with fetch(f"{served_site.url}/admin/login/") as answer:
        assert "script-src 'self'" in answer.headers["Content-Security-Policy"].split("; ")


def test_answers_carry_the_security_headers(served_site: Site) -> None:
    with fetch(f"{served_site.url}/") as answer:
        assert answer.headers["X-Content-Type-Options"] == "nosniff"
        assert answer.headers["X-Frame-Options"] == "DENY"
        assert answer.headers["Referrer-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Opener-Policy"] == "same-origin"
        assert answer.headers["Cross-Origin-Resource-Policy"] == "same-origin"


def test_static_files_are_named_by_content_kept_for_ever_and_compressed(served_site: Site) -> None:
    with fetch(f"{served_site.url}/") as page:
        found = re.search(r'href="(/static/[^"]+\.[0-9a-f]{12}\.css)"', page.read().decode())
    assert found
    for encoding in ("br", "gzip"):
        with fetch(served_site.url + found[1], **{"Accept-Encoding": encoding}) as answer:
            assert answer.headers["Content-Encoding"] == encoding
            assert "immutable" in answer.headers["Cache-Control"]


def test_a_learner_is_asked_for_no_database_session(served_site: Site) -> None:
    with fetch(f"{served_site.url}/practice/") as answer:
        assert not [cookie for cookie in answer.headers.get_all("Set-Cookie", []) if "session" in cookie]
