"""Time zone, streak and clock: set by guests and accounts alike, and taken along at sign-in."""

import html
import json
import re

import pytest

from canarylearn.learning.models import ClockSpeed, Learner
from tests.accounts.signing import DELETE, EXPORT, PASSWORD, send, sign_in, sign_out, sign_up
from tests.people import Reply, Visitor

pytestmark = pytest.mark.usefixtures("content")

PREFERENCES = "/account/preferences/"
VIENNA = {"time_zone": "Europe/Vienna", "clock": "2"}
UNSET = {"time_zone": "", "streak": "on", "clock": "1"}


def keep(somebody: Visitor, **fields: str) -> Reply:
    """Send the form of the preferences; a tick that is not named is taken away."""
    return send(somebody, PREFERENCES, **fields)


def shown(somebody: Visitor) -> tuple[str, bool, str]:
    """What the form holds."""
    page = somebody.get(PREFERENCES).text
    zone = re.search(r'<input type="text" name="time_zone"([^>]*)>', page)
    clock = re.search(r'name="clock" value="([^"]+)"[^>]*checked', page)
    tick = re.search(r'name="streak"([^>]*)>', page)
    assert zone
    assert clock
    assert tick
    value = re.search(r'value="([^"]*)"', zone[1])
    return html.unescape(value[1]) if value else "", "checked" in tick[1], clock[1]


def test_a_guest_sets_them_and_finds_them_again(visitor: Visitor) -> None:
    assert shown(visitor) == ("", True, "1")
    reply = keep(visitor, **VIENNA)
    assert (reply.status, reply.header("Location")) == (302, PREFERENCES)
    assert "Kept." in visitor.get(PREFERENCES).text
    assert shown(visitor) == ("Europe/Vienna", False, "2")
    keep(visitor, **UNSET)
    assert shown(visitor) == ("", True, "1")


def test_looking_at_them_writes_nothing_and_no_cache_keeps_them(visitor: Visitor) -> None:
    reply = visitor.get(PREFERENCES)
    assert not Learner.objects.exists()
    assert not [one for one in reply.set_cookies if one.startswith("learner=")]
    sign_up(visitor)
    before = list(Learner.objects.values())
    assert "no-store" in visitor.get(PREFERENCES).header("Cache-Control")
    assert list(Learner.objects.values()) == before


@pytest.mark.parametrize(
    ("typed", "kept"),
    [("europe/vienna", "Europe/Vienna"), (" America/New York ", "America/New_York"), ("UTC", "UTC"), ("", "")],
)
def test_a_time_zone_is_found_however_it_is_typed(visitor: Visitor, typed: str, kept: str) -> None:
    keep(visitor, time_zone=typed, clock="1")
    assert shown(visitor)[0] == kept


@pytest.mark.parametrize(
    "fields",
    [
        {"time_zone": "Atlantis", "clock": "1"},
        {"time_zone": "../../etc/passwd", "clock": "1"},
        {"time_zone": "/etc/localtime", "clock": "1"},
        {"time_zone": "Europe/Vienna\x00", "clock": "1"},
        {"time_zone": "x" * 5000, "clock": "1"},
        {"time_zone": "UTC", "clock": "3"},
        {"time_zone": "UTC"},
    ],
)
def test_what_is_not_on_offer_is_refused_and_nothing_is_kept(visitor: Visitor, fields: dict[str, str]) -> None:
    reply = keep(visitor, **fields)
    assert reply.status == 422
    assert 'class="errorlist"' in reply.text
    assert not Learner.objects.exists()


def test_a_guests_come_along_when_they_sign_up(visitor: Visitor) -> None:
    keep(visitor, **VIENNA)
    sign_up(visitor)
    assert shown(visitor) == ("Europe/Vienna", False, "2")


def test_what_an_account_has_set_stays_and_the_rest_comes_along(visitor: Visitor) -> None:
    sign_up(visitor)
    keep(visitor, time_zone="Asia/Tokyo", streak="on", clock="1")
    sign_out(visitor)
    keep(visitor, **VIENNA)
    sign_in(visitor)
    assert shown(visitor) == ("Asia/Tokyo", False, "2")


def test_after_signing_out_the_next_person_finds_them_unset(visitor: Visitor) -> None:
    sign_up(visitor)
    keep(visitor, **VIENNA)
    sign_out(visitor)
    assert shown(visitor) == ("", True, "1")


def test_they_are_in_the_copy_and_leave_with_the_account(visitor: Visitor) -> None:
    sign_up(visitor)
    keep(visitor, **VIENNA)
    learner = json.loads(visitor.get(EXPORT).text)["learners"][0]
    assert (learner["time_zone"], learner["streak"], learner["clock"]) == ("Europe/Vienna", False, "2")
    send(visitor, DELETE, password=PASSWORD)
    assert set(Learner.objects.values_list("time_zone", "streak", "clock")) <= {("", True, ClockSpeed.NORMAL)}


def test_guests_and_accounts_reach_them(visitor: Visitor) -> None:
    assert f'href="{PREFERENCES}"' in visitor.get("/").text
    sign_up(visitor)
    assert visitor.get("/account/").text.count(f'href="{PREFERENCES}"') == 3


def test_the_form_is_not_taken_without_the_token_of_the_site() -> None:
    assert Visitor(csrf=True).post(PREFERENCES, VIENNA).status == 403
