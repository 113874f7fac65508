"""The lab: after runs, with errors, and closed."""

from playwright.sync_api import expect

from tests.browser.states.items import TASK
from tests.browser.states.reaching import State, page_at
from tests.browser.visits import Visit
from tests.people import answers


def run_in_lab(visit: Visit) -> None:
    """Press Run and wait for what came of it."""
    with visit.page.expect_response(lambda response: "/lab/" in response.url and response.status != 303):
        visit.page.get_by_role("button", name="Run", exact=True).click()
    expect(visit.page.locator("#ran :focus")).to_be_visible()


def fill_in_lab(visit: Visit, name: str, value: str) -> None:
    """Fill in a field of the lab, whatever kind it is."""
    field = visit.page.locator(f"#plan [name={name}]")
    if field.first.get_attribute("type") == "radio":
        visit.page.locator(f"#plan [name={name}][value='{value}']").check()
    else:
        field.fill(value)


def _lab(**fields: str) -> State:
    """The lab after one run of what it begins with, and another after these fields were filled in."""

    def show(visit: Visit) -> None:
        visit.page.goto("/lab/")
        run_in_lab(visit)
        for name, value in fields.items():
            fill_in_lab(visit, name, value)
        if fields:
            run_in_lab(visit)

    return show


def _lab_with_errors(visit: Visit) -> None:
    visit.page.goto("/lab/")
    visit.expect_complaints("422")
    fill_in_lab(visit, "decides", "checks")
    fill_in_lab(visit, "routing", "pods")
    for name in ("weight_2", "value_1", "replicas"):
        fill_in_lab(visit, name, "")
    run_in_lab(visit)


def _lab_closed(visit: Visit) -> None:
    visit.page.goto("/lab/")
    run_in_lab(visit)
    address = visit.page.url
    visit.open(TASK)
    visit.answer(TASK, answers(TASK, passing=False)[0])
    visit.expect_complaints("403")
    visit.page.goto(address)


STATES: dict[str, State] = {
    "lab": page_at("/lab/"),
    "lab with a run": _lab(),
    "lab with a run beside the one before": _lab(weight_1="50", hold_2="1h"),
    "lab with a script": _lab(way="script"),
    "lab with a manifest": _lab(way="manifest"),
    "lab that refuses a manifest": _lab(way="manifest", manifest="kind: Rollout\napiVersion: argoproj.io/v1alpha1"),
    "lab with errors": _lab_with_errors,
    "lab that is closed": _lab_closed,
}
