"""The project: its stages, judged, tried out and broken."""

from playwright.sync_api import expect

from tests.browser.states.reaching import State, page_at
from tests.browser.visits import Visit
from tests.browser.writing import write_at_stage
from tests.projects.scripts import project, text_of
from tests.projects.writing import page_of


def _stage(stage: str, text: str = "", *buttons: str) -> State:
    """A stage of the project, after these buttons were pressed with a text in the editor."""

    def show(visit: Visit) -> None:
        visit.page.goto(page_of(stage))
        if text:
            write_at_stage(visit, text)
        for button in buttons:
            with visit.page.expect_response(lambda response: response.request.method == "POST"):
                visit.page.get_by_role("button", name=button).click()
            expect(visit.page.locator("#stage :focus")).to_be_visible()

    return show


def _stage_in_two_tabs(visit: Visit) -> None:
    """The page without its script for a text that met a newer one: both are shown."""
    _stage("route", "newer = 1\n")(visit)
    visit.expect_complaints("409")
    visit.page.locator("#base").evaluate("(it) => { it.value = 0 }")
    visit.page.locator("#text").fill("mine = 2\n")
    visit.page.get_by_role("button", name="Judge", exact=True).click()
    expect(visit.page.locator(".set-aside textarea")).to_be_visible()


STATES: dict[str, State] = {
    "project": page_at("/project/canary-releases/"),
    "project stage not passed": _stage("route", text_of("route", "wrong", "not-nested"), "Hint 1", "Hint 2", "Judge"),
    "project stage that stopped": _stage("measure", "x = 1\nx = x / 0\n", "Try it out"),
    "project stage passed": _stage("route", project().reference("route"), "Judge"),
    "project release tried out": _stage("release", project().reference("release"), "Try it out"),
    "project release broken": _stage("release", text_of("release", "right", "recursive"), "Judge", "Search a dozen"),
    "project stage in two tabs": _stage_in_two_tabs,
}
