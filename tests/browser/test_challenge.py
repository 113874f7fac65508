"""The challenge in a browser: by keyboard, by touch at 320 px, by mouse, without JavaScript; and its clock."""

from collections.abc import Callable
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from tests.browser.incidents import (
    Ordering,
    answer_incident,
    by_finger,
    by_keys,
    by_mouse,
    lines_in,
    shown_lines,
    start_incident,
)
from tests.browser.visits import Visit
from tests.challenge.helping import INCIDENTS, LIST, ORDER, QUESTION, answers, path_of

Begin = Callable[..., Visit]

PHONE = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}

WAYS: dict[str, tuple[Ordering, dict[str, Any]]] = {
    "mouse": (by_mouse, {}),
    "finger": (by_finger, PHONE),
}


@pytest.mark.parametrize("way", WAYS)
def test_lines_are_put_in_order(visit: Begin, way: str) -> None:
    order, options = WAYS[way]
    person = visit(**options)
    start_incident(person, ORDER, "off")
    wanted = lines_in(answers(ORDER, passing=True)[0])
    order(person.page, wanted)
    assert shown_lines(person.page) == wanted
    assert person.page.evaluate("document.documentElement.scrollWidth <= innerWidth")
    buttons = "[...document.querySelectorAll('.order-rows button')]"
    small = f"{buttons}.filter((it) => it.offsetWidth < 24 || it.offsetHeight < 24)"
    assert person.page.evaluate(f"{small}.length") == 0
    person.deploy.click()
    expect(person.page.locator("#verdict")).to_contain_text("Solved")


def test_buttons_move_a_line_and_escape_takes_it_back(visit: Begin) -> None:
    person = visit()
    start_incident(person, ORDER, "off")
    before = shown_lines(person.page)
    for direction in ("down", "up"):
        button = person.page.get_by_role("button", name=f"Move “{before[0]}” {direction}")
        button.click()
        expect(button).to_be_focused()
        expect(person.page.locator("#announcer")).to_contain_text("is now step")
    assert shown_lines(person.page) == before
    person.page.locator(".line-of-order").first.focus()
    for key in ("Enter", "ArrowDown", "ArrowDown", "Escape"):
        person.page.keyboard.press(key)
    assert shown_lines(person.page) == before
    expect(person.page.locator("#announcer")).to_contain_text("is back at step 1")


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(60):
        if page.evaluate("(it) => document.activeElement.matches(it)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached")


def _go(page: Page) -> None:
    with page.expect_navigation():
        page.keyboard.press("Enter")


def test_the_whole_challenge_by_keyboard_and_its_badge(visit: Begin) -> None:
    person = visit()
    page = person.page
    page.goto(LIST)
    for slug in INCIDENTS:
        _tab_to(page, f".list a[href='{path_of(slug)}']")
        _go(page)
        _tab_to(page, ".start .primary")
        _go(page)
        expect(person.deploy).to_be_visible()
        answer = answers(slug, passing=True)[0]
        if slug == ORDER:
            by_keys(page, lines_in(answer))
        else:
            _tab_to(page, "input[name=choice]")
            page.keyboard.press("Space")
            for _ in range(answer["choice"]):
                page.keyboard.press("ArrowDown")
            assert page.locator("input[name=choice]").nth(answer["choice"]).is_checked()
        _tab_to(page, "form.answer .primary")
        page.keyboard.press("Enter")
        expect(page.locator("#verdict")).to_contain_text("Solved")
        expect(page.locator(".clock")).to_contain_text("Solved in time.")
        page.goto(LIST)
    _tab_to(page, ".prize button")
    _go(page)
    expect(page.locator("h1")).to_contain_text("5 incidents solved")
    expect(page.locator(".lead")).to_contain_text("5 of 5 in time, 5 at the first try.")
    with page.expect_download() as download:
        page.get_by_role("link", name="Download the evidence").click()
    assert download.value.suggested_filename == "canary-releases-badge.json"


def test_without_javascript_the_order_is_chosen_from_lists_and_the_time_is_told(visit: Begin) -> None:
    person = visit(java_script_enabled=False)
    start_incident(person, ORDER)
    expect(person.page.locator(".clock.runs")).to_contain_text("when this page was loaded")
    answer = answers(ORDER, passing=True)[0]
    for number, position in enumerate(answer.values(), start=1):
        person.page.locator(f"select[name=blank-line{number}]").select_option("ABCDEF"[position])
    person.page.get_by_role("button", name="More time").click()
    expect(person.page.locator(".message[role=status]")).to_have_text("You have more time.")
    person.deploy.click()
    expect(person.page.locator("#verdict")).to_contain_text("Solved")
    expect(person.page.locator(".clock")).to_contain_text("Solved in time.")


def test_the_count_does_not_follow_the_clock_of_the_machine(visit: Begin) -> None:
    """The machine's clock is a year ahead, and then a minute passes in the browser: what is told is the server's."""
    person = visit()
    page = person.page
    page.clock.install(time="2031-01-01T00:00:00Z")
    start_incident(person, QUESTION)
    expect(page.locator("[data-shown]")).to_have_text("2:30")
    page.clock.set_system_time("2020-01-01T00:00:00Z")
    page.clock.run_for(1000)
    expect(page.locator("[data-shown]")).to_have_text("2:29")
    page.clock.run_for(90_000)
    expect(page.locator("#time")).to_have_text("One minute is left.")
    page.clock.run_for(40_000)
    expect(page.locator("#time")).to_contain_text("20 seconds are left. “More time” gives you 2:30 more.")
    page.get_by_role("button", name="More time").click()
    page.clock.run_for(2000)
    expect(page.locator(".message[role=status]")).to_have_text("You have more time.")
    answer_incident(person, QUESTION, answers(QUESTION, passing=True)[0])
    expect(page.locator(".clock")).to_contain_text("Solved in time.")


def test_when_the_count_ends_the_page_says_that_an_answer_still_counts(visit: Begin) -> None:
    person = visit()
    page = person.page
    page.clock.install()
    start_incident(person, QUESTION)
    page.locator("input[name=choice]").first.check()
    page.clock.run_for(151_000)
    expect(page.locator(".clock.over")).to_contain_text("Your answer still counts")
    expect(page.locator("#time")).to_contain_text("The time is over.")
    assert page.locator("input[name=choice]").first.is_checked()
