"""Second factors: an authenticator app, recovery codes, and what is said to answers of no passkey."""

import json
import re
from types import SimpleNamespace

import pytest
from allauth.mfa.models import Authenticator
from allauth.mfa.totp.internal import auth as totp
from django.contrib.admin.models import LogEntry
from django.contrib.auth.models import User
from django.core.cache import cache
from pytest_django import Settings

from canarylearn.accounts.sealing import seal, unseal
from tests.accounts.factors import (
    APP_OFF,
    APP_ON,
    ASKED,
    CODES,
    CONFIRM,
    FACTORS,
    HALF_A_MINUTE,
    NEW_CODES,
    NEW_PASSKEY,
    PASSKEY_SIGN_IN,
    PASSKEYS,
    code_at,
    codes_on,
    secret_on,
    show_codes,
    show_it_is_me,
    turn_app_on,
)
from tests.accounts.signing import ADDRESS, DELETE, EXPORT, PASSWORD, is_signed_in, send, sign_in, sign_out, sign_up
from tests.accounts.test_own_data import traces
from tests.accounts.test_signing import told
from tests.people import TASK, Reply, Visitor, answers

pytestmark = pytest.mark.usefixtures("content")

REFUSED = "This is not right, or was used already. Wait for the next code, and try that."


class Clock(SimpleNamespace):
    """A clock that stands still until it is told to go on, for codes that are good for half a minute."""

    now = 1_800_000_000.0

    def time(self) -> float:
        return self.now

    def next_code(self) -> None:
        self.now += HALF_A_MINUTE


@pytest.fixture
def clock(monkeypatch: pytest.MonkeyPatch) -> Clock:
    """The library's clock for codes."""
    standing = Clock()
    monkeypatch.setattr(totp, "time", standing)
    return standing


@pytest.fixture
def person(visitor: Visitor) -> Visitor:
    """Somebody with an account who has just shown who they are."""
    sign_up(visitor)
    assert show_it_is_me(visitor, APP_ON).header("Location") == APP_ON
    return visitor


@pytest.fixture
def secret(person: Visitor, clock: Clock) -> str:
    """The secret of somebody's app, which is on; they are signed out."""
    found = turn_app_on(person, clock.now)
    clock.next_code()
    return found


def give(somebody: Visitor, code: str) -> Reply:
    """Sign in with the password, and give a code where it is asked for."""
    reply = sign_in(somebody)
    assert reply.header("Location") == ASKED
    assert not is_signed_in(somebody)
    return send(somebody, ASKED, code=code, next="")


def test_nothing_is_on_by_itself(person: Visitor) -> None:
    page = person.get(FACTORS).text
    assert "Off. An app on your phone" in page
    assert "None. A passkey signs you in" in page
    assert person.get(CODES).status == 404
    assert not Authenticator.objects.exists()


def test_with_an_app_signing_in_asks_for_its_code(person: Visitor, secret: str, clock: Clock) -> None:
    assert "On. Signing in asks for a code" in person.get(FACTORS).text
    sign_out(person)
    reply = give(person, code_at(secret, clock.now))
    assert (reply.status, reply.header("Location")) == (302, "/")
    assert is_signed_in(person)


def test_the_picture_and_the_secret_stand_on_the_page_and_nothing_is_loaded_from_elsewhere(person: Visitor) -> None:
    page = person.get(APP_ON).text
    assert '<svg aria-hidden="true"' in page
    assert "data:" not in page
    assert "style=" not in page
    assert "no-store" in person.get(APP_ON).header("Cache-Control")


@pytest.mark.parametrize("typed", ["", "000000", "12", "x" * 5000, "\x00", "½½½½½½", "' OR 1=1 --"])
def test_a_wrong_code_turns_nothing_on(person: Visitor, clock: Clock, typed: str) -> None:
    page = person.get(APP_ON)
    secret = secret_on(page)
    reply = person.post(APP_ON, {**page.hidden, "code": typed})
    assert reply.status == 200
    assert told(reply)
    assert secret_on(reply) == secret  # so that the picture that was read stays good
    assert not Authenticator.objects.exists()


@pytest.mark.parametrize("typed", ["", "000000", "x" * 5000, "\x00", "½½½½½½"])
def test_a_wrong_code_signs_nobody_in(person: Visitor, secret: str, typed: str) -> None:
    sign_out(person)
    reply = give(person, typed)
    assert reply.status == 200
    assert told(reply)
    assert not is_signed_in(person)


def test_a_code_is_good_once_and_for_its_own_half_minute(person: Visitor, secret: str, clock: Clock) -> None:
    code = code_at(secret, clock.now)
    sign_out(person)
    give(person, code)
    sign_out(person)
    assert told(give(person, code)) == [REFUSED]
    cache.clear()
    clock.next_code()
    assert told(give(person, code)) == [REFUSED]
    assert give(person, code_at(secret, clock.now)).status == 302


def test_guessing_codes_is_limited(person: Visitor, secret: str, clock: Clock) -> None:
    sign_out(person)
    sign_in(person)
    right = code_at(secret, clock.now)
    wrong = [f"{number:06d}" for number in range(10) if f"{number:06d}" != right]
    for code in wrong[:5]:
        assert told(send(person, ASKED, code=code)) == [REFUSED]
    assert told(send(person, ASKED, code=right)) == ["That was too often. Try again in five minutes."]
    assert not is_signed_in(person)


def test_a_password_alone_opens_nothing(person: Visitor, secret: str) -> None:
    sign_out(person)
    sign_in(person)
    for path in ("/account/", EXPORT, FACTORS, APP_OFF, CODES, NEW_CODES, PASSKEYS, NEW_PASSKEY):
        assert person.get(path).status == 302, path
    assert person.get(ASKED).status == 200
    assert "/account/sign-in/" in Visitor().get(ASKED).header("Location")


def test_a_guests_answers_come_along_after_the_second_factor(person: Visitor, secret: str, clock: Clock) -> None:
    guest = Visitor()
    guest.answer(TASK, answers(TASK, passing=False)[0])
    give(guest, code_at(secret, clock.now))
    assert "The answer you gave before is in your account now." in guest.get("/").text


def test_recovery_codes_are_shown_once_and_each_signs_in_once(person: Visitor, secret: str) -> None:
    assert codes_on(person.get(CODES)) == []
    assert codes_on(person.get(CODES)) == []  # looking at the page uses nothing up
    codes = show_codes(person)
    assert len(set(codes)) == 10
    assert show_codes(person) == []
    sign_out(person)
    assert give(person, f" {codes[3][:4]}-{codes[3][4:]} ").status == 302
    assert "9 are left." in person.get(CODES).text
    sign_out(person)
    assert told(give(person, codes[3])) == [REFUSED]
    assert send(person, ASKED, code=codes[4]).status == 302


def test_the_codes_can_be_kept_as_a_file(person: Visitor, secret: str) -> None:
    reply = person.post(CODES, person.get(CODES).hidden)
    link = re.search(
        r'download="canarylearn-recovery-codes.txt" href="data:text/plain;charset=utf-8,([^"]+)"', reply.text
    )
    assert link
    assert link[1].split("%0A")[:-1] == codes_on(reply)
    assert reply.header("Cache-Control") == "no-store"


def test_new_codes_replace_the_old_ones(person: Visitor, secret: str) -> None:
    old = show_codes(person)
    assert "The 10 that are left no longer work then." in person.get(NEW_CODES).text
    assert send(person, NEW_CODES).header("Location") == CODES
    new = show_codes(person)
    assert not set(old) & set(new)
    sign_out(person)
    assert told(give(person, old[0])) == [REFUSED]
    assert send(person, ASKED, code=new[0]).status == 302


def test_turning_the_app_off_asks_for_no_code_any_more(person: Visitor, secret: str) -> None:
    assert "Turn the authenticator app off" in person.get(APP_OFF).text
    assert Authenticator.objects.count() == 2
    assert send(person, APP_OFF).header("Location") == FACTORS
    assert not Authenticator.objects.exists()
    sign_out(person)
    sign_in(person)
    assert is_signed_in(person)


@pytest.mark.parametrize("path", [APP_ON, NEW_PASSKEY])
def test_after_a_while_one_has_to_show_again_who_one_is(person: Visitor, settings: Settings, path: str) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1
    assert person.get(path).header("Location").startswith(CONFIRM)
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = 300
    assert person.get(path).status == 200


def test_one_shows_it_with_the_password_or_with_a_code(
    person: Visitor, secret: str, clock: Clock, settings: Settings
) -> None:
    settings.ACCOUNT_REAUTHENTICATION_TIMEOUT = -1
    form = person.get(person.get(APP_OFF).header("Location"))
    other = re.search(r'<li><a href="([^"]+)">A code of your app, or a recovery code</a>', form.text)
    assert other
    assert show_it_is_me(person, APP_OFF).header("Location") == APP_OFF
    page = person.get(other[1])
    assert "A code, please" in page.text
    assert told(person.post("/account/factors/confirm/", {**page.hidden, "code": "000000"})) == [REFUSED]
    fields = {**page.hidden, "code": code_at(secret, clock.now), "next": APP_OFF}
    assert person.post("/account/factors/confirm/", fields).header("Location") == APP_OFF


def test_where_mail_is_sent_the_address_has_to_be_proven_first(person: Visitor, settings: Settings) -> None:
    settings.MFA_ALLOW_UNVERIFIED_EMAIL = False
    for path in (APP_ON, NEW_PASSKEY):
        assert person.get(path).header("Location") == FACTORS
        assert "Show first that your address is yours" in person.get(FACTORS).text


HOSTILE = [
    "",
    "nonsense",
    "null",
    "1",
    "[1]",
    '"text"',
    "{}",
    '{"id": 1, "rawId": 2, "response": 3, "type": 4}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": []}',
    '{"id": "AA", "rawId": "AA", "type": "public-key", "response": {"userHandle": 1}}',
    json.dumps(
        {
            "id": "AA",
            "rawId": "AA",
            "type": "public-key",
            "response": {
                "clientDataJSON": "AA",
                "authenticatorData": "AA",
                "attestationObject": "AA",
                "signature": "AA",
                "userHandle": "MQ",
            },
        }
    ),
    "[" * 3000,
    json.dumps({"id": "A" * 30_000}),
]


@pytest.mark.parametrize("credential", HOSTILE, ids=range(len(HOSTILE)))
def test_whatever_comes_in_place_of_a_passkey_is_refused_in_words(
    person: Visitor, secret: str, credential: str
) -> None:
    page = person.get(NEW_PASSKEY)
    reply = person.post(NEW_PASSKEY, {**page.hidden, "name": "x", "credential": credential})
    assert (reply.status, bool(told(reply))) == (200, True)
    sign_out(person)
    client = person.client
    assert client.get(PASSKEY_SIGN_IN, headers={"Accept": "application/json"}).json()["request_options"]["publicKey"]
    assert send(person, PASSKEY_SIGN_IN, credential=credential).header("Location") == "/account/sign-in/"
    sign_in(person)
    assert person.post(ASKED, {**person.get(ASKED).hidden, "credential": credential}).status == 200
    assert not is_signed_in(person)
    assert Authenticator.objects.filter(type="webauthn").count() == 0


def test_passkeys_belong_to_the_host_and_carry_the_sites_name(person: Visitor) -> None:
    options = re.search(
        r'<script id="passkey-options" type="application/json">(.*?)</script>', person.get(NEW_PASSKEY).text
    )
    assert options
    asked = json.loads(options[1])["creation_options"]["publicKey"]
    assert asked["rp"] == {"id": "testserver", "name": "CanaryLearn"}
    assert asked["user"]["name"] == asked["user"]["displayName"] == ADDRESS


def test_a_secret_is_sealed_and_opens_with_an_earlier_key_alone(settings: Settings) -> None:
    sealed = seal("a secret")
    assert "a secret" not in sealed
    assert sealed != seal("a secret")
    settings.SECRET_KEY_FALLBACKS, settings.SECRET_KEY = [settings.SECRET_KEY], "another one"
    assert unseal(sealed) == "a secret"
    settings.SECRET_KEY_FALLBACKS = []
    assert unseal(sealed) not in ("", "a secret", unseal(sealed))


def test_the_database_holds_no_secret_in_the_clear(person: Visitor, secret: str) -> None:
    codes = show_codes(person)
    assert traces(secret, *codes) == set()


def test_the_copy_says_that_there_is_a_second_factor_and_never_its_secret(person: Visitor, secret: str) -> None:
    text = person.get(EXPORT).text
    assert [one["kind"] for one in json.loads(text)["second_factors"]] == ["totp", "recovery_codes"]
    kept = [value for one in Authenticator.objects.all() for value in one.data.values() if isinstance(value, str)]
    assert kept
    assert not [one for one in (secret, *kept) if one in text]


def test_deleting_the_account_leaves_no_trace_of_them(person: Visitor, secret: str) -> None:
    user = User.objects.get()
    boss = User.objects.create_superuser("boss")
    key = Authenticator.objects.create(user=user, type="webauthn", data={"name": "Ada's telephone", "credential": {}})
    LogEntry.objects.log_actions(boss.pk, [key], 2, "changed", single_object=True)
    kept = [str(value) for one in Authenticator.objects.exclude(pk=key.pk) for value in one.data.values()]
    words = [*(one for one in kept if len(one) > 20), "telephone"]
    assert len(words) == 3
    assert all(traces(word) for word in words)
    send(person, DELETE, password=PASSWORD)
    assert traces(*words) == set()
    assert not Authenticator.objects.exists()


def test_staff_see_that_there_is_one_and_can_take_it_away_without_seeing_its_secret(
    person: Visitor, secret: str
) -> None:
    boss = Visitor()
    User.objects.create_superuser("boss", password=PASSWORD)
    send(boss, "/admin/login/", username="boss", password=PASSWORD)
    app = Authenticator.objects.get(type="totp")
    pages = [boss.get("/admin/mfa/authenticator/"), boss.get(f"/admin/mfa/authenticator/{app.pk}/change/")]
    assert [page.status for page in pages] == [200, 200]
    assert not [page for page in pages if app.data["secret"] in page.text or secret in page.text]
    send(boss, f"/admin/mfa/authenticator/{app.pk}/delete/", post="yes")
    sign_out(person)
    sign_in(person)
    assert is_signed_in(person)
    assert LogEntry.objects.get().object_repr == "TOTP Authenticator"


def test_the_admins_own_form_is_no_way_around_a_second_factor(person: Visitor, secret: str, clock: Clock) -> None:
    user = User.objects.get()
    user.is_staff = user.is_superuser = True
    user.save()
    sign_out(person)
    reply = send(person, "/admin/login/", username=user.username, password=PASSWORD)
    assert reply.status == 200
    assert "sign in on the page of the site" in reply.text
    assert not is_signed_in(person)
    give(person, code_at(secret, clock.now))
    assert person.get("/admin/").status == 200
    assert person.client.session.get_expire_at_browser_close()
