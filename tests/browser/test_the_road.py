"""A stranger's road through the ten modes, by mouse, by keyboard alone, by touch at 320 px, and without JavaScript.

`COVERED` names for each mode and way the test that goes it; the lessons, and the links from one mode to the next, are
walked here.
"""

import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Locator, Page, expect

from tests.browser.visits import Visit

TOPIC = "/topics/canary-releases/"
WAYS: dict[str, dict[str, Any]] = {
    "mouse": {},
    "keyboard": {},
    "touch": {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True},
    "no script": {"java_script_enabled": False},
}
HERE = "test_the_road:test_the_lessons_are_gone_through"
_ANSWERING = "test_ways_of_answering:test_is_answered_wrong_and_then_right"
_ORDER = "test_challenge:test_lines_are_put_in_order"
_SITTING = "test_sitting:test_the_whole_test_can_be_sat"

COVERED: dict[str, dict[str, str]] = {
    **{mode: dict.fromkeys(WAYS, HERE) for mode in ("introduction", "why", "deep dive", "cost")},
    "visualise": {
        "mouse": "test_visualise:test_the_slider_shows_frames_as_it_moves",
        "keyboard": "test_visualise:test_by_keyboard_alone",
        "touch": "test_visualise:test_by_touch_on_a_small_phone",
        "no script": "test_visualise:test_without_javascript",
    },
    "try": dict.fromkeys(WAYS, _ANSWERING),
    "challenge": {
        "mouse": _ORDER,
        "keyboard": "test_challenge:test_the_whole_challenge_by_keyboard_and_its_badge",
        "touch": _ORDER,
        "no script": "test_challenge:test_without_javascript_the_order_is_chosen_from_lists_and_the_time_is_told",
    },
    "project": {
        "mouse": "test_projects:test_a_stage_is_written_tried_out_judged_and_passed",
        "keyboard": "test_projects:test_the_keyboard_alone_is_enough_and_is_not_trapped",
        "touch": "test_the_road:test_a_stage_is_saved_and_judged_by_touch",
        "no script": "test_projects:test_it_works_without_a_script",
    },
    "review": {
        "mouse": "test_review:test_an_item_that_went_wrong_yesterday",
        "keyboard": "test_review:test_three_cards_by_keyboard_alone",
        "touch": "test_review:test_a_card_by_touch_on_a_narrow_phone",
        "no script": "test_review:test_a_card_without_javascript",
    },
    "test": {
        "mouse": "test_sitting:test_back_reload_and_a_second_tab_lose_and_gain_nothing",
        **dict.fromkeys(("keyboard", "touch", "no script"), _SITTING),
    },
}


def test_every_mode_is_gone_through_in_every_way_by_a_test_that_exists() -> None:
    assert len(COVERED) == 10
    for mode, by_way in COVERED.items():
        assert set(by_way) == set(WAYS), mode
        for named in by_way.values():
            file, _, test = named.partition(":")
            text = (Path(__file__).parent / f"{file}.py").read_text(encoding="utf-8")
            assert f"def {test}(" in text, named


def press(page: Page, what: Locator, way: str) -> None:
    """Press a button, a link or the label of a choice, as this way has it."""
    if way == "touch":
        what.tap()
    elif way == "keyboard":
        what.focus()
        page.keyboard.press("Space" if what.get_attribute("type") == "radio" else "Enter")
    else:
        what.click()


@pytest.mark.parametrize("way", WAYS)
def test_the_lessons_are_gone_through(visit: Callable[..., Visit], way: str) -> None:
    """From the list of modes into each lesson, its first question answered, read, and on to the next mode."""
    page = visit(**WAYS[way]).page
    for title, following in (("Introduction", "Why"), ("Why", "Deep dive"), ("Deep dive", "Visualise")):
        page.goto(TOPIC)
        press(page, page.locator(".modes h2 a").filter(has_text=re.compile(f"^{title}$")), way)
        expect(page.get_by_role("heading", level=1)).to_have_text(title)
        answer_first(page, way)
        press(page, page.get_by_role("button", name="I have read this"), way)
        expect(page.get_by_text("You have read this")).to_be_visible()
        expect(page.locator(".lesson-next .steps a")).to_have_count(5)
        press(page, page.get_by_role("link", name=f"Next: {following}"), way)
        expect(page.get_by_role("heading", level=1)).to_have_text(following)
    page.goto(f"{TOPIC}cost/")
    page.get_by_label("v2 fails").fill("5")
    press(page, page.get_by_role("button", name="Work it out"), way)
    expect(page.locator("main")).to_contain_text("95")
    press(page, page.get_by_role("link", name="Next: Test"), way)
    expect(page.get_by_role("button", name="Begin the test")).to_be_visible()
    if way == "touch":
        assert page.evaluate("document.documentElement.scrollWidth") <= 320


def answer_first(page: Page, way: str) -> None:
    """Answer the first question of a lesson, and see its verdict."""
    form = page.locator("form:has(input[name=choice])").first
    choice = form.locator("input[name=choice]").first
    press(page, choice if way == "keyboard" else choice.locator("xpath=.."), way)
    press(page, form.get_by_role("button", name="Run it"), way)
    expect(page.locator("main").get_by_text(re.compile("^(Right|Not yet)")).first).to_be_visible()


def test_a_stage_is_saved_and_judged_by_touch(visit: Callable[..., Visit]) -> None:
    page = visit(**WAYS["touch"]).page
    page.goto("/project/canary-releases/")
    page.get_by_role("link", name="Begin: A router that keeps its users").tap()
    page.get_by_role("button", name="Judge").tap()
    expect(page.locator("#ending")).to_have_text("Not yet")
    assert page.evaluate("document.documentElement.scrollWidth") <= 320
