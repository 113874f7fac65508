"""The test: its questions, and every verdict it can come to."""

from playwright.sync_api import expect

from tests.browser import sitting
from tests.browser.states.reaching import State, page_at
from tests.browser.visits import Visit


def _test(*passing: bool, then: str = "") -> State:
    """The test after these answers, passing or not; then the address `then`, if any, of the test or of its result."""

    def show(visit: Visit) -> None:
        sitting.begin(visit.page)
        sitting.sit_so_that(visit.page, *passing)
        if then == "end":
            visit.page.goto(f"{sitting.TEST}end/")
            visit.page.get_by_role("button", name="End the test").click()
            expect(visit.page.locator(".said")).to_be_visible()
        elif then:
            visit.page.goto(f"{visit.page.url}{then}")

    return show


STATES: dict[str, State] = {
    "test": page_at(sitting.TEST),
    "test question": _test(),
    "test not decided": _test(*[True] * 8, False, False),
    "test ended early": _test(True, False, then="end"),
    "test verdict strong": _test(*[True] * 10),
    "test verdict not yet": _test(*[False] * 10),
    "test verdict explained": _test(*[False] * 10, then="1/"),
}
