"""Searching from the header, by keyboard, on a phone."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.visits import Visit


def test_the_header_leads_to_the_search_and_the_search_to_what_was_found(visit: Callable[..., Visit]) -> None:
    page = visit(viewport={"width": 320, "height": 700}).page
    page.goto("/")
    page.get_by_role("link", name="Search").focus()
    page.keyboard.press("Enter")
    expect(page.get_by_label("Words to look for")).to_be_focused()
    page.keyboard.type("canary purpose")
    page.keyboard.press("Enter")
    expect(page.locator("mark").first).to_be_visible()
    page.get_by_role("link", name="What is a canary release for?").click()
    expect(page.get_by_role("heading", name="What is a canary release for?")).to_be_visible()
