"""Passkeys in a browser with an authenticator of its own, and an app's codes without JavaScript."""

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import CDPSession, expect

from tests.accounts.signing import PASSWORD
from tests.browser.states import go_with_password, sign_up_in_browser, turn_app_on_in_browser
from tests.browser.visits import Visit
from tests.serving import Site

Begin = Callable[..., Visit]

DEVICE = {
    "protocol": "ctap2",
    "transport": "internal",
    "hasResidentKey": True,
    "hasUserVerification": True,
    "isUserVerified": True,
    "automaticPresenceSimulation": True,
}


@pytest.fixture
def begin(visit: Begin, served_site: Site) -> Begin:
    """Begin a visit at localhost: a passkey belongs to a name, and 127.0.0.1 is none."""
    return lambda **options: visit(base_url=f"http://localhost:{urlsplit(served_site.url).port}", **options)


@contextmanager
def device(learner: Visit) -> Iterator[tuple[CDPSession, str]]:
    """A device that keeps passkeys, and whose owner agrees to everything."""
    session = learner.page.context.new_cdp_session(learner.page)
    session.send("WebAuthn.enable")
    found = session.send("WebAuthn.addVirtualAuthenticator", {"options": DEVICE})
    yield session, found["authenticatorId"]
    session.detach()


def add_passkey(learner: Visit) -> None:
    page = learner.page
    go_with_password(learner, "/account/passkeys/new/")
    page.get_by_label("Name").fill("Telephone")
    page.get_by_role("button", name="Add it").click()
    expect(page.get_by_text("Your passkey is kept.")).to_be_visible()


def sign_out(learner: Visit) -> None:
    learner.page.goto("/account/sign-out/")
    learner.page.get_by_role("button", name="Sign out").click()
    expect(learner.page.get_by_role("link", name="Sign in")).to_be_visible()


def fill_password(learner: Visit, address: str) -> None:
    page = learner.page
    page.goto("/account/sign-in/")
    page.get_by_label("E-mail address").fill(address)
    page.get_by_label("Password").fill(PASSWORD)
    page.get_by_role("button", name="Sign in", exact=True).click()


def test_a_passkey_is_added_signs_in_alone_is_named_and_removed(begin: Begin) -> None:
    learner = begin()
    page = learner.page
    address = sign_up_in_browser(learner)
    with device(learner) as (session, number):
        add_passkey(learner)
        kept = session.send("WebAuthn.getCredentials", {"authenticatorId": number})["credentials"]
        assert [(one["rpId"], one["isResidentCredential"], one["userName"]) for one in kept] == [
            ("localhost", True, address)
        ]
        sign_out(learner)
        page.goto("/account/sign-in/?next=/lab/")
        page.get_by_role("button", name="Sign in with a passkey").focus()
        page.keyboard.press("Enter")
        expect(page.locator(".person summary")).to_be_visible()
        assert urlsplit(page.url).path == "/lab/"
        sign_out(learner)
        fill_password(learner, address)
        expect(page.get_by_role("heading", name="Your second factor, please")).to_be_visible()
        page.get_by_role("button", name="Use the passkey").click()
        expect(page.locator(".person summary")).to_be_visible()
        page.goto("/account/passkeys/")
        page.get_by_role("link", name="Rename Telephone").click()
        page.get_by_role("link", name="Your passkey").click()
        page.get_by_role("button", name="Use the passkey").click()
        page.get_by_label("Name").fill("Laptop")
        page.get_by_role("button", name="Keep it").click()
        page.get_by_role("link", name="Remove Laptop").click()
        page.get_by_role("button", name="Remove it").click()
        expect(page.get_by_text("The passkey is removed.")).to_be_visible()
        sign_out(learner)
        page.goto("/account/sign-in/")
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_text("This is not right, or was used already.")).to_be_visible()
        expect(page.get_by_role("link", name="Sign in")).to_be_visible()


def test_a_passkey_that_is_not_given_is_told_and_can_be_tried_again(begin: Begin) -> None:
    learner = begin()
    page = learner.page
    sign_up_in_browser(learner)
    with device(learner) as (session, number):
        add_passkey(learner)
        page.goto("/account/passkeys/new/")
        page.get_by_role("button", name="Add it").click()
        expect(page.get_by_text("This device has a passkey for your account already.")).to_be_visible()
        expect(page.get_by_role("button", name="Add it")).to_be_focused()
        sign_out(learner)
        session.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": False})
        page.goto("/account/sign-in/")
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.get_by_text("No passkey was used")).to_be_visible()
        session.send("WebAuthn.setUserVerified", {"authenticatorId": number, "isUserVerified": True})
        page.get_by_role("button", name="Sign in with a passkey").click()
        expect(page.locator(".person summary")).to_be_visible()


def test_at_an_address_without_a_name_it_is_said_why_there_is_no_passkey(visit: Begin) -> None:
    learner = visit()
    learner.page.goto("/account/sign-in/")
    learner.page.get_by_role("button", name="Sign in with a passkey").click()
    expect(learner.page.get_by_text("Passkeys work over https, and on localhost.")).to_be_visible()


def test_without_javascript_an_app_works_and_a_passkey_says_what_it_needs(visit: Begin) -> None:
    learner = visit(java_script_enabled=False, viewport={"width": 320, "height": 700})
    page = learner.page
    address = turn_app_on_in_browser(learner)
    with page.expect_download() as started:
        page.get_by_role("link", name="Keep them as a file").click()
    codes = started.value.path().read_text().split()
    assert codes == page.locator(".codes li").all_inner_texts()
    page.goto("/account/passkeys/new/")
    expect(page.get_by_text("A passkey needs JavaScript, which is off in this browser.")).to_be_visible()
    expect(page.get_by_role("button", name="Add it")).to_be_hidden()
    sign_out(learner)
    fill_password(learner, address)
    page.get_by_label("Code", exact=True).fill(codes[0])
    page.get_by_role("button", name="Sign in", exact=True).click()
    expect(page.locator(".person summary")).to_be_visible()
    go_with_password(learner, "/account/factors/app/off/")
    page.get_by_role("button", name="Turn it off").click()
    expect(page.get_by_text("Your authenticator app is off.")).to_be_visible()
