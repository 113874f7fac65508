"""The ways of giving an answer: mouse, touch, keyboard, and a browser without JavaScript.

Each way takes a page with an item, and gives an answer and sends it as a person would. A `second` answer to the same
item is given by the other of the two orders, where a way has two.
"""

from collections.abc import Callable

from playwright.sync_api import Locator, Page, expect
from playwright.sync_api import TimeoutError as NoResponse

from canarylearn.items import Answer, Item
from tests.people import chosen

Way = Callable[[Page, Item, Answer, bool], None]

_MOST_PRESSES = 60
_MILLISECONDS_TO_ANSWER = 3000


def by_drag(page: Page, item: Item, answer: Answer, second: bool) -> None:
    """Drag each option to its blank, or the answer to its slot, with the mouse."""
    _settle(page)
    for name, letter in chosen(item.id, answer).items():
        if name == "choice":
            _drag(page, _radio(page, letter).locator("xpath=.."), page.locator(".slot"))
            expect(page.locator(".slot")).to_have_text(f"Your answer: {letter}")
        else:
            _drag(page, _option(page, letter), _blank(page, name))
    page.get_by_role("button", name="Deploy").click()


def by_click(page: Page, item: Item, answer: Answer, second: bool) -> None:
    """Click a blank and then an option; the second time, an option and then a blank."""
    _settle(page)
    for name, letter in chosen(item.id, answer).items():
        if name == "choice":
            _radio(page, letter).locator("xpath=..").click()
        elif second and len(answer) > 1:
            _option(page, letter).click()
            _blank(page, name).click()
        elif second:
            _option(page, letter).click()
        else:
            _blank(page, name).click()
            _option(page, letter).click()
    page.get_by_role("button", name="Deploy").click()


def by_keyboard(page: Page, item: Item, answer: Answer, second: bool) -> None:
    """Press keys alone: Enter and arrows, and the second time the option's letter. What is placed is announced."""
    _settle(page)
    for name, letter in chosen(item.id, answer).items():
        if name == "choice":
            _tab_to(page, "input[name=choice]", backwards=second)
            page.keyboard.press("Space")
            for _ in range(len(item.options_for("choice"))):
                if _radio(page, letter).is_checked():
                    break
                page.keyboard.press("ArrowDown")
            continue
        blank = f"select[name={name}] + button"
        _tab_to(page, blank, backwards=second)
        label = page.locator(f"select[name={name}]").get_attribute("aria-label")
        if second:
            page.keyboard.press(letter.lower())
        else:
            page.keyboard.press("Enter")
            expect(page.locator("#announcer")).to_have_text(f"Choose an option for {label}")
            for _ in range(ord(letter) - ord("A")):
                page.keyboard.press("ArrowRight")
            page.keyboard.press("Enter")
        text = item.options_for(name.removeprefix("blank-"))[ord(letter) - ord("A")].text
        expect(page.locator("#announcer")).to_have_text(f"{text} placed in {label}")
    _tab_to(page, "button.primary", backwards=False)
    page.keyboard.press("Enter")


def by_touch(page: Page, item: Item, answer: Answer, second: bool) -> None:
    """Tap a blank and an option; the second time, drag the option with a finger."""
    _settle(page)
    for name, letter in chosen(item.id, answer).items():
        _touch(page, name, letter, drag=second)
        if not _is_chosen(page, name, letter):
            _touch(page, name, letter, drag=second)
        assert _is_chosen(page, name, letter), "two touches did nothing"
    _tap_deploy(page)


def _tap_deploy(page: Page) -> None:
    """Touch the button, and once more where nothing came of it: a busy machine loses emulated touches."""
    try:
        with page.expect_response(lambda response: "/attempt/" in response.url, timeout=_MILLISECONDS_TO_ANSWER):
            page.get_by_role("button", name="Deploy").tap()
    except NoResponse:
        page.get_by_role("button", name="Deploy").tap()


def _touch(page: Page, name: str, letter: str, *, drag: bool) -> None:
    if name == "choice":
        _radio(page, letter).locator("xpath=..").tap()
    elif drag:
        _drag_with_finger(page, _option(page, letter), _blank(page, name))
    else:
        _blank(page, name).tap()
        _option(page, letter).tap()


def _is_chosen(page: Page, name: str, letter: str) -> bool:
    if name == "choice":
        return _radio(page, letter).is_checked()
    return page.locator(f"select[name={name}]").input_value() == letter


def without_javascript(page: Page, item: Item, answer: Answer, second: bool) -> None:
    """Choose from the select of each blank, or a radio button, and send the form."""
    for name, letter in chosen(item.id, answer).items():
        if name == "choice":
            _radio(page, letter).check()
        else:
            page.locator(f"select[name={name}]").select_option(letter)
    page.get_by_role("button", name="Deploy").click()


WAYS: dict[str, Way] = {
    "by mouse drag": by_drag,
    "by click": by_click,
    "by keyboard": by_keyboard,
    "by touch": by_touch,
    "without JavaScript": without_javascript,
}


def _settle(page: Page) -> None:
    """Wait until a verdict that has just come has taken the focus: nobody answers faster than that."""
    moving = ".htmx-request, .htmx-swapping, .htmx-settling, #attempt [autofocus]"
    page.wait_for_function("(moving) => !document.querySelector(moving)", arg=moving)


def _option(page: Page, letter: str) -> Locator:
    return page.locator(f".option[data-option={letter}]")


def _blank(page: Page, name: str) -> Locator:
    return page.locator(f"select[name={name}] + button")


def _radio(page: Page, letter: str) -> Locator:
    return page.locator(f"input[name=choice][value={letter}]")


def _middle(place: Locator) -> tuple[float, float]:
    box = place.bounding_box()
    assert box is not None, "it is not on the page"
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def _bring_into_view(page: Page, what: Locator, where: Locator) -> None:
    """Scroll until both ends of the way are on the screen."""
    page.evaluate("(y) => scrollBy(0, y - innerHeight / 2)", (_middle(what)[1] + _middle(where)[1]) / 2)
    # A finger is aimed at what was drawn last, so the scrolled page has to be drawn first.
    page.evaluate("() => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn)))")


def _drag(page: Page, what: Locator, where: Locator) -> None:
    _bring_into_view(page, what, where)
    page.mouse.move(*_middle(what))
    page.mouse.down()
    page.mouse.move(*_middle(where), steps=3)
    page.mouse.up()


def _drag_with_finger(page: Page, what: Locator, where: Locator) -> None:
    _bring_into_view(page, what, where)
    finger = page.context.new_cdp_session(page)
    start, end = _middle(what), _middle(where)
    halfway = ((start[0] + end[0]) / 2, (start[1] + end[1]) / 2)
    for kind, place in (("touchStart", start), ("touchMove", halfway), ("touchMove", end)):
        finger.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": [{"x": place[0], "y": place[1]}]})
    finger.send("Input.dispatchTouchEvent", {"type": "touchEnd", "touchPoints": []})
    finger.detach()


def _tab_to(page: Page, selector: str, *, backwards: bool) -> None:
    for _ in range(_MOST_PRESSES):
        if page.evaluate("(selector) => document.activeElement.matches(selector)", selector):
            return
        page.keyboard.press("Shift+Tab" if backwards else "Tab")
    raise AssertionError(f"{selector} cannot be reached with the Tab key")
