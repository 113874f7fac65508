"""Every page in every state: readable by all, in light and dark, on a narrow phone and with large letters."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page

from tests.browser.states import STATES, WIDEST_TASK
from tests.browser.visits import Visit
from tests.people import answers

# What cannot scroll sideways, and every element that sticks out of the page; those in a scrolling box may.
_STICKING_OUT = """() => {
  const wide = document.documentElement.scrollWidth > innerWidth;
  const within = (element) => element.closest('.scroll, .vh, .code, .printed pre, .chart, .stacked thead');
  const out = [...document.body.querySelectorAll('*')].filter((element) => {
    const box = element.getBoundingClientRect();
    return box.width > 0 && box.right > innerWidth + 1 && !within(element);
  });
  return [wide, out.map((element) => `${element.tagName}.${element.className}`)];
}"""

# Contrast of what axe does not look at: lines and letters inside pictures, and the edges of what can be used.
_CONTRASTS = """() => {
  const canvas = new OffscreenCanvas(1, 1).getContext('2d', { willReadFrequently: true });
  const rgb = (colour) => {
    canvas.clearRect(0, 0, 1, 1);
    canvas.fillStyle = colour;
    canvas.fillRect(0, 0, 1, 1);
    return [...canvas.getImageData(0, 0, 1, 1).data].slice(0, 3);
  };
  const light = (colour) => {
    const [r, g, b] = rgb(colour).map((one) => one / 255)
      .map((one) => (one <= 0.04045 ? one / 12.92 : ((one + 0.055) / 1.055) ** 2.4));
    return 0.2126 * r + 0.7152 * g + 0.0722 * b;
  };
  const contrast = (one, other) => {
    const [dark, bright] = [light(one), light(other)].sort((a, b) => a - b);
    return (bright + 0.05) / (dark + 0.05);
  };
  const behind = (element) => {
    for (let it = element; it; it = it.parentElement) {
      const colour = getComputedStyle(it).backgroundColor;
      if (colour !== 'rgba(0, 0, 0, 0)' && !(it instanceof SVGElement)) return colour;
    }
    return 'white';
  };
  const found = [];
  const look = (selector, property, least, against = null) => {
    for (const element of document.querySelectorAll(selector)) {
      const ground = against ? getComputedStyle(against).fill : behind(element.parentElement);
      const value = contrast(getComputedStyle(element)[property], ground);
      if (value < least) found.push(`${selector} ${property}: ${value.toFixed(2)} is below ${least}`);
    }
    return document.querySelectorAll(selector).length;
  };
  const band = document.querySelector('.chart .weight');
  let count = 0;
  count += look('.chart text', 'fill', 4.5);
  if (band) count += look('.chart text.share', 'fill', 4.5, band);
  count += look('.chart .canary, .chart .stable, .chart path.limit, .chart path.event', 'stroke', 3);
  count += look('.chart .curve, .key .curve', 'stroke', 3);
  count += look('.meter .part', 'fill', 3);
  count += look('button.blank, .option:not(.placed), fieldset:enabled .radio, .ghost', 'borderTopColor', 3);
  return [count, found];
}"""


@pytest.mark.parametrize("state", STATES)
def test_a_page_can_be_read_by_all(visit: Callable[..., Visit], state: str) -> None:
    learner = visit()
    page = learner.page
    STATES[state](learner)
    page.evaluate("() => { for (const it of document.querySelectorAll('details')) it.open = true }")
    assert _faults(page) == ""
    page.emulate_media(color_scheme="dark")
    assert _faults(page, {"runOnly": ["color-contrast"]}) == ""
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        assert page.evaluate(_CONTRASTS)[1] == []
    for width, letters in ((320, "100%"), (640, "200%"), (320, "200%"), (1280, "200%")):
        page.set_viewport_size({"width": width, "height": 700})
        page.evaluate("(size) => { document.documentElement.style.fontSize = size }", letters)
        assert page.evaluate(_STICKING_OUT) == [False, []], f"{width} px wide, letters at {letters}"


def test_the_look_at_contrast_sees_charts(visit: Callable[..., Visit]) -> None:
    learner = visit(color_scheme="dark")
    learner.open(WIDEST_TASK)
    learner.answer(WIDEST_TASK, answers(WIDEST_TASK, passing=True)[0])
    page = learner.page
    assert page.evaluate(_CONTRASTS)[0] > 20
    page.evaluate("() => document.documentElement.style.setProperty('--stable', '#333')")
    assert any(".stable" in fault for fault in page.evaluate(_CONTRASTS)[1])


def test_nothing_moves_for_those_who_asked_for_less_motion(visit: Callable[..., Visit]) -> None:
    moving = "() => document.getAnimations().length + [...document.querySelectorAll('*')].filter((it) => "
    moving += (
        "getComputedStyle(it).transitionDuration !== '0s' || getComputedStyle(it).animationName !== 'none').length"
    )
    counts = {}
    for wish in ("reduce", "no-preference"):
        learner = visit(reduced_motion=wish)
        learner.open(WIDEST_TASK)
        learner.answer(WIDEST_TASK, answers(WIDEST_TASK, passing=False)[0])
        counts[wish] = learner.page.evaluate(moving)
    assert counts["reduce"] == 0
    assert counts["no-preference"] > 0


def _faults(page: Page, options: dict[str, Any] | None = None) -> str:
    found = Axe().run(page, options={"resultTypes": ["violations"], **(options or {})})
    report: str = found.generate_report() if found.violations_count else ""
    return report
