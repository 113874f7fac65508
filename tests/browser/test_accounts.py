"""An account by keyboard alone, and without JavaScript, from the first answer to the last trace."""

import json
from collections.abc import Callable
from pathlib import Path

import pytest
from playwright.sync_api import expect

from tests.accounts.signing import PASSWORD
from tests.browser.states import QUESTION, sign_up_in_browser
from tests.browser.visits import Visit
from tests.people import answers


def test_the_whole_way_by_keyboard(visit: Callable[..., Visit]) -> None:
    learner = visit()
    page, keys = learner.page, learner.page.keyboard
    page.goto("/")
    page.get_by_role("link", name="Sign in").focus()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Sign in")).to_be_visible()
    page.get_by_role("link", name="Sign up").focus()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Sign up")).to_be_visible()
    page.get_by_label("E-mail address").focus()
    keys.type("keys.alone@example.org")
    keys.press("Tab")
    keys.type(PASSWORD)
    keys.press("Enter")
    menu = page.locator(".person summary")
    expect(menu).to_have_text("keys.alone")
    menu.focus()
    keys.press("Enter")
    keys.press("Tab")
    expect(page.get_by_role("link", name="Your classes")).to_be_focused()
    keys.press("Tab")
    expect(page.get_by_role("link", name="Your data")).to_be_focused()
    keys.press("Enter")
    expect(page.get_by_role("heading", name="Your data")).to_be_visible()
    page.get_by_role("link", name="Delete the account").focus()
    keys.press("Enter")
    page.get_by_label("Your password").focus()
    keys.type(PASSWORD)
    keys.press("Enter")
    expect(page.get_by_role("link", name="Sign in")).to_be_visible()
    expect(page.get_by_text("Your account is deleted")).to_be_visible()


@pytest.mark.parametrize("scripts", [True, False], ids=["with-scripts", "without"])
def test_what_a_guest_answered_is_there_on_another_device(
    visit: Callable[..., Visit], scripts: bool, tmp_path: Path
) -> None:
    desk, phone = (
        visit(java_script_enabled=scripts),
        visit(java_script_enabled=scripts, viewport={"width": 320, "height": 700}),
    )
    desk.open(QUESTION)
    choice = answers(QUESTION, passing=False)[0]["choice"]
    desk.page.locator("input[name=choice]").nth(choice).check()
    desk.deploy.click()
    expect(desk.verdict).to_be_visible()
    address = sign_up_in_browser(desk)
    expect(desk.page.get_by_text("The answer you gave before is in your account now.")).to_be_visible()
    desk.page.goto("/account/")
    with desk.page.expect_download() as started:
        desk.page.get_by_role("link", name="Download it").click()
    started.value.save_as(tmp_path / "copy.json")
    assert len(json.loads((tmp_path / "copy.json").read_text())["answers"]) == 1

    phone.open(QUESTION)
    expect(phone.verdict).to_have_count(0)
    phone.page.get_by_role("link", name="Sign in").click()
    phone.page.get_by_label("E-mail address").fill(address)
    phone.page.get_by_label("Password").fill(PASSWORD)
    phone.page.get_by_role("button", name="Sign in", exact=True).click()
    expect(phone.verdict).to_be_visible()
    phone.page.locator(".person summary").click()
    phone.page.get_by_role("link", name="Sign out").click()
    phone.page.get_by_role("button", name="Sign out").click()
    phone.open(QUESTION)
    expect(phone.verdict).to_have_count(0)
