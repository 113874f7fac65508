"""The challenge: an incident in every state, and the badge for all of them."""

from playwright.sync_api import expect

from tests.browser.incidents import answer_incident, start_incident
from tests.browser.states.reaching import State, page_at
from tests.browser.visits import Visit
from tests.challenge.helping import INCIDENTS, LIST, ORDER, QUESTION, answers, path_of


def _incident(slug: str, *outcomes: bool, speed: str = "1") -> State:
    """An incident that was started, after answers that passed or did not."""

    def show(visit: Visit) -> None:
        start_incident(visit, slug, speed)
        wrong = list(answers(slug, passing=False))
        for passing in outcomes:
            answer_incident(visit, slug, answers(slug, passing=True)[0] if passing else wrong.pop(0))

    return show


def _incident_ran_out(visit: Visit) -> None:
    visit.page.clock.install()
    _incident(QUESTION)(visit)
    visit.page.clock.run_for(200_000)
    expect(visit.page.locator(".clock.over")).to_be_visible()


def _incident_not_started(visit: Visit) -> None:
    visit.expect_complaints("405")
    visit.page.goto(f"{path_of(QUESTION)}start/")


def _badge(visit: Visit) -> None:
    for slug in INCIDENTS:
        _incident(slug, True, speed="off")(visit)
    visit.page.goto(LIST)
    visit.page.get_by_role("button", name="Make my badge").click()
    visit.page.get_by_label("Everyone who has the address").check()
    visit.page.get_by_label("Show this name").check()
    visit.page.get_by_label("Name", exact=True).fill("Ada")
    visit.page.get_by_role("button", name="Keep this").click()
    expect(visit.page.locator(".lead")).to_contain_text("By Ada")


STATES: dict[str, State] = {
    "challenge": page_at(LIST),
    "incident to start": page_at(path_of(QUESTION)),
    "incident asked for wrongly": _incident_not_started,
    "incident": _incident(QUESTION),
    "incident to put in order": _incident(ORDER),
    "incident out of time": _incident_ran_out,
    "incident missed": _incident(QUESTION, False, False, speed="2"),
    "incident in order": _incident(ORDER, False, True),
    "badge": _badge,
}
