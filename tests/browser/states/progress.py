"""What is kept of a learner: progress, and the list of attempts."""

from playwright.sync_api import expect

from tests.browser.states.items import LONGEST_QUESTION, QUESTION, REFUSING_TASK, TASK, after
from tests.browser.states.reaching import State, page_at
from tests.browser.visits import Visit
from tests.people import answers


def _progress(visit: Visit) -> None:
    """Progress after a right answer and a wrong one, with the evidence shown."""
    for slug, passing in ((TASK, True), (QUESTION, False)):
        visit.open(slug)
        visit.answer(slug, answers(slug, passing=passing)[0])
    visit.page.goto("/progress/")
    for summary in visit.page.locator("summary").filter(has_text="first answer").all():
        summary.click()
    expect(visit.page.locator(".evidence").first).to_be_visible()


def _history(replayed: bool) -> State:
    """The list of attempts after several kinds of them, or the one of a refused answer replayed."""

    def show(visit: Visit) -> None:
        after(TASK, False, False, True)(visit)
        after(LONGEST_QUESTION, True)(visit)
        after(REFUSING_TASK, False)(visit)
        visit.page.goto("/attempts/")
        if replayed:
            visit.page.locator(".attempts a").first.click()
            expect(visit.page.locator(".as-kept")).to_be_visible()

    return show


STATES: dict[str, State] = {
    "no progress": page_at("/progress/"),
    "progress": _progress,
    "no attempts": page_at("/attempts/"),
    "attempts": _history(replayed=False),
    "attempt replayed": _history(replayed=True),
}
