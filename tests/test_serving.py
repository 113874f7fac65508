"""The site, really served: production server, real databases, static files as they are sent."""

import json
import os
import re
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from http.client import HTTPResponse
from pathlib import Path
from urllib.error import HTTPError, URLError
from urllib.request import Request, urlopen

import pytest

from tests.postgresql import PostgreSQL
from tests.serving import ROOT, Site, free_port, wait_until_well


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


def test_a_task_runs_scripts_by_a_new_nonce_each_time(served_site: Site) -> None:
    nonces = {nonce_of(f"{served_site.url}{first_task(served_site)}") for _ in range(2)}
    assert len(nonces) == 2


def nonce_of(url: str) -> str:
    """The one nonce that the policy of a page allows, and all of its scripts carry."""
    with fetch(url) as answer:
        directives = answer.headers["Content-Security-Policy"].split("; ")
        scripts = re.findall(r"<script[^>]*>", answer.read().decode())
    allowed = [found[1] for part in directives if (found := re.fullmatch(r"script-src 'nonce-(\S+)'", part))]
    assert scripts
    assert all(f'nonce="{allowed[0]}"' in script for script in scripts)
    return allowed[0]


def first_task(site: Site) -> str:
    """The path of the first task."""
    with fetch(f"{site.url}/practice/") as answer:
        found = re.search(r'href="(/practice/[a-z0-9-]+/)"', answer.read().decode())
    assert found
    return found[1]


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


def test_what_make_run_serves_ends_however_often_it_is_told_to(served_site: Site, tmp_path: Path) -> None:
    port, log = free_port(), tmp_path / "server.log"
    command = [sys.executable, "-c", f"import sys; from scripts.serve import serve; sys.exit(serve({port}))"]
    with (
        log.open("wb") as output,
        subprocess.Popen(
            command, cwd=ROOT, env=served_site.environment, stdout=output, stderr=output, start_new_session=True
        ) as process,
    ):
        wait_until_well(process, f"http://127.0.0.1:{port}", log)
        for _ in range(100):
            os.killpg(process.pid, signal.SIGTERM)
            time.sleep(0.00005)  # one that comes while the last still waits is lost
        assert process.wait(timeout=30) == 0
    with pytest.raises(URLError):
        urlopen(f"http://127.0.0.1:{port}/healthz")
