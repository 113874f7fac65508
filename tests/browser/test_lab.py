"""The lab in a browser: by keyboard, without JavaScript, back and forth, and when something goes wrong."""

from collections.abc import Callable

import pytest
from playwright.sync_api import Page, expect

from tests.browser.states import NO_CONNECTION, fill_in_lab, run_in_lab
from tests.browser.test_ways_of_answering import PHONE
from tests.browser.visits import Visit

MOST_PRESSES = 40


@pytest.fixture
def learner(visit: Callable[..., Visit]) -> Visit:
    """Somebody who has just opened the lab."""
    begun = visit()
    begun.page.goto("/lab/")
    return begun


def test_a_plan_is_made_and_run_by_keyboard_alone(learner: Visit) -> None:
    page, keys = learner.page, learner.page.keyboard
    _tab_to(page, "summary")
    keys.press("Enter")
    _tab_to(page, "[name=scenario]")
    keys.press("ArrowDown")
    expect(page.locator(".chosen b")).to_have_text("v2 is fine")
    expect(page.locator(".chosen span")).to_contain_text("fails 0.5 %")
    _tab_to(page, "[name=way]")
    _tab_to(page, "[name=weight_1]")
    keys.type("30")
    _tab_to(page, "[name=hold_3]")
    keys.type("40m")
    _tab_to(page, "[name=decides]")
    _tab_to(page, "[name=routing]")
    keys.press("ArrowDown")
    expect(page.locator("[name=routing][value=per-request]")).to_be_checked()
    _tab_to(page, ".primary")
    keys.press("Enter")
    expect(page.locator("#ending")).to_be_focused()
    expect(page.locator("#ending")).to_contain_text("Promoted")
    expect(page.locator("[name=weight_1]")).to_have_value("30")
    assert "/lab/?p=" in page.url


def test_enter_in_a_field_runs_the_plan(learner: Visit) -> None:
    learner.page.locator("[name=weight_1]").press("Enter")
    expect(learner.page.locator("#ending")).to_be_focused()


@pytest.mark.parametrize("options", [{}, PHONE], ids=["wide", "phone"])
def test_the_run_is_heard_and_seen(visit: Callable[..., Visit], options: dict[str, object]) -> None:
    learner = visit(**options)
    learner.page.goto("/lab/")
    run_in_lab(learner)
    expect(learner.page.locator("#ending")).to_be_focused()
    expect(learner.page.locator("#ending")).to_be_in_viewport(ratio=0.9)


def test_everything_works_without_javascript(visit: Callable[..., Visit]) -> None:
    learner = visit(java_script_enabled=False)
    page = learner.page
    page.goto("/lab/")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator("#ending")).to_contain_text("Rolled back")
    expect(page.locator("#ending")).to_be_focused()
    page.get_by_text("Another scenario").click()
    page.locator("[name=scenario][value$='/v2-is-fine']").check()
    # What was true before is told no longer, and what is true now is.
    expect(page.locator(".chosen")).to_be_hidden()
    expect(page.locator(".pick:has(:checked) .about")).to_be_visible()
    page.locator("[name=weight_1]").fill("25")
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".beside")).to_be_visible()
    learner.expect_complaints("422")
    page.locator("[name=hold_1]").fill("soon")
    page.get_by_role("button", name="Run", exact=True).click()
    page.get_by_role("link", name="'soon' is not a duration").click()
    expect(page.locator("[name=hold_1]")).to_be_in_viewport()
    page.locator("[name=way][value=script]").check()
    expect(page.locator("#id_script")).to_be_visible()
    expect(page.locator("[name=weight_1]")).to_be_hidden()
    page.get_by_role("button", name="Run", exact=True).click()
    expect(page.locator(".printed")).to_contain_text("fail on v2")


def test_fields_appear_with_the_choice_that_needs_them(learner: Visit) -> None:
    page = learner.page
    for name, value, field in (
        ("decides", "checks", "metric_1"),
        ("decides", "failed-checks", "threshold"),
        ("routing", "pods", "replicas"),
        ("way", "manifest", "manifest"),
        ("way", "script", "script"),
    ):
        expect(page.locator(f"[name={field}]")).to_be_hidden()
        fill_in_lab(learner, name, value)
        expect(page.locator(f"[name={field}]")).to_be_visible()


def test_another_way_of_writing_keeps_what_stands_in_the_first(learner: Visit) -> None:
    fill_in_lab(learner, "way", "script")
    fill_in_lab(learner, "script", "hold('10m')\nrollback()  # mine")
    fill_in_lab(learner, "way", "form")
    run_in_lab(learner)
    fill_in_lab(learner, "way", "script")
    run_in_lab(learner)
    expect(learner.page.locator("#id_script")).to_have_value("hold('10m')\nrollback()  # mine")
    expect(learner.page.locator("#ending")).to_contain_text("Rolled back")


def test_errors_go_away_when_they_are_mended(learner: Visit) -> None:
    page = learner.page
    learner.expect_complaints("422")
    page.evaluate("() => { document.getElementById('id_script').style.height = '300px' }")
    fill_in_lab(learner, "hold_1", "soon")
    fill_in_lab(learner, "seed", "-1")
    page.locator("#plan").evaluate("(form) => { form.noValidate = true }")
    run_in_lab(learner)
    expect(page.locator(".problems li")).to_have_count(2)
    expect(page.locator("[aria-invalid]")).to_have_count(2)
    page.locator(".problems a").first.press("Enter")
    fill_in_lab(learner, "hold_1", "10m")
    fill_in_lab(learner, "seed", "1")
    run_in_lab(learner)
    expect(page.locator("#ending")).to_be_visible()
    expect(page.locator(".errorlist, [aria-invalid]")).to_have_count(0)


def test_going_back_shows_the_run_before(learner: Visit) -> None:
    page = learner.page
    run_in_lab(learner)
    first, figures = page.url, page.locator(".figures").inner_text()
    fill_in_lab(learner, "weight_1", "50")
    run_in_lab(learner)
    assert page.url != first
    page.go_back()
    expect(page.locator(".figures")).to_have_text(figures, use_inner_text=True)
    expect(page.locator("[name=weight_1]")).to_have_value("5")
    assert page.url == first
    run_in_lab(learner)
    expect(page.locator("#ending")).to_be_visible()


def test_the_address_is_all_that_somebody_else_needs(learner: Visit, visit: Callable[..., Visit]) -> None:
    fill_in_lab(learner, "way", "script")
    run_in_lab(learner)
    address = learner.page.get_by_role("link", name="The address of this plan").get_attribute("href")
    other = visit()
    other.page.goto(address or "")
    expect(other.page.locator("#ending")).to_have_text(
        learner.page.locator("#ending").inner_text(), use_inner_text=True
    )
    expect(other.page.locator("#id_script")).to_have_value(learner.page.locator("#id_script").input_value())


def test_a_lost_connection_keeps_what_was_filled_in(learner: Visit) -> None:
    learner.expect_complaints(*NO_CONNECTION)
    fill_in_lab(learner, "weight_1", "7")
    learner.page.context.set_offline(True)
    learner.page.get_by_role("button", name="Run", exact=True).click()
    expect(learner.page.get_by_role("alert")).to_contain_text("What you filled in is kept")
    learner.page.context.set_offline(False)
    run_in_lab(learner)
    expect(learner.page.locator("#ending")).to_be_visible()
    expect(learner.page.get_by_role("alert")).to_have_count(0)
    expect(learner.page.locator("[name=weight_1]")).to_have_value("7")


def test_a_fault_of_the_server_is_told_of(learner: Visit) -> None:
    learner.expect_complaints("503", "Response Status Error")
    learner.page.route("**/lab/", lambda route: route.fulfill(status=503, body="<h1>Broken</h1>"), times=1)
    learner.page.get_by_role("button", name="Run", exact=True).click()
    expect(learner.page.get_by_role("alert")).to_contain_text("could not answer")


def _tab_to(page: Page, selector: str) -> None:
    for _ in range(MOST_PRESSES):
        page.keyboard.press("Tab")
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
    raise AssertionError(f"{selector} cannot be reached with the Tab key")
