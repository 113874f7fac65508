"""A live run from its first frame to its end: by keyboard alone, by touch on a small phone, and without JavaScript."""

from collections.abc import Callable
from typing import Any

from playwright.sync_api import Page, expect

from tests.browser.stepping import PATH, frame, live
from tests.browser.visits import Visit

SMALL_PHONE: dict[str, Any] = {"viewport": {"width": 320, "height": 640}, "has_touch": True, "is_mobile": True}


def focused(page: Page) -> str:
    """The id, or else the class, of what has the focus."""
    return str(page.evaluate("() => document.activeElement.id || document.activeElement.className"))


def tab_to(page: Page, selector: str) -> None:
    """Press Tab until something has the focus."""
    for _ in range(40):
        if page.locator(f"{selector}:focus").count():
            return
        page.keyboard.press("Tab")
    raise AssertionError(f"Tab never came to {selector}")


def test_by_keyboard_alone(visit: Callable[..., Visit]) -> None:
    page, walked = visit().page, live("monday").walked
    page.goto(f"{PATH}?scenario=monday&frame=1")
    tab_to(page, "#stage")
    for number in range(2, walked.gates[0] + 1):
        page.keyboard.press("ArrowRight")
        expect(frame(page, number)).to_be_visible()
        assert focused(page) == "stage"
        expect(page.locator("#frame-said")).to_contain_text(f"to {2 * number}, ")
    page.keyboard.press("ArrowLeft")
    expect(frame(page, walked.gates[0] - 1)).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(page.locator("#frame-said")).to_contain_text("How will this release end?")
    tab_to(page, "#gate [type=radio]")
    page.keyboard.press("ArrowDown")
    expect(frame(page, walked.gates[0])).to_be_visible()
    page.keyboard.press("Enter")
    expect(frame(page, walked.gates[0] + 1)).to_be_visible()
    expect(page.locator("#frame-said")).to_contain_text("Kept: v2 is rolled back.")
    expect(page.locator(".kept-for-later:focus")).to_be_visible()
    tab_to(page, "button[name=unsure]")
    page.keyboard.press("Space")
    expect(frame(page, walked.gates[1] + 1)).to_be_visible()
    page.keyboard.press("ArrowRight")
    expect(frame(page, walked.gates[2])).to_be_visible()
    tab_to(page, "#answer")
    page.keyboard.type("12")
    page.keyboard.press("Enter")
    expect(frame(page, walked.decided)).to_be_visible()
    expect(page.locator("#runs")).to_contain_text("v2 begins to fail")
    tab_to(page, "#scrub")
    page.keyboard.press("End")
    expect(frame(page, walked.last)).to_be_visible()
    assert focused(page) == "scrub"
    assert page.url.endswith(f"?scenario=monday&frame={walked.last}")
    expect(page.locator("#ended")).to_contain_text("Close: 2 off")
    assert page.locator(".frames tbody tr").count() == walked.last


def test_by_touch_on_a_small_phone(visit: Callable[..., Visit]) -> None:
    page, walked = visit(**SMALL_PHONE).page, live("tuesday").walked
    page.goto(f"{PATH}?scenario=tuesday")
    for number in range(2, walked.gates[0] + 1):
        page.locator("#forward").tap()
        expect(frame(page, number)).to_be_visible()
    page.locator("#answer").tap()
    page.locator("#answer").fill("60")
    page.get_by_role("button", name="Predict and go on").tap()
    expect(frame(page, walked.gates[0] + 1)).to_be_visible()
    expect(page.locator(".foretold")).to_contain_text("57 off")
    page.locator("#scrub").fill(str(walked.gates[1]))
    expect(frame(page, walked.gates[1])).to_be_visible()
    page.get_by_text("Without a decision").tap()
    page.get_by_role("button", name="Predict and go on").tap()
    expect(frame(page, walked.gates[1] + 1)).to_be_visible()
    assert page.evaluate("() => document.documentElement.scrollWidth") == 320


def test_without_javascript(visit: Callable[..., Visit]) -> None:
    page, walked = visit(java_script_enabled=False).page, live("tuesday").walked
    page.goto(PATH)
    page.get_by_role("link", name="Tuesday's release").click()
    for number in range(2, walked.gates[0] + 1):
        page.locator("#forward").click()
        expect(frame(page, number)).to_be_visible()
    for gate, answer in enumerate(("5", "Without a decision", "")):
        if answer.isdecimal():
            page.locator("#answer").fill(answer)
        elif answer:
            page.get_by_label(answer).check()
        page.get_by_role("button", name="Predict and go on" if answer else "Not sure, show me").click()
        expect(frame(page, walked.gates[gate] + 1)).to_be_visible()
        if gate < 2:
            page.locator("#scrub").fill(str(walked.gates[gate + 1]))
            page.get_by_role("button", name="Show", exact=True).click()
            expect(frame(page, walked.gates[gate + 1])).to_be_visible()
    page.locator("#scrub").fill(str(walked.last))
    page.get_by_role("button", name="Show", exact=True).click()
    expect(page.locator("#ended")).to_contain_text("hardly anyone comes")
    page.get_by_role("link", name="Open this release in the lab").click()
    expect(page.locator("#ran")).to_contain_text("decision")


def test_the_slider_shows_frames_as_it_moves(visit: Callable[..., Visit]) -> None:
    page, walked = visit().page, live("thursday").walked
    page.goto(f"{PATH}?scenario=thursday")
    slider = page.locator("#scrub")
    slider.focus()
    for number in range(2, walked.gates[0] + 1):
        page.keyboard.press("ArrowRight")
        expect(frame(page, number)).to_be_visible()
        assert focused(page) == "scrub"
    page.keyboard.press("ArrowRight")
    assert slider.input_value() == str(walked.gates[0])
    page.locator("#back").click()
    expect(frame(page, walked.gates[0] - 1)).to_be_visible()
    expect(slider).to_have_value(str(walked.gates[0] - 1))
    page.go_back()
    expect(frame(page, walked.gates[0])).to_be_visible()
