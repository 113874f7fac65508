"""Authoring in a browser: from signing in to a published task with its own scenario, by mouse and by keyboard."""

from collections.abc import Callable
from contextlib import suppress
from typing import Any

import pytest
from axe_playwright_python.sync_playwright import Axe
from playwright.sync_api import Page, expect

from tests.browser.visits import Visit
from tests.serving import Site

PASSWORD = "as-long-as-it-takes"
MOST_PRESSES = 260
FOCUSED = "() => document.activeElement?.id || document.activeElement?.value || ''"

_MAKE_BOSS = f"""
from django.contrib.auth.models import User
User.objects.filter(username="boss").exists() or User.objects.create_superuser("boss", password="{PASSWORD}")
"""

TASK = {
    "f-prompt": "Release v2 so that a bad one harms few users.",
    "f-template": "rollout_canary(model=⟦model⟧, traffic=⟦traffic⟧, duration=⟦duration⟧)",
    "f-options-0-fill": "'v2'",
    "f-options-1-fill": "10",
    "f-options-2-fill": "'1h'",
    "f-goals-0-name": "A bad v2 is rolled back",
    "f-hints-0": "Say of each blank what kind of value it takes.",
    "f-hints-1": "The name of a model, a share, a span of time.",
    "f-hints-2": "A kettle takes water, a power and a time.",
    "f-mistakes-0": "Giving a share where a time belongs.",
    "f-solution-0": "It was rolled back after {{%s: time_to_notice}}.",
    "f-quick_check": "A name, a number, a span of time.",
}
ROWS = ("options",)


class Mouse:
    """Somebody who clicks at what they want, and types."""

    def __init__(self, page: Page) -> None:
        self.page = page

    def write(self, place: str, text: str) -> None:
        """Type into a field."""
        self.page.locator(f"#{place}").click()
        self.page.locator(f"#{place}").fill(text)

    def choose(self, place: str, label: str) -> None:
        """Choose from a list."""
        self.page.locator(f"#{place}").select_option(label=label)

    def press(self, name: str) -> None:
        """Press a button, or follow a link."""
        self.page.locator(f"button:text-is('{name}'), a:text-is('{name}'), input[value='{name}']").first.click()


class Keys(Mouse):
    """Somebody who has no mouse."""

    def _reach(self, wanted: Callable[[], bool]) -> None:
        for _ in range(MOST_PRESSES):
            if wanted():
                return
            self.page.keyboard.press("Tab")
        raise AssertionError("the Tab key does not lead there")

    def write(self, place: str, text: str) -> None:
        self._reach(lambda: bool(self.page.evaluate(FOCUSED) == place))
        self.page.keyboard.press("Control+a")
        self.page.keyboard.insert_text(text)

    def choose(self, place: str, label: str) -> None:
        self._reach(lambda: bool(self.page.evaluate(FOCUSED) == place))
        self.page.keyboard.type(label)
        expect(self.page.locator(f"#{place} option:checked")).to_have_text(label)

    def press(self, name: str) -> None:
        text = "() => (document.activeElement?.textContent || document.activeElement?.value || '').trim()"
        tags = "() => ['A', 'BUTTON', 'INPUT'].includes(document.activeElement?.tagName)"
        self._reach(lambda: bool(self.page.evaluate(tags)) and self.page.evaluate(text) == name)
        self.page.keyboard.press("Enter")


HANDS = {"mouse": Mouse, "keys": Keys}


@pytest.fixture(scope="module")
def served_site(live_site: Callable[[str], Site]) -> Site:
    """A site of its own: what is published here would be met by other tests."""
    return live_site("sqlite")


@pytest.fixture
def author(visit: Callable[..., Visit], served_site: Site) -> Visit:
    """Somebody with all permissions, who is not signed in yet."""
    served_site.manage("shell", "-c", _MAKE_BOSS)
    return visit(viewport={"width": 1280, "height": 900})


def sign_in(author: Visit, path: str) -> None:
    """Sign in to the admin, and go somewhere."""
    page = author.page
    page.goto(f"/admin/login/?next={path}")
    page.locator("#id_username").fill("boss")
    page.locator("#id_password").fill(PASSWORD)
    with page.expect_navigation():
        page.locator("#id_password").press("Enter")


def _swapped(page: Page, act: Callable[[], None]) -> None:
    """Do something that fetches the editor anew, and wait for it."""
    with page.expect_response(lambda response: response.request.method == "POST"):
        act()
    with suppress(TimeoutError):
        page.wait_for_function("() => !document.querySelector('.htmx-request, .htmx-swapping, .htmx-settling')")


@pytest.mark.parametrize("way", HANDS)
def test_from_signing_in_to_a_published_task_with_three_blanks_and_its_own_scenario(author: Visit, way: str) -> None:
    page, hand, scene = author.page, HANDS[way](author.page), f"v2-fills-its-disk-by-{way}"
    sign_in(author, "/admin/authoring/scene/add/")
    title = f"v2 fills its disk by {way}"
    hand.write("f-title", title)
    hand.write("f-about", "v2 works for ten minutes. Then its disk is full, and it fails every tenth request.")
    expect(page.locator("#f-faults-0-rate")).to_be_hidden()
    hand.choose("f-faults-0-kind", "it fails more requests for a while")
    expect(page.locator("#f-faults-0-segment")).to_be_hidden()
    hand.choose("f-faults-0-on", "the canary")
    hand.write("f-faults-0-rate", "10%")
    hand.write("f-faults-0-since", "10m")
    page.keyboard.press("Tab")
    expect(page.locator("#live")).to_contain_text("v2 was rolled back")
    with page.expect_navigation():
        hand.press("Save")

    page.goto("/admin/authoring/draft/add/")
    hand.write("id_title", f"Release by {way}")
    hand.choose("id_from", "New task: fill the blanks of a script")
    with page.expect_navigation():
        hand.press("Begin")
    hand.choose("f-concept", "How far to open")
    for name in ROWS:
        button = page.locator(f"#f-{name}-add")
        if way == "keys":
            press = _enter_at(page, hand, f"f-{name}-add")
            _swapped(page, press)
        else:
            _swapped(page, button.click)
    for place, text in TASK.items():
        hand.write(place, text % scene if "%s" in text else text)
    hand.choose("f-scenarios-0", f"{title} ({scene})")
    hand.choose("f-goals-0-about", "how it ends: the release is rolled back")
    _swapped(page, lambda: hand.press("Save and prove"))
    expect(page.locator("#editor .mend")).to_have_count(0)
    expect(page.locator("#proof .level")).to_have_text("done", timeout=60_000)
    expect(page.locator("#proof")).to_contain_text("Proven: every one of 27 answers")
    expect(page.locator("#proof .passes")).to_have_count(1)
    with page.expect_navigation():
        hand.press("Publish it")
    with page.expect_navigation():
        page.locator("#publish-it").click() if way == "mouse" else _enter_at(page, hand, "publish-it")()
    expect(page.locator(".message").first).to_contain_text("Published as version 1")
    page.goto(f"/practice/release-by-{way}/")
    expect(page.locator("select.blank")).to_have_count(3)


def _enter_at(page: Page, hand: Mouse, place: str) -> Callable[[], None]:
    """Go to a button by Tab alone, and press it when called."""
    assert isinstance(hand, Keys)
    hand._reach(lambda: bool(page.evaluate("() => document.activeElement?.id") == place))
    return lambda: page.keyboard.press("Enter")


def test_a_blank_is_inserted_at_the_cursor_and_the_code_is_coloured_beside(author: Visit) -> None:
    page = author.page
    sign_in(author, "/admin/authoring/draft/add/")
    page.locator("#id_title").fill("Blanks at the cursor")
    page.locator("#id_from").select_option("new:task")
    with page.expect_navigation():
        page.get_by_role("button", name="Begin").click()
    box = page.locator("#f-template")
    box.fill("set_weight()")
    box.evaluate("(it) => it.setSelectionRange(11, 11)")
    page.get_by_role("button", name="Insert a blank").click()
    expect(box).to_have_value("set_weight(⟦blank1⟧)")
    page.keyboard.insert_text("share")
    expect(box).to_have_value("set_weight(⟦share⟧)")
    expect(page.locator("#coloured .gap")).to_have_text("share")
    page.keyboard.press("Control+z")
    expect(box).to_have_value("set_weight(⟦blank1⟧)")


def test_rows_are_moved_by_drag_and_by_keys(author: Visit) -> None:
    page = author.page
    sign_in(author, "/admin/authoring/draft/add/")
    page.locator("#id_title").fill("Rows that move")
    page.locator("#id_from").select_option("starter:one-blank")
    with page.expect_navigation():
        page.get_by_role("button", name="Begin").click()
    first, second = page.locator("#f-options-0-fill"), page.locator("#f-options-1-fill")
    expect(first).to_have_value("10")
    second.focus()
    _swapped(page, lambda: page.keyboard.press("Alt+ArrowUp"))
    expect(first).to_have_value("48")
    expect(page.locator("#f-options-0")).to_be_focused()
    row, last = page.locator("#f-options-0"), page.locator("#f-options-3")
    page.locator("#f-options-0").evaluate("(it) => it.scrollIntoView({ block: 'center' })")
    begin, end = row.bounding_box(), last.bounding_box()
    assert begin is not None
    assert end is not None
    page.mouse.move(begin["x"] + 2, begin["y"] + 5)
    page.mouse.down()
    page.mouse.move(begin["x"] + 2, begin["y"] + 30)
    page.mouse.move(begin["x"] + 2, end["y"] + end["height"] - 2, steps=4)
    _swapped(page, page.mouse.up)
    expect(page.locator("#f-options-3-fill")).to_have_value("48")
    expect(page.locator("#unsaved")).to_have_text("Not saved yet.")
    page.on("dialog", lambda dialog: dialog.accept())
    page.goto("/")


STARTER = "starter:three-blanks"


def _draft(page: Page, title: str) -> str:
    page.goto("/admin/authoring/draft/add/")
    page.locator("#id_title").fill(title)
    page.locator("#id_from").select_option(STARTER)
    with page.expect_navigation():
        page.get_by_role("button", name="Begin").click()
    return page.url.partition("change/")[0]


def _faults(page: Page, options: dict[str, Any] | None = None) -> str:
    found = Axe().run(page, options={"resultTypes": ["violations"], **(options or {})})
    told = [(one["id"], [node["html"][:200] for node in one["nodes"]]) for one in found.response["violations"]]
    return str(told) if told else ""


def test_the_pages_of_authors_can_be_read_by_all(author: Visit) -> None:
    page = author.page
    sign_in(author, "/admin/authoring/draft/add/")
    page.on("dialog", lambda dialog: dialog.accept())
    author.expect_complaints("422")
    address = _draft(page, "To be looked at")

    def wrong() -> None:
        page.goto(f"{address}change/")
        page.locator("#f-goals-1-value").fill("20")
        _swapped(page, page.get_by_role("button", name="Save and prove").click)
        expect(page.locator(".mend")).to_be_visible()

    def right(state: str) -> Callable[[], None]:
        def show() -> None:
            page.goto(f"{address}change/")
            page.locator("#f-goals-1-value").fill("20%")
            page.locator("#f-concept").select_option("exposure")
            _swapped(page, page.locator(f"#show-{state}").click)
            expect(page.locator(".as-learner")).to_be_visible()

        return show

    def proven() -> None:
        page.goto(f"{address}change/")
        page.locator("#f-goals-1-value").fill("20%")
        page.locator("#f-concept").select_option("exposure")
        _swapped(page, page.get_by_role("button", name="Save and prove").click)
        expect(page.locator("#proof .level")).to_have_text("done", timeout=60_000)

    def unnamed() -> None:
        page.goto("/admin/authoring/scene/add/")
        _swapped(page, page.locator("#do-save").click)
        expect(page.locator(".mend")).to_be_visible()

    shows: tuple[Callable[[], object], ...] = (
        lambda: page.goto("/admin/"),
        lambda: page.goto("/admin/authoring/draft/"),
        lambda: page.goto("/admin/authoring/draft/add/"),
        lambda: page.goto(f"{address}change/"),
        lambda: page.goto(f"{address}publish/"),  # with the reason against it
        wrong,
        right("solved"),
        proven,
        lambda: page.goto(f"{address}change/?as=yaml"),
        lambda: page.goto(f"{address}proof/"),
        lambda: page.goto(f"{address}publish/"),
        lambda: page.goto(f"{address}history/"),
        lambda: page.goto("/admin/authoring/scene/add/"),
        unnamed,
    )
    for show in shows:
        show()
        page.evaluate("() => { for (const it of document.querySelectorAll('details')) it.open = true }")
        assert _faults(page) == "", page.url
        page.emulate_media(color_scheme="dark")
        page.evaluate("() => Promise.all(document.getAnimations().map((one) => one.finished))")  # Django's list fades
        assert _faults(page, {"runOnly": ["color-contrast"]}) == "", page.url
        page.emulate_media(color_scheme="light")
        for width, letters in ((320, "100%"), (640, "200%"), (320, "200%")):
            page.set_viewport_size({"width": width, "height": 700})
            page.evaluate("(size) => { document.documentElement.style.fontSize = size }", letters)
            wide = page.evaluate("() => document.documentElement.scrollWidth - innerWidth")
            assert wide <= 0, f"{page.url} is {wide} px too wide at {width} px, letters at {letters}"
        page.set_viewport_size({"width": 1280, "height": 900})
        page.evaluate("() => { document.documentElement.style.fontSize = '' }")


def test_all_of_it_works_without_a_script(visit: Callable[..., Visit], served_site: Site) -> None:
    served_site.manage("shell", "-c", _MAKE_BOSS)
    author = visit(java_script_enabled=False)
    page = author.page
    sign_in(author, "/admin/authoring/draft/add/")
    address = _draft(page, "Without a script")
    page.locator("#f-concept").select_option("exposure")
    page.locator("#f-mistakes-add").click()
    page.locator("#f-mistakes-1").fill("Another mistake.")
    page.locator("button[value='up:mistakes.1']").click()
    expect(page.locator("#f-mistakes-0")).to_have_value("Another mistake.")
    page.get_by_role("button", name="Insert a blank").click()
    expect(page.locator("#f-template")).to_have_value(
        "rollout_canary(model=⟦model⟧, traffic=⟦traffic⟧, duration=⟦duration⟧)⟦blank1⟧\n"
    )
    page.locator("#f-template").fill("rollout_canary(model=⟦model⟧, traffic=⟦traffic⟧, duration=⟦duration⟧)\n")
    page.locator("#show-wrong").click()
    expect(page.locator(".as-learner .verdict")).to_be_visible()
    page.get_by_role("button", name="Save and prove").click()
    expect(page.locator("#proof")).to_be_visible()
    for _ in range(60):
        page.goto(f"{address}proof/")
        if page.locator("#proof .level").inner_text() == "done":
            break
        page.wait_for_timeout(500)
    page.get_by_role("link", name="Publish it").click()
    page.locator("#publish-it").click()
    expect(page.locator(".message").first).to_contain_text("Published as version 1")
