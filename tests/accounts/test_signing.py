"""Signing up, in and out, a forgotten password, a proven address; what is said to whom."""

import re

import pytest
from allauth.account.models import EmailAddress
from django.contrib.auth.models import User
from django.core import mail
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from pytest_django import Settings

from tests.accounts.signing import (
    ADDRESS,
    FORGOTTEN,
    OWN_DATA,
    PASSWORD,
    SIGN_IN,
    SIGN_OUT,
    SIGN_UP,
    is_signed_in,
    send,
    sign_in,
    sign_out,
    sign_up,
)
from tests.people import TASK, Reply, Visitor, answers, path_of

pytestmark = pytest.mark.usefixtures("content")

OTHER = "grace.hopper@example.org"
PAGES = [SIGN_IN, SIGN_UP, SIGN_OUT, FORGOTTEN, "/account/password/forgotten/sent/", "/account/password/new/done/"]
PAGES += ["/account/address/sent/", "/account/closed/", "/account/address/no-such-key/", "/account/password/new/1-no/"]
OWN_PAGES = [OWN_DATA, "/account/delete/", "/account/address/", "/account/password/", SIGN_OUT]


def link_in(message: str) -> str:
    """The path of the link in a message."""
    found = re.search(r"http://testserver(/\S+)", message)
    assert found
    return found[1]


def told(reply: Reply) -> list[str]:
    """The errors on a page."""
    return re.findall(r"<li>(.*?)</li>", "".join(re.findall(r'<ul class="errorlist".*?</ul>', reply.text, re.DOTALL)))


def without_tokens(text: str) -> str:
    """A page without what differs each time, and without the address that was typed."""
    text = re.sub(r'(name="csrfmiddlewaretoken" value=|nonce=)"[^"]+"', "", text)
    return text.replace(ADDRESS, "*").replace(OTHER, "*")


def test_somebody_signs_up_out_and_in_again(visitor: Visitor) -> None:
    assert not is_signed_in(visitor)
    reply = sign_up(visitor)
    assert (reply.status, reply.header("Location")) == (302, "/")
    assert is_signed_in(visitor)
    assert "ada.lovelace" in visitor.get("/").text
    assert "Sign out" in visitor.get(SIGN_OUT).text
    assert is_signed_in(visitor)  # looking at the page signs nobody out
    sign_out(visitor)
    assert not is_signed_in(visitor)
    assert sign_in(visitor, ADDRESS.upper()).status == 302
    assert is_signed_in(visitor)
    assert re.fullmatch(r"learner-[0-9a-f]{16}", User.objects.get().username)


def test_one_comes_back_to_where_one_was_and_nowhere_else(visitor: Visitor) -> None:
    assert f'href="{SIGN_IN}?next={path_of(TASK)}"' in visitor.get(path_of(TASK)).text
    sign_up(visitor)
    for target, goes_to in ((path_of(TASK), path_of(TASK)), ("https://evil.example/", "/"), ("//evil.example", "/")):
        sign_out(visitor)
        reply = send(visitor, f"{SIGN_IN}?next={target}", login=ADDRESS, password=PASSWORD, next=target)
        assert reply.header("Location") == goes_to


@pytest.mark.parametrize(
    ("fields", "says"),
    [
        ({"email": "", "password1": PASSWORD}, "required"),
        ({"email": "no address", "password1": PASSWORD}, "valid email"),
        ({"email": ADDRESS, "password1": "short"}, "too short"),
        ({"email": ADDRESS, "password1": "ada.lovelace@example"}, "too similar"),
        ({"email": ADDRESS, "password1": "1qaz2wsx3edc"}, "too common"),
        ({"email": ADDRESS}, "required"),
        ({"email": "a" * 300 + "@example.org", "password1": PASSWORD}, "at most"),
        ({"email": ADDRESS + "\x00", "password1": PASSWORD}, "Null characters"),
    ],
)
def test_a_form_that_is_not_right_says_what_and_makes_no_account(
    visitor: Visitor, fields: dict[str, str], says: str
) -> None:
    reply = send(visitor, SIGN_UP, **fields)
    assert reply.status == 200
    assert any(says in one for one in told(reply)), told(reply)
    assert PASSWORD not in reply.text
    assert not User.objects.exists()


@pytest.mark.parametrize("path", [SIGN_IN, SIGN_UP, FORGOTTEN, SIGN_OUT, "/account/delete/", "/account/password/"])
def test_no_form_is_taken_without_the_token_of_the_site(visitor: Visitor, path: str) -> None:
    sign_up(visitor)
    stranger = Visitor(csrf=True)
    if path not in (SIGN_IN, SIGN_UP, FORGOTTEN):
        stranger.client.cookies["session"] = visitor.client.cookies["session"].value
    assert stranger.post(path, {"email": OTHER, "login": ADDRESS, "password": PASSWORD}).status == 403
    assert User.objects.count() == 1
    assert is_signed_in(visitor)


def test_signing_in_does_not_tell_who_has_an_account(visitor: Visitor) -> None:
    sign_up(Visitor())
    known = sign_in(visitor, ADDRESS, "a wrong one, and long enough")
    unknown = sign_in(visitor, OTHER, "a wrong one, and long enough")
    assert told(known) == ["No account has this address and this password."]
    assert without_tokens(known.text) == without_tokens(unknown.text)
    assert not is_signed_in(visitor)


def test_asking_for_a_new_password_does_not_tell_either(visitor: Visitor) -> None:
    sign_up(Visitor())
    mail.outbox.clear()
    known, unknown = send(visitor, FORGOTTEN, email=ADDRESS), send(visitor, FORGOTTEN, email=OTHER)
    assert (known.status, known.headers) == (unknown.status, unknown.headers)
    assert [(one.to, one.subject) for one in mail.outbox] == [
        ([ADDRESS], "CanaryLearn: A new password"),
        ([OTHER], "CanaryLearn: There is no account with this address"),
    ]


def test_where_addresses_must_be_proven_signing_up_tells_nobody_who_has_an_account(
    visitor: Visitor, settings: Settings
) -> None:
    settings.ACCOUNT_EMAIL_VERIFICATION = "mandatory"
    new = sign_up(visitor)
    cache.clear()  # one address is sent one message in three minutes
    again = sign_up(Visitor(), password="another one, and long enough")
    assert (new.status, new.header("Location")) == (again.status, again.header("Location"))
    assert new.header("Location") == "/account/address/sent/"
    assert [one.subject for one in mail.outbox] == [
        "CanaryLearn: Is this address yours?",
        "CanaryLearn: You have an account already",
    ]
    assert User.objects.count() == 1
    assert not is_signed_in(visitor)
    confirm = link_in(str(mail.outbox[0].body))
    assert send(visitor, confirm).status == 302
    assert sign_in(visitor).header("Location") == "/"


def test_otherwise_it_says_what_to_do(visitor: Visitor) -> None:
    sign_up(Visitor())
    reply = sign_up(visitor, password="another one, and long enough")
    assert told(reply) == ["There is an account with this address already. Sign in, or ask for a new password."]
    assert User.objects.count() == 1


def test_a_forgotten_password_is_replaced_by_a_link_that_works_once(visitor: Visitor) -> None:
    elsewhere = Visitor()
    sign_up(elsewhere)
    mail.outbox.clear()
    send(visitor, FORGOTTEN, email=ADDRESS)
    link = link_in(str(mail.outbox[0].body))
    form = visitor.reply(visitor.client.get(link, follow=True))
    assert "Choose a new password" in form.text
    action = re.findall(r'<form method="post" action="([^"]+)"', form.text)[-1]
    new = "lantern orbit mustard fable"
    assert told(visitor.post(action, {"password1": new, "password2": "something else instead"}))
    assert visitor.post(action, {"password1": new, "password2": new}).header("Location").endswith("/done/")
    assert not is_signed_in(elsewhere)  # whoever knew the old password is out
    assert "This link does not work" in Visitor.reply(Client().get(link, follow=True)).text
    assert told(sign_in(visitor, password=PASSWORD))
    assert sign_in(visitor, password=new).status == 302


def test_a_forged_link_changes_nothing(visitor: Visitor) -> None:
    sign_up(Visitor())
    for path in (
        "/account/password/new/1-abc/",
        "/account/password/new/zz-abc-def/",
        "/account/password/new/1-set-password/",
    ):
        assert "This link does not work" in visitor.get(path).text
    assert "This link does not work" in visitor.get("/account/address/MQ:1abc:def/").text
    assert sign_in(visitor).status == 302


def test_an_address_is_proven_by_the_link_that_was_sent(visitor: Visitor) -> None:
    sign_up(visitor)
    assert not EmailAddress.objects.get().verified
    link = link_in(str(mail.outbox[0].body))
    assert ADDRESS in visitor.get(link).text
    assert not EmailAddress.objects.get().verified  # programs that look at links prove nothing
    visitor.post(link, {})
    assert EmailAddress.objects.get().verified
    visitor.post("/account/address/", {"email": OTHER, "action_add": "1"})
    assert User.objects.get().email == ADDRESS
    visitor.post(link_in(str(mail.outbox[-1].body)), {})
    assert User.objects.get().email == OTHER
    assert [one.email for one in EmailAddress.objects.all()] == [OTHER]


def test_a_password_is_changed_by_who_knows_the_old_one(visitor: Visitor) -> None:
    sign_up(visitor)
    new = "lantern orbit mustard fable"
    fields = {"password1": new, "password2": new}
    assert told(visitor.post("/account/password/", {"oldpassword": "wrong", **fields})) == [
        "This is not your password."
    ]
    assert visitor.post("/account/password/", {"oldpassword": PASSWORD, **fields}).status == 302
    assert is_signed_in(visitor)
    sign_out(visitor)
    assert sign_in(visitor, password=new).status == 302


def test_wrong_passwords_are_limited_and_then_the_right_one_waits_too(visitor: Visitor) -> None:
    sign_up(Visitor())
    replies = [sign_in(visitor, password=f"a wrong one, number {number}") for number in range(5)]
    assert {told(reply)[0] for reply in replies} == {"No account has this address and this password."}
    assert told(sign_in(visitor)) == ["That was too often. Try again in five minutes."]
    assert told(sign_in(visitor, OTHER)) == ["No account has this address and this password."]


def test_signing_up_is_limited(visitor: Visitor) -> None:
    replies = [visitor.post(SIGN_UP, {"email": "x"}) for _ in range(21)]
    assert [reply.status for reply in replies] == [200] * 20 + [429]
    assert "That was too often" in replies[-1].text


def test_what_is_counted_names_nobody(visitor: Visitor) -> None:
    sign_in(visitor, password="a wrong one, and long enough")
    with connection.cursor() as cursor:
        cursor.execute("SELECT cache_key, value FROM canarylearn_cache")
        rows = cursor.fetchall()
    assert rows
    assert all(re.fullmatch(r":1:[0-9a-f]{64}", key) for key, _ in rows)
    cache.set("127.0.0.1", 1)
    assert cache.get("127.0.0.1") == 1


def test_a_mail_server_that_is_away_keeps_nobody_out(visitor: Visitor, settings: Settings) -> None:
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT, settings.EMAIL_TIMEOUT = "127.0.0.1", 1, 1
    assert sign_up(visitor).status == 302
    assert is_signed_in(visitor)


def test_a_site_without_mail_says_so(visitor: Visitor, settings: Settings) -> None:
    settings.MAIL_IS_SENT, settings.ACCOUNT_EMAIL_VERIFICATION = False, "none"
    sign_up(visitor)
    assert not mail.outbox
    assert "/account/address/" not in visitor.get(OWN_DATA).text
    for reply in (visitor.get(FORGOTTEN), visitor.post(FORGOTTEN, {"email": ADDRESS})):
        assert "This site sends no mail" in reply.text
    assert not mail.outbox


def test_pages_of_an_account_are_for_who_is_signed_in(visitor: Visitor) -> None:
    for path in (OWN_DATA, "/account/export/", "/account/delete/", "/account/address/", "/account/password/"):
        reply = visitor.get(path)
        assert (reply.status, reply.header("Location")) == (302, f"{SIGN_IN}?next={path}")


def test_every_page_is_there_and_has_nothing_inline(visitor: Visitor) -> None:
    pages = [visitor.reply(visitor.client.get(path, follow=True)) for path in PAGES]
    sign_up(visitor)
    for page in [*pages, *[visitor.get(path) for path in OWN_PAGES]]:
        assert page.status == 200
        assert "</h1>" in page.text
        assert not re.findall(r"<script(?![^>]*src=)[^>]*>|<style|\sstyle=|\son[a-z]+=", page.text)
        assert "unsafe" not in page.header("Content-Security-Policy")
        for link in re.findall(r'<a [^>]*href="(/[^"]*)"', page.text):
            assert visitor.get(link.replace("&amp;", "&")).status in (200, 302), link


def test_a_page_with_a_name_is_kept_by_no_cache(visitor: Visitor) -> None:
    nobody = visitor.get("/how-answers-are-judged/")
    assert "Cookie" in nobody.header("Vary")
    assert nobody.header("Cache-Control") == ""
    sign_up(visitor)
    for path in ("/", OWN_DATA, path_of(TASK), "/account/export/"):
        assert visitor.get(path).header("Cache-Control").startswith("no-store"), path


def test_the_admin_still_signs_in_by_name(visitor: Visitor) -> None:
    User.objects.create_superuser("boss", password=PASSWORD)
    login = "/admin/login/?next=/admin/"
    assert send(visitor, login, username="boss", password="wrong").status == 200
    assert send(visitor, login, username="boss", password=PASSWORD).header("Location") == "/admin/"
    assert visitor.get("/admin/").status == 200
    assert is_signed_in(visitor)
    assert "boss" in visitor.get("/").text
    account = Visitor()
    sign_up(account)
    assert account.get("/admin/").status == 302


def test_staff_are_not_kept_signed_in(visitor: Visitor) -> None:
    sign_up(visitor)
    assert visitor.client.session.get_expiry_age() == 12 * 60 * 60
    sign_out(visitor)
    send(visitor, SIGN_IN, login=ADDRESS, password=PASSWORD, remember="on")
    assert visitor.client.session.get_expiry_age() == 30 * 24 * 60 * 60
    sign_out(visitor)
    User.objects.update(is_staff=True)
    send(visitor, SIGN_IN, login=ADDRESS, password=PASSWORD, remember="on")
    assert visitor.client.session.get_expire_at_browser_close()


def test_a_closed_account_is_told_so(visitor: Visitor) -> None:
    sign_up(Visitor())
    User.objects.update(is_active=False)
    assert "closed" in visitor.get(sign_in(visitor).header("Location")).text
    assert not is_signed_in(visitor)


def asked(visitor: Visitor, path: str) -> list[str]:
    """The statements of a request."""
    with CaptureQueriesContext(connection) as captured:
        assert visitor.get(path).status == 200
    return [one["sql"] for one in captured.captured_queries]


def test_without_a_session_no_row_of_accounts_is_read(visitor: Visitor) -> None:
    visitor.answer(TASK, answers(TASK, passing=False)[0])
    for path in ("/", "/practice/", path_of(TASK), "/topics/canary-releases/", SIGN_IN):
        assert not [one for one in asked(visitor, path) if "django_session" in one or "auth_user" in one]


def test_being_signed_in_costs_three_statements_a_page(visitor: Visitor) -> None:
    visitor.get(path_of(TASK))
    before = len(asked(visitor, path_of(TASK)))
    sign_up(visitor)
    visitor.get(path_of(TASK))
    assert len(asked(visitor, path_of(TASK))) <= before + 3
