"""Pages on paper: no bars, nothing cut off or folded, ink alone, and the addresses of what lies elsewhere."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.states import LONGEST_QUESTION, STATES, WIDEST_TASK
from tests.browser.visits import Visit
from tests.people import path_of

A4_INSIDE = 680  # pixels between the margins of a sheet

PAGES = {
    "topic": ".modes .card",
    "why with answers": ".shown, .verdict",
    "task": ".pool .option",
    "task solved": ".compare, .solution",
    "question solved": ".compare, .solution",
}

_PRESSED = ".bar, .foot, .act, .steps, .primary, .ghost"
_FOLDED = """() => [...document.querySelectorAll('details:not(.chart ~ details) > :not(summary)')]
  .filter((it) => it.innerText !== undefined && !it.checkVisibility({ contentVisibilityAuto: true })).length"""
_CUT_OFF = """() => [...document.querySelectorAll('main *')].filter((it) => {
  const style = getComputedStyle(it);
  const cut = style.overflowX !== 'visible' && it.scrollWidth > it.clientWidth + 1;
  return cut && !it.matches('.vh, .stacked thead, button, select, svg *');
}).map((it) => it.outerHTML.slice(0, 80))"""
_COLOURED = """() => {
  const grey = (colour) => {
    const [r, g, b] = (colour.match(/[\\d.]+/g) ?? [0, 0, 0]).map(Number);
    return Math.max(r, g, b) - Math.min(r, g, b) < 12;
  };
  return [...document.querySelectorAll('main .chart path, main .chart text, main h2, main .mark')]
    .flatMap((it) => [getComputedStyle(it).stroke, getComputedStyle(it).color])
    .filter((colour) => colour.startsWith('rgb') && !grey(colour));
}"""


@pytest.mark.parametrize("state", PAGES)
def test_a_page_can_be_printed(visit: Callable[..., Visit], state: str) -> None:
    learner = visit(viewport={"width": A4_INSIDE, "height": 1000}, color_scheme="dark")
    page = learner.page
    STATES[state](learner)
    page.emulate_media(media="print")
    expect(page.locator(PAGES[state]).first).to_be_visible()
    assert [one.evaluate("(it) => it.outerHTML") for one in page.locator(_PRESSED).all() if one.is_visible()] == []
    assert page.evaluate(_FOLDED) == 0
    assert page.evaluate(_CUT_OFF) == []
    assert page.evaluate(_COLOURED) == []
    assert page.evaluate("() => document.documentElement.scrollWidth") <= A4_INSIDE
    pdf = page.pdf(format="A4", prefer_css_page_size=True)
    assert pdf.startswith(b"%PDF")
    assert pdf.count(b"/Type /Page\n") <= 12


def test_an_address_that_leads_elsewhere_is_printed_and_one_of_the_site_is_not(visit: Callable[..., Visit]) -> None:
    page = visit().page
    page.goto("/topics/canary-releases/why/")
    page.emulate_media(media="print")
    after = "(it) => getComputedStyle(it, '::after').content"
    elsewhere = page.locator("main a[href^=http]").first
    assert str(elsewhere.get_attribute("href")) in elsewhere.evaluate(after)
    assert page.locator("main a[href^='/']").first.evaluate(after) == "none"


def test_a_task_that_is_not_answered_has_its_options_on_paper_without_javascript(visit: Callable[..., Visit]) -> None:
    page = visit(java_script_enabled=False).page
    page.goto(path_of(WIDEST_TASK))
    page.emulate_media(media="print")
    expect(page.locator(".pool .option").first).to_be_visible()
    page.goto(path_of(LONGEST_QUESTION))
    expect(page.locator(".radio").first).to_be_visible()
