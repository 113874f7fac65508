"""The browser's time zone is proposed, and kept only once the form was sent."""

from collections.abc import Callable

from playwright.sync_api import expect

from tests.browser.visits import Visit


def test_the_browsers_time_zone_is_a_proposal(visit: Callable[..., Visit]) -> None:
    learner = visit(timezone_id="Pacific/Auckland")
    page = learner.page
    page.goto("/account/preferences/")
    zone = page.get_by_label("Time zone")
    expect(zone).to_have_value("")
    page.get_by_text("Your browser says Pacific/Auckland").get_by_role("button", name="Take it").click()
    expect(zone).to_have_value("Pacific/Auckland")
    expect(zone).to_be_focused()
    page.goto("/account/preferences/")
    expect(zone).to_have_value("")
    page.get_by_role("button", name="Take it").click()
    page.get_by_role("button", name="Keep them").click()
    expect(page.get_by_text("Kept.")).to_be_visible()
    expect(zone).to_have_value("Pacific/Auckland")
    expect(page.locator("#zone-offer")).to_be_hidden()
