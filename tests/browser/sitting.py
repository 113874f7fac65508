"""Sitting the test in a browser: one question a page, answered in one way or another."""

import html
import re
from collections.abc import Callable, Iterator, Mapping

from playwright.sync_api import Page, expect

from canarylearn.engine import Scenario
from canarylearn.items import Item, judge
from canarylearn.items.variants import vary
from canarylearn.learning.content import read_lock
from canarylearn.learning.forms import option_id
from canarylearn.learning.markup import render
from tests.topics import curriculum

TEST = "/test/canary-releases/"
Way = Callable[[Page], None]

TAGS = re.compile("<[^>]+>")

_MOST_PRESSES = 60


def begin(page: Page) -> None:
    """Begin the test, by the button of its page."""
    page.goto(TEST)
    page.get_by_role("button", name="Begin the test").click()
    expect(page).to_have_url(re.compile(rf"{TEST}1/$"))


def kind_of(page: Page) -> str:
    """What is asked on the page: a task, a question, or lines to put in order."""
    if page.locator("[data-order]").count():
        return "order"
    return "question" if page.locator("input[name=choice]").count() else "task"


def is_over(page: Page) -> bool:
    """Whether no question waits: it is decided, or more are offered."""
    return "/results/" in page.url or page.url.endswith("/more/")


def sit(page: Page, answer: Way) -> set[str]:
    """Answer ten questions in one way; the kinds of them that were met."""
    kinds: set[str] = set()
    while not is_over(page):
        kinds.add(kind_of(page))
        here = page.url
        answer(page)
        expect(page).not_to_have_url(here)
    return kinds


def sit_so_that(page: Page, *passing: bool) -> None:
    """Answer so many questions so that each passes, or does not."""
    for one in passing:
        here = page.url
        answer_by(page, passing=one)
        expect(page).not_to_have_url(here)


def answer_by(page: Page, *, passing: bool) -> None:
    """Answer so that it passes, or does not, found by running every answer to the question on the page."""
    title, prompt = page.locator("#asked").inner_text(), page.locator(".prompt").inner_text()
    asked, scenarios = next(
        (item, worlds)
        for item, worlds in _in_the_bank(title)
        if _letters(TAGS.sub("", render(item.prompt))) == _letters(prompt)
    )
    found = next(one for one in asked.assignments() if judge(asked, scenarios, one).passed is passing)
    _fill(page, {blank: option_id(position) for blank, position in found.items()})


def _in_the_bank(title: str) -> Iterator[tuple[Item, Mapping[str, Scenario]]]:
    """Every variant of the items of that title."""
    files, proofs = curriculum(), read_lock()
    for slug in files.topic.bank:
        item = files.items[slug]
        for variant in proofs[slug].variants if item.title == title else ():
            yield vary(item, files.scenarios_of(item), variant) if variant else (item, files.scenarios_of(item))


def _letters(text: str) -> str:
    """What is written, without the spaces between."""
    return "".join(html.unescape(text).split())


def _fill(page: Page, letters: dict[str, str]) -> None:
    for blank, letter in letters.items():
        if blank == "choice" and page.locator("input[name=choice]").count():
            page.locator(f"input[name=choice][value={letter}]").check()
        else:
            page.locator(f"select[name=blank-{blank}]").evaluate("(it, value) => { it.value = value }", letter)
    page.get_by_role("button", name="Answer", exact=True).click()


def not_sure(page: Page) -> None:
    """Say that one does not know."""
    page.get_by_role("button", name="Not sure").click()


def by_keyboard(page: Page) -> None:
    """Keys alone: Tab, Space, arrows, Enter and letters."""
    if kind_of(page) == "question":
        _tab_to(page, "input[name=choice]")
        page.keyboard.press("Space")
        page.keyboard.press("ArrowDown")
    elif kind_of(page) == "task":
        for name in _blanks(page):
            _tab_to(page, f"select[name={name}] + button" if _has_pool(page) else f"select[name={name}]")
            page.keyboard.press("b" if _has_pool(page) else "ArrowDown")
    _tab_to(page, "input[name=certainty]")
    page.keyboard.press("Space")
    _tab_to(page, ".act .primary")
    page.keyboard.press("Enter")


def by_touch(page: Page) -> None:
    """Taps alone, on a narrow phone."""
    if kind_of(page) == "question":
        page.locator(".radio").last.tap()
    elif kind_of(page) == "task":
        for name in _blanks(page):
            if _has_pool(page):
                page.locator(f"select[name={name}] + button").tap()
                page.locator(".option:not(.placed)").first.tap()
            else:  # the browser's own list opens
                page.locator(f"select[name={name}]").select_option(index=1)
    page.get_by_text("Guessing").tap()
    assert page.evaluate("() => document.documentElement.scrollWidth <= innerWidth")
    page.get_by_role("button", name="Answer", exact=True).tap()


def _blanks(page: Page) -> list[str]:
    """The names of the fields of the code."""
    return [str(blank.get_attribute("name")) for blank in page.locator("select.blank").all()]


def _has_pool(page: Page) -> bool:
    """Whether all blanks share their options, which stand below the code."""
    return page.locator(".pool").count() > 0


def without_javascript(page: Page) -> None:
    """What the browser itself offers."""
    if kind_of(page) == "question":
        page.locator("input[name=choice]").first.check()
    elif kind_of(page) == "task":
        for name in _blanks(page):
            page.locator(f"select[name={name}]").select_option(index=1)
    page.get_by_label("Fairly sure").check()
    page.get_by_role("button", name="Answer", exact=True).click()


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(_MOST_PRESSES):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"{selector} cannot be reached with the Tab key")
