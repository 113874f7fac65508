"""The review in a browser: by keyboard alone, by touch, without JavaScript, and an item that went wrong yesterday."""

import sqlite3
from collections.abc import Callable
from contextlib import closing

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, ViewportSize, expect

from tests.browser.visits import Visit
from tests.people import answers
from tests.serving import Site

TASK = "first-users"
REVIEW = "/review/canary-releases/"
PHONE: ViewportSize = {"width": 320, "height": 640}


def count(page: Page) -> str:
    """What the line above the card says is left."""
    return page.locator(".review-count").inner_text()


def title(page: Page) -> str:
    """The card that is asked."""
    return page.locator("#asked").inner_text()


def test_three_cards_by_keyboard_alone(visit: Callable[..., Visit]) -> None:
    page = visit().page
    page.goto(REVIEW)
    seen = []
    for number, (turn, grade) in enumerate(((" ", "3"), ("Enter", "4"), (" ", "1"))):
        assert f"{number} of 20 done" in count(page)
        seen.append(title(page))
        page.keyboard.press("3")  # a card that was not turned takes no grade
        page.keyboard.press(turn)
        expect(page.locator("#back")).to_be_focused()
        expect(page.locator("#back")).to_be_in_viewport()
        expect(page.locator("#asked")).to_be_in_viewport()
        page.keyboard.press(grade)
        expect(page.locator("#asked")).to_be_focused()
        expect(page.locator(".message[role=status]")).to_contain_text("It comes back")
    assert len(set(seen)) == 3
    expect(page.locator(".message[role=status]")).to_contain_text("It comes back tomorrow")
    assert "3 of 20 done" in count(page)


def test_keys_are_left_to_those_who_type(visit: Callable[..., Visit]) -> None:
    page = visit().page
    page.goto(REVIEW)
    while not page.locator("#said").count():
        page.keyboard.press("Enter")
        expect(page.locator("#back")).to_be_focused()
        page.keyboard.press("3")
        expect(page.locator("#asked")).to_be_focused()
    asked = title(page)
    page.locator("#said").press_sequentially("1 2 3\n4")
    expect(page.locator("#said")).to_have_value("1 2 3\n4")
    page.keyboard.press("Tab")
    page.keyboard.press("Space")  # the button itself
    expect(page.locator(".said")).to_contain_text("1 2 3")
    expect(page.locator("#back")).to_be_focused()
    page.locator(".checklist input").first.focus()
    page.keyboard.press("Space")
    expect(page.locator(".checklist input").first).to_be_checked()
    page.locator("header a").first.focus()
    page.keyboard.press("3")  # the focus is not within the card
    assert title(page) == asked
    expect(page.locator(".grades")).to_be_visible()


def test_a_card_by_touch_on_a_narrow_phone(visit: Callable[..., Visit]) -> None:
    page = visit(viewport=PHONE, has_touch=True, is_mobile=True).page
    page.goto(REVIEW)
    first = title(page)
    page.get_by_role("button", name="Turn the card").tap()
    expect(page.locator(".grades")).to_be_visible()
    sizes = [box for one in page.locator(".grades button").all() if (box := one.bounding_box())]
    assert len(sizes) == 4
    assert min(box["height"] for box in sizes) >= 44
    page.get_by_role("button", name="Good").tap()
    expect(page.locator("#asked")).not_to_have_text(first)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320


def test_a_card_without_javascript(visit: Callable[..., Visit]) -> None:
    page = visit(java_script_enabled=False).page
    page.goto(REVIEW)
    first = title(page)
    page.get_by_role("button", name="Turn the card").click()
    expect(page.locator(".grades button")).to_have_count(4)
    page.get_by_role("button", name="Hard").click()
    expect(page.locator(".message[role=status]")).to_contain_text("It comes back")
    assert title(page) != first


def test_an_item_that_went_wrong_yesterday(visit: Callable[..., Visit], served_site: Site) -> None:
    learner = visit()
    page = learner.page
    learner.open(TASK)
    for answer in answers(TASK, passing=False)[:3]:
        learner.answer(TASK, answer)
    with closing(sqlite3.connect(served_site.environment["DATABASE_URL"].removeprefix("sqlite:///"))) as database:
        database.execute("UPDATE learning_attempt SET created = datetime(created, '-1 day')")
        database.commit()
    page.goto(REVIEW)
    expect(page.locator(".ask")).to_contain_text("You missed this in practice")
    assert not Axe().run(page, options={"resultTypes": ["violations"]}).violations_count
    page.set_viewport_size(PHONE)
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("button", name="I do not know").click()
    expect(page.get_by_role("link", name="Next card").first).to_be_visible()
    expect(page.locator(".message[role=status]")).to_contain_text("It comes back tomorrow")
    assert not Axe().run(page, options={"resultTypes": ["violations"]}).violations_count
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
    page.get_by_role("link", name="Next card").first.click()
    expect(page.get_by_role("button", name="Turn the card")).to_be_visible()
