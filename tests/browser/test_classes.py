"""A class from its making to a replayed attempt, in two browsers; every page read by all, and on a narrow phone."""

from collections.abc import Callable

from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.states import sign_up_in_browser
from tests.browser.visits import Visit
from tests.people import TASK, answers
from tests.serving import Site

PASSWORD = "as-long-as-it-takes"

_MAKE = f"""
from django.contrib.auth.models import Group, User
teacher = User.objects.create_user("turing", "turing@example.org", "{PASSWORD}", is_staff=True)
teacher.groups.add(Group.objects.get(name="instructor"))
"""

_STICKING_OUT = """() => [...document.querySelectorAll('main *')].filter((it) => {
  const box = it.getBoundingClientRect();
  return box.width > 0 && box.right > innerWidth + 1
    && !it.closest('.scroll, .vh, .code, .chart, .stacked thead, .printed pre');
}).map((it) => `${it.tagName}.${it.className}`)"""


def reads_well(page: Page) -> None:
    """Axe finds nothing, in light and dark, and nothing sticks out on a narrow phone or with large letters."""
    page.evaluate("() => { for (const it of document.querySelectorAll('main details')) it.open = true }")
    for scheme in ("light", "dark"):
        page.emulate_media(color_scheme=scheme)
        found = Axe().run(page, options={"resultTypes": ["violations"]})
        assert not found.violations_count, f"{page.url}, {scheme}: {found.generate_report()}"
    for width, letters in ((320, "100%"), (320, "200%"), (1280, "100%")):
        page.set_viewport_size({"width": width, "height": 700})
        page.evaluate("(size) => { document.documentElement.style.fontSize = size }", letters)
        where = f"{page.url}, {width} px wide, letters at {letters}"
        assert page.evaluate(_STICKING_OUT) == [], where
        assert page.evaluate("() => document.documentElement.scrollWidth - innerWidth") <= 0, where
    page.evaluate("() => document.documentElement.removeAttribute('style')")


def test_a_class_is_made_joined_asked_and_seen(served_site: Site, visit: Callable[..., Visit]) -> None:
    served_site.manage("shell", "-c", _MAKE)
    teaching, learning = visit(), visit()
    page, theirs = teaching.page, learning.page
    page.goto("/admin/login/?next=/teach/")
    page.locator("#id_username").fill("turing")
    page.locator("#id_password").fill(PASSWORD)
    page.keyboard.press("Enter")
    teaching.expect_complaints("422")
    page.get_by_label("Name of the class").fill("Releases 101")
    page.get_by_role("button", name="Make the class").press("Enter")
    expect(page.locator(".errorlist")).to_be_visible()
    reads_well(page)
    page.get_by_label("Canary").press("Space")
    page.get_by_role("button", name="Make the class").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Releases 101")).to_be_visible()
    code = page.locator(".join-code").inner_text()
    page.get_by_role("link", name="New assignment").press("Enter")
    page.get_by_label("Title").fill("Week 1")
    page.get_by_label("Due").fill("2020-01-01T10:00")
    page.locator(f"[value='item:{TASK}']").press("Space")
    reads_well(page)
    page.get_by_role("button", name="Keep it").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Week 1")).to_be_visible()

    theirs.goto(f"/classes/join/{code}/")
    expect(theirs.get_by_role("link", name="Sign in and come back")).to_be_visible()
    reads_well(theirs)
    sign_up_in_browser(learning)
    learning.open(TASK)
    learning.answer(TASK, answers(TASK, passing=False)[0])
    theirs.goto("/classes/")
    learning.expect_complaints("404")
    theirs.get_by_label("Code").fill("NOSUCHCO")
    theirs.keyboard.press("Enter")
    expect(theirs.locator(".errorlist")).to_be_visible()
    theirs.get_by_label("Code").fill(code.lower())
    theirs.keyboard.press("Enter")
    theirs.get_by_label("Your name in this class").fill("Ada")
    reads_well(theirs)
    theirs.get_by_role("button", name="Join").press("Enter")
    expect(theirs.locator(".late")).to_have_text("late")
    reads_well(theirs)
    theirs.goto("/topics/canary-releases/")
    expect(theirs.locator(".due-work")).to_contain_text("Week 1")

    page.reload()
    reads_well(page)
    page.get_by_role("link", name="Releases 101").press("Enter")
    reads_well(page)
    page.get_by_role("link", name="Progress, and who is stuck").press("Enter")
    expect(page.get_by_role("heading", level=1, name="Progress")).to_be_visible()
    reads_well(page)
    page.get_by_role("link", name="Ada").first.press("Enter")
    expect(page.get_by_role("heading", level=1, name="Ada")).to_be_visible()
    reads_well(page)
    page.locator(".attempts a").first.press("Enter")
    expect(page.locator(".replay .as-kept")).to_be_visible()
    reads_well(page)
    page.go_back()
    page.get_by_label("Clock of the challenge").select_option("100")
    page.get_by_role("button", name="Keep it").press("Enter")
    expect(page.get_by_label("Clock of the challenge")).to_have_value("100")
    theirs.goto("/classes/")
    theirs.get_by_role("button", name="Leave").press("Enter")
    expect(theirs.get_by_role("status")).to_contain_text("You have left")
