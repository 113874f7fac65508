"""The pages to read: their questions, the live runs, the calculator of costs."""

from playwright.sync_api import expect

from tests.browser.states.reaching import State, page_at
from tests.browser.stepping import PATH as LIVE_RUNS
from tests.browser.stepping import live, predict
from tests.browser.visits import Visit


def _lesson(mode: str, *questions: str) -> State:
    """A page to read, after an answer to each of these questions."""

    def show(visit: Visit) -> None:
        visit.page.goto(f"/topics/canary-releases/{mode}/")
        for question in questions:
            asked = visit.page.locator(f"#{question}")
            asked.get_by_role("radio").first.check()
            asked.get_by_role("button", name="Run it").click()
            expect(asked.locator(".verdict :focus")).to_be_visible()

    return show


def _lesson_left_empty(visit: Visit) -> None:
    _lesson("why")(visit)
    visit.expect_complaints("422")
    visit.page.locator("#a-small-group").get_by_role("button", name="Run it").click()
    expect(visit.page.locator("#a-small-group .message")).to_be_visible()


def _live_run(*answers: str, end: bool = False) -> State:
    """The first live run after these predictions, or at its end after them."""

    def show(visit: Visit) -> None:
        for gate, answer in enumerate(answers):
            predict(visit.page, "monday", gate, answer)
        if end:
            visit.page.goto(f"{LIVE_RUNS}?scenario=monday&frame={live('monday').walked.last}")

    return show


def _live_run_left_empty(visit: Visit) -> None:
    visit.page.goto(f"{LIVE_RUNS}?scenario=tuesday&frame={live('tuesday').walked.gates[0]}")
    visit.expect_complaints("422")
    visit.page.get_by_role("button", name="Predict and go on").click()
    expect(visit.page.locator("#gate .message")).to_be_visible()


def _calculator_with_errors(visit: Visit) -> None:
    _lesson("cost")(visit)
    visit.page.get_by_label("v2 fails").fill("0.5")
    visit.page.get_by_role("button", name="Work it out").click()
    expect(visit.page.locator("#calculator .errorlist")).to_be_visible()


STATES: dict[str, State] = {
    "introduction": _lesson("introduction", "what-a-small-group-buys"),
    "why": _lesson("why"),
    "why with answers": _lesson("why", "everyone-at-once", "a-small-group"),
    "why left empty": _lesson_left_empty,
    "deep dive": _lesson("deep-dive", "what-share", "which-metric"),
    "live runs": page_at(LIVE_RUNS),
    "live run at a gate left empty": _live_run_left_empty,
    "live run after a prediction": _live_run("promoted"),
    "live run at its end": _live_run("promoted", "", "40", end=True),
    "cost": _lesson("cost"),
    "cost with errors": _calculator_with_errors,
}
