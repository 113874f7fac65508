"""The challenge in a browser: an incident is started, and its lines are put in order in every way."""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect

from canarylearn.items import Answer
from tests.browser.visits import Visit
from tests.challenge.helping import ORDER, path_of
from tests.people import chosen
from tests.topics import curriculum


def start_incident(visit: Visit, slug: str, speed: str = "1") -> None:
    """Open an incident and press Start."""
    visit.page.goto(path_of(slug))
    visit.page.locator(f"input[name=speed][value='{speed}']").check()
    visit.page.get_by_role("button", name="Start").click()
    expect(visit.deploy).to_be_visible()


def answer_incident(visit: Visit, slug: str, answer: Answer) -> None:
    """Fill in an answer by the shortest way, send it and wait for its verdict."""
    for name, option in chosen(slug, answer).items():
        if name == "choice":
            visit.page.locator(f"input[name=choice][value={option}]").check()
        else:
            visit.page.locator(f"select[name={name}]").evaluate("(it, value) => { it.value = value }", option)
    with visit.page.expect_response(lambda response: "/attempt/" in response.url):
        visit.deploy.click()
    expect(visit.verdict).to_be_visible()
    expect(visit.page.locator("#attempt [autofocus], .htmx-settling")).to_have_count(0)


def lines_in(answer: Answer) -> list[str]:
    """The lines of the order, as an answer has them."""
    item = curriculum().items[ORDER]
    return [option.text for option in item.chosen(answer).values()]


def shown_lines(page: Page) -> list[str]:
    """The lines as they stand on the page."""
    page.locator(".order-rows").wait_for()
    return page.locator(".order-rows .line-of-order").all_inner_texts()


def row(page: Page, line: str) -> Locator:
    """The row of a line."""
    return page.locator(".order-rows .line-of-order", has_text=line)


Ordering = Callable[[Page, list[str]], None]


def by_mouse(page: Page, wanted: list[str]) -> None:
    """Drag each line to its place, from the first to the last."""
    for place, line in enumerate(wanted):
        if shown_lines(page).index(line) == place:
            continue
        start, end = _way(page, line, place)
        page.mouse.move(*start)
        page.mouse.down()
        page.mouse.move(*end, steps=3)
        page.mouse.up()


def by_finger(page: Page, wanted: list[str]) -> None:
    """Drag each line with a finger."""
    finger = page.context.new_cdp_session(page)

    def touch(kind: str, *points: tuple[float, float]) -> None:
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": x, "y": y} for x, y in points]})

    for place, line in enumerate(wanted):
        if shown_lines(page).index(line) == place:
            continue
        start, end = _way(page, line, place)
        touch("touchStart", start)
        for part in (0.3, 0.7, 1.0):
            touch("touchMove", (start[0], start[1] + (end[1] - start[1]) * part))
        touch("touchEnd")
    finger.detach()


def by_keys(page: Page, wanted: list[str]) -> None:
    """Pick each line up with Space, move it with the arrow keys, and put it down again. Each move is announced."""
    for place, line in enumerate(wanted):
        steps = shown_lines(page).index(line) - place
        if not steps:
            continue
        for _ in range(40):
            if page.evaluate("(line) => document.activeElement.textContent === line", line):
                break
            page.keyboard.press("Tab")
        page.keyboard.press("Space")
        expect(page.locator("#announcer")).to_contain_text("picked up")
        for _ in range(steps):
            page.keyboard.press("ArrowUp")
        expect(page.locator("#announcer")).to_have_text(f"“{line}” is now step {place + 1} of {len(wanted)}.")
        page.keyboard.press("Space")
        expect(page.locator("#announcer")).to_contain_text("put down")


def _way(page: Page, line: str, place: int) -> tuple[tuple[float, float], tuple[float, float]]:
    row(page, line).scroll_into_view_if_needed()
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")
    start = row(page, line).bounding_box()
    end = page.locator(".order-rows li").nth(place).bounding_box()
    assert start is not None
    assert end is not None
    return (start["x"] + 30, start["y"] + start["height"] / 2), (start["x"] + 30, end["y"] + 3)
