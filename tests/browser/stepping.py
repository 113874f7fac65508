"""Stepping through a live run in a browser."""

from playwright.sync_api import Locator, Page, expect

from canarylearn.lessons.walking import Live, live_runs

PATH = "/topics/canary-releases/visualise/"


def live(slug: str) -> Live:
    """A live run, as the site has it."""
    return live_runs("canary-releases")[slug]


def frame(page: Page, number: int) -> Locator:
    """A frame, once it is on the page."""
    return page.locator(f"#frame[data-frame='{number}']")


def predict(page: Page, slug: str, gate: int, answer: str) -> None:
    """Go to a gate (from 0) and predict there; an empty answer asks to be shown."""
    at = live(slug).walked.gates[gate]
    page.goto(f"{PATH}?scenario={slug}&frame={at}")
    if answer:
        option = page.locator(f"#gate [name=answer][value='{answer}']")
        option.check() if option.count() else page.locator("#answer").fill(answer)
    page.get_by_role("button", name="Predict and go on" if answer else "Not sure, show me").click()
    expect(frame(page, at + 1)).to_be_visible()
