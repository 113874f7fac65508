"""Accounts: signing in and up, second factors, preferences and a person's own pages."""

import time
from uuid import uuid4

from playwright.sync_api import expect

from tests.accounts.factors import code_at
from tests.accounts.signing import PASSWORD
from tests.browser.states.items import QUESTION
from tests.browser.states.reaching import State, page_at
from tests.browser.visits import Visit
from tests.people import answers


def sign_up_in_browser(visit: Visit) -> str:
    """Sign up with an address that nobody else has; the address."""
    address = f"{uuid4().hex}@example.org"
    visit.page.goto("/account/sign-up/")
    visit.page.get_by_label("E-mail address").fill(address)
    visit.page.get_by_label("Password").fill(PASSWORD)
    visit.page.get_by_role("button", name="Sign up").click()
    expect(visit.page.locator(".person summary")).to_be_visible()
    return address


def go_with_password(visit: Visit, path: str) -> None:
    """Go to a page that asks for the password again."""
    visit.page.goto(path)
    visit.page.get_by_label("Password").fill(PASSWORD)
    visit.page.get_by_role("button", name="Go on").click()
    visit.page.wait_for_url(f"**{path}")


def turn_app_on_in_browser(visit: Visit) -> str:
    """Sign up and turn an authenticator app on; the address."""
    address = sign_up_in_browser(visit)
    go_with_password(visit, "/account/factors/app/on/")
    visit.page.get_by_label("Code", exact=True).fill(code_at(visit.page.locator(".secret").inner_text(), time.time()))
    visit.page.get_by_role("button", name="Turn it on").click()
    visit.page.get_by_role("button", name="Show them").click()
    expect(visit.page.locator(".codes li")).to_have_count(10)
    return address


def _refused(path: str, **fields: str) -> State:
    """A form of an account, sent with these fields and shown again."""

    def show(visit: Visit) -> None:
        visit.page.goto(path)
        for label, value in fields.items():
            visit.page.locator(f"main [name={label}]").fill(value)
        visit.page.locator("main form .primary").click()
        expect(visit.page.locator(".errorlist").first).to_be_visible()

    return show


def signed_in(path: str) -> State:
    """A page of somebody who has just signed up, after an answer as a guest."""

    def show(visit: Visit) -> None:
        visit.open(QUESTION)
        visit.answer(QUESTION, answers(QUESTION, passing=False)[0])
        sign_up_in_browser(visit)
        visit.page.goto(path)

    return show


def _sure(path: str) -> State:
    """A page that asks for the password again, once it was given."""

    def show(visit: Visit) -> None:
        sign_up_in_browser(visit)
        go_with_password(visit, path)

    return show


def _with_codes(visit: Visit) -> None:
    turn_app_on_in_browser(visit)


def _asked_for_code(visit: Visit) -> None:
    address = turn_app_on_in_browser(visit)
    visit.page.goto("/account/sign-out/")
    visit.page.get_by_role("button", name="Sign out").click()
    visit.page.goto("/account/sign-in/")
    visit.page.get_by_label("E-mail address").fill(address)
    visit.page.get_by_label("Password").fill(PASSWORD)
    visit.page.get_by_role("button", name="Sign in", exact=True).click()
    visit.page.get_by_label("Code", exact=True).fill("000000")
    visit.page.get_by_role("button", name="Sign in").click()
    expect(visit.page.locator(".errorlist").first).to_be_visible()


def _preferences_refused(visit: Visit) -> None:
    visit.page.goto("/account/preferences/")
    visit.expect_complaints("422")
    visit.page.get_by_label("Time zone").fill("Atlantis")
    visit.page.get_by_role("button", name="Keep them").click()
    expect(visit.page.locator(".errorlist")).to_be_visible()


STATES: dict[str, State] = {
    "sign in": page_at("/account/sign-in/"),
    "sign in refused": _refused("/account/sign-in/", login="nobody@example.org", password="a wrong one, and long"),
    "sign up refused": _refused("/account/sign-up/", email="ada@example.org", password1="short"),
    "forgotten password": page_at("/account/password/forgotten/"),
    "link that does not work": page_at("/account/password/new/1-no/"),
    "home after signing up": signed_in("/"),
    "your data": signed_in("/account/"),
    "preferences of a guest": page_at("/account/preferences/"),
    "preferences refused": _preferences_refused,
    "your preferences": signed_in("/account/preferences/"),
    "second factors": signed_in("/account/factors/"),
    "turning an app on": _sure("/account/factors/app/on/"),
    "recovery codes": _with_codes,
    "a code asked for": _asked_for_code,
    "adding a passkey": _sure("/account/passkeys/new/"),
    "your address": signed_in("/account/address/"),
    "your password": signed_in("/account/password/"),
    "signing out": signed_in("/account/sign-out/"),
    "deleting the account": signed_in("/account/delete/"),
}
