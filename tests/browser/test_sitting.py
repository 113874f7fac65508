"""The whole test in a browser: by keyboard, by touch at 320 px, and without JavaScript."""

import re
from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import expect

from tests.browser.sitting import (
    TEST,
    Way,
    begin,
    by_keyboard,
    by_touch,
    is_over,
    kind_of,
    not_sure,
    sit,
    without_javascript,
)
from tests.browser.visits import Visit

WAYS: dict[str, tuple[Way, dict[str, Any]]] = {
    "by keyboard": (by_keyboard, {}),
    "by touch": (by_touch, {"has_touch": True, "viewport": {"width": 320, "height": 640}}),
    "without JavaScript": (without_javascript, {"java_script_enabled": False}),
}


@pytest.mark.parametrize("name", WAYS)
def test_the_whole_test_can_be_sat(visit: Callable[..., Visit], name: str) -> None:
    way, options = WAYS[name]
    page = visit(**options).page
    begin(page)
    sit(page, way)
    if page.url.endswith("/more/"):
        page.get_by_role("button", name="Ask me more").click()
        expect(page).to_have_url(re.compile(rf"{TEST}11/$"))
        page.get_by_role("link", name="End the test").click()
        page.get_by_role("button", name="End the test").click()
    expect(page.get_by_role("heading", level=1)).to_have_text(re.compile("^(Strong|Not yet|Undecided)$"))
    page.get_by_role("link", name="See the questions in full").click()
    expect(page.get_by_role("heading", name="What each answer would have done")).to_be_visible()
    page.get_by_role("link", name="Next question").click()
    expect(page.locator(".kicker").first).to_contain_text("Question 2")


def test_back_reload_and_a_second_tab_lose_and_gain_nothing(visit: Callable[..., Visit]) -> None:
    learner = visit()
    page = learner.page
    begin(page)
    second = learner.another_page().page
    second.goto(f"{TEST}1/")
    not_sure(page)
    expect(page).to_have_url(re.compile(rf"{TEST}2/$"))
    not_sure(second)  # the same answer from the other tab
    expect(second).to_have_url(re.compile(rf"{TEST}2/$"))
    page.go_back()
    expect(page.get_by_role("heading", level=1)).to_have_text("Question 1 was answered")
    page.reload()
    page.get_by_role("link", name="Go on with the test").click()
    expect(page).to_have_url(re.compile(rf"{TEST}2/$"))
    assert not is_over(page)
    assert kind_of(page) in ("task", "question", "order")
