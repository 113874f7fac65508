"""The picture of all answers, as a browser draws it: no letter upon another, on a phone and on a wide screen."""

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.browser.states import QUESTION, TASK, WIDEST_TASK
from tests.browser.visits import Visit
from tests.people import answers

_UPON_EACH_OTHER = """() => {
  const letters = [...document.querySelectorAll('.options-chart .chart text')]
    .map((it) => [it.textContent, it.getBoundingClientRect()]);
  const meet = (one, other) => one.left < other.right && other.left < one.right
    && one.top + 3 < other.bottom - 3 && other.top + 3 < one.bottom - 3;  // a box of letters has empty edges
  const pairs = letters.flatMap(([text, box], at) => letters.slice(at + 1)
    .filter(([, other]) => meet(box, other)).map(([other]) => `${text} and ${other}`));
  return [letters.length, pairs];
}"""


@pytest.mark.parametrize("slug", [TASK, WIDEST_TASK, QUESTION, "all-traffic-by-mistake"])
def test_no_letter_of_the_picture_stands_upon_another(visit: Callable[..., Visit], slug: str) -> None:
    learner = visit(viewport={"width": 320, "height": 700})
    learner.open(slug)
    learner.answer(slug, answers(slug, passing=False)[0])
    learner.answer(slug, answers(slug, passing=True)[0])
    for width in (320, 1280):
        learner.page.set_viewport_size({"width": width, "height": 900})
        count, pairs = learner.page.evaluate(_UPON_EACH_OTHER)
        assert count >= 9
        assert pairs == []


def test_without_a_script_the_way_leads_from_an_answer_to_the_lab_and_to_its_replay(
    visit: Callable[..., Visit],
) -> None:
    learner = visit(java_script_enabled=False)
    page = learner.page
    for label in ("100", "0", "50"):
        learner.open(TASK)
        page.get_by_label("Blank 1").select_option(label=label)
        learner.deploy.click()
    expect(page.locator(".learnt .change")).to_contain_text("traffic: 50")
    page.get_by_role("link", name="Your code, in").first.click()
    expect(page.locator("#script, [name=script]").first).to_contain_text("traffic_split=50")
    page.get_by_role("link", name="Your attempts").click()
    page.locator(".attempts a").first.click()
    expect(page.locator(".verdict .message")).to_contain_text("the same verdict as then")
    expect(page.locator(".code .blank")).to_contain_text("50")
