"""The project in a browser: typed, tried out, judged and saved by itself; by keyboard, and in two tabs."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.states import NO_CONNECTION
from tests.browser.visits import Visit
from tests.browser.writing import saved, write_at_stage
from tests.projects.scripts import project, text_of
from tests.projects.writing import page_of

RIGHT, WRONG = project().reference("route"), text_of("route", "wrong", "share-of-tens")
MOST_PRESSES = 40


@pytest.fixture
def learner(visit: Callable[..., Visit]) -> Visit:
    """Somebody who has just opened the first stage."""
    begun = visit()
    begun.page.goto(page_of("route"))
    return begun


def press(learner: Visit, button: str) -> None:
    """Send the text, and wait for what comes of it."""
    with learner.page.expect_response(
        lambda response: response.request.method == "POST" and "/save/" not in response.url
    ):
        learner.page.get_by_role("button", name=button, exact=True).click()
    expect(learner.page.locator("#came :focus")).to_be_visible()


def test_a_stage_is_written_tried_out_judged_and_passed(learner: Visit) -> None:
    page = learner.page
    expect(page.locator(".editor-numbers span")).to_have_count(project().stages["route"].starter.count("\n") + 1)
    write_at_stage(learner, WRONG)
    press(learner, "Try it out")
    expect(page.locator("#ending")).to_have_text("Tried out")
    press(learner, "Judge")
    expect(page.locator("#ending")).to_have_text("Not yet")
    press(learner, "Try it out with this seed")
    expect(page.locator(".tried tbody tr")).to_have_count(10)
    write_at_stage(learner, RIGHT)
    press(learner, "Judge")
    expect(page.locator("#ending")).to_have_text("Passed")
    expect(page.locator(".stages .tick")).to_have_count(1)
    page.locator("#came").get_by_role("link", name="Next").click()
    expect(page.locator("#text")).to_have_value(f"{RIGHT.rstrip()}\n\n{project().stages['measure'].starter.rstrip()}\n")


def test_a_text_saves_itself_and_is_there_after_a_reload(learner: Visit) -> None:
    page = learner.page
    page.locator("#text").fill("x = 1\n")
    expect(page.locator("#saving")).to_have_text("Not saved yet.")
    with saved(learner):
        page.locator("#text").blur()
    expect(page.locator("#saving")).to_have_text("Saved.")
    with saved(learner):  # by the clock, while the cursor stays in the box
        page.locator("#text").fill("x = 2\n")
    page.reload()
    expect(page.locator("#text")).to_have_value("x = 2\n")


def test_two_tabs_are_told_of_each_other_and_lose_nothing(learner: Visit) -> None:
    other = learner.another_page()
    other.page.goto(page_of("route"))
    write_at_stage(learner, "first = 1\n")
    learner.expect_complaints("409")
    other.page.locator("#text").fill("second = 2\n")
    with saved(other):
        other.page.locator("#text").blur()
    expect(other.page.locator("#conflict")).to_be_visible()
    expect(other.page.locator("#text")).to_have_value("second = 2\n")
    with saved(other):
        other.page.get_by_role("button", name="Go on with this one").click()
    expect(other.page.locator("#conflict")).to_be_hidden()
    learner.page.reload()
    expect(learner.page.locator("#text")).to_have_value("second = 2\n")
    learner.page.locator(".set-aside summary").click()
    expect(learner.page.locator(".set-aside textarea")).to_have_value("first = 1\n")
    learner.page.get_by_role("button", name="Use this one instead").click()
    expect(learner.page.locator("#text")).to_have_value("first = 1\n")


def test_the_keyboard_alone_is_enough_and_is_not_trapped(learner: Visit) -> None:
    page, keys = learner.page, learner.page.keyboard
    for _ in range(MOST_PRESSES):
        if page.evaluate("document.activeElement.id") == "text":
            break
        keys.press("Tab")
    keys.press("Control+A")
    keys.type("def route(user_id, percent):")
    keys.press("Enter")
    keys.type("return 'v1'")
    expect(page.locator("#text")).to_have_value("def route(user_id, percent):\n    return 'v1'")
    for _ in range(MOST_PRESSES):
        keys.press("Tab")
        if page.evaluate("document.activeElement.textContent") == "Judge":
            break
    with page.expect_response(lambda response: "/judge/" in response.url):
        keys.press("Enter")
    expect(page.locator("#ending")).to_be_focused()
    expect(page.locator("#came")).to_contain_text("nobody of")


def test_without_a_connection_nothing_is_lost(learner: Visit) -> None:
    page = learner.page
    write_at_stage(learner, "x = 1\n")
    learner.expect_complaints(*NO_CONNECTION)
    page.context.set_offline(True)
    page.locator("#text").fill("x = 3\n")
    page.locator("#text").blur()
    expect(page.locator("#saving")).to_contain_text("Not saved: the server could not be reached")
    page.get_by_role("button", name="Judge", exact=True).click()
    expect(page.locator("[data-lost=unreached]")).to_be_visible()
    page.context.set_offline(False)
    with saved(learner):
        page.locator("#text").focus()
        page.locator("#text").blur()
    page.reload()
    expect(page.locator("#text")).to_have_value("x = 3\n")


def test_it_works_without_a_script(visit: Callable[..., Visit]) -> None:
    learner = visit(java_script_enabled=False)
    page = learner.page
    page.goto("/project/canary-releases/")
    page.get_by_role("link", name="Begin").click()
    page.locator("#text").fill(RIGHT)
    page.get_by_role("button", name="Save", exact=True).click()
    expect(page.locator("#came [role=status]")).to_have_text("Saved.")
    page.get_by_role("button", name="Hint 1").click()
    expect(page.locator("#hint-1")).to_be_visible()
    page.get_by_role("button", name="Judge", exact=True).click()
    expect(page.locator("#ending")).to_have_text("Passed")
