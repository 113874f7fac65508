"""What learners make of the questions, in a browser: read by all, on a narrow phone, with the keyboard."""

from collections.abc import Callable
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.visits import Visit
from tests.people import QUESTION, answers
from tests.serving import Site

PASSWORD = "as-long-as-it-takes"

_MAKE = f"""
from django.contrib.auth.models import Group, User
from tests.reports.crowd import a_class
if not User.objects.filter(username="ines").exists():
    teacher = User.objects.create_user("ines", password="{PASSWORD}", is_staff=True)
    teacher.groups.add(Group.objects.get_or_create(name="instructor")[0])
    a_class()
"""


@pytest.fixture(scope="module")
def site(served_site: Site) -> Site:
    """A site with an instructor and a class that has answered."""
    served_site.manage("shell", "-c", _MAKE)
    return served_site


def faults(page: Page, options: dict[str, Any] | None = None) -> str:
    """What axe finds."""
    found = Axe().run(page, options={"resultTypes": ["violations"], **(options or {})})
    return str(found.generate_report()) if found.violations_count else ""


def reads_well(page: Page) -> None:
    """Axe finds nothing, in light and dark, and nothing scrolls sideways on a narrow phone or with large letters."""
    page.evaluate("() => { for (const it of document.querySelectorAll('details')) it.open = true }")
    assert faults(page) == ""
    page.emulate_media(color_scheme="dark")
    assert faults(page, {"runOnly": ["color-contrast"]}) == ""
    page.emulate_media(color_scheme="light")
    for width, letters in ((320, "100%"), (640, "200%"), (1280, "100%")):
        page.set_viewport_size({"width": width, "height": 700})
        page.evaluate("(size) => { document.documentElement.style.fontSize = size }", letters)
        wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
        assert wide <= 0, f"{page.url}, {width} px wide, letters at {letters}"


def test_an_instructor_finds_out_why_an_answer_is_picked(site: Site, visit: Callable[..., Visit]) -> None:
    learner = visit()
    learner.open(QUESTION)
    learner.answer(QUESTION, answers(QUESTION, passing=False)[0])
    learner.page.get_by_role("link", name="Something is wrong with this question").click()
    learner.page.get_by_label("The verdict is wrong").check()
    learner.page.get_by_label("Say it in your own words").fill("It should pass.")
    learner.page.get_by_role("button", name="Send the report").click()
    expect(learner.page.get_by_text("Nobody has replied yet.")).to_be_visible()

    teacher = visit()
    page = teacher.page
    page.goto("/admin/login/?next=/teach/items/")
    page.locator("#id_username").fill("ines")
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    expect(page.get_by_role("heading", level=1, name="What learners make of the questions")).to_be_visible()
    reads_well(page)
    page.get_by_role("navigation", name="Sort by").get_by_role("link", name="First try").press("Enter")
    expect(page.locator("th[aria-sort=descending]")).to_have_text("First try")
    page.goto(f"/teach/items/{QUESTION}/")
    reads_well(page)
    wrong = "ABCD"[next(iter(answers(QUESTION, passing=False)[0].values()))]
    page.get_by_role("link", name=f"Why do they pick {wrong}?").press("Enter")
    expect(page.get_by_role("heading", level=1)).to_have_text(f"Why do they pick {wrong}?")
    expect(page.locator(".run-beside > section")).to_have_count(2)
    reads_well(page)
    page.get_by_role("navigation", name="Teach").get_by_role("link", name="Misconceptions").press("Enter")
    expect(page.locator(".beliefs > li").first).to_be_visible()
    reads_well(page)

    page.get_by_role("navigation", name="Teach").get_by_role("link", name="Exchange").press("Enter")
    page.get_by_label("Give v2 its first users").press("Space")
    page.get_by_role("button", name="What does it not carry?").press("Enter")
    expect(page.get_by_role("status")).to_contain_text("come back with the mark alone")
    reads_well(page)
    page.get_by_role("navigation", name="Teach").get_by_role("link", name="Reports").press("Enter")
    reads_well(page)
    page.locator(".report-list a").last.press("Enter")
    reads_well(page)
    page.get_by_label("Reply").fill("It is mended in version 2.")
    page.get_by_role("button", name="Send the reply").press("Enter")
    expect(page.get_by_role("status")).to_have_text("Kept.")
    page.get_by_role("navigation", name="Teach").get_by_role("link", name="Log").press("Enter")
    expect(page.locator(".report-list")).to_contain_text("answered a report")
    reads_well(page)
    learner.page.reload()
    expect(learner.page.locator(".reply")).to_contain_text("It is mended in version 2.")
