"""Where the focus is, and what is heard and seen, for those who use the keyboard, a screen reader or a phone."""

from collections.abc import Callable

from playwright.sync_api import Page, expect

from tests.browser.test_ways_of_answering import PHONE
from tests.browser.visits import Visit
from tests.people import answers

TASK, QUESTION = "release-function", "why-canary"

_NAME = """() => {
  const it = document.activeElement;
  return (it.getAttribute('aria-label') ?? it.textContent ?? '').trim() || `${it.type} ${it.value}`;
}"""

# The ring may be drawn around the label of a radio button instead.
_RING = """() => {
  const shown = document.activeElement.closest('label') ?? document.activeElement;
  const style = getComputedStyle(shown);
  return style.outlineStyle === 'none' ? 0 : parseFloat(style.outlineWidth);
}"""

TO_ANY_ITEM = [
    *("Skip to the content", "CanaryLearn", "Try", "Questions", "Lab", "Your attempts", "Search", "Sign in"),
    "Canary releases for model updates",
]


def test_the_tab_key_goes_through_a_task_as_it_is_read(visit: Callable[..., Visit]) -> None:
    learner = visit()
    learner.open(TASK)
    blanks = [f"Blank {number}: {name}, empty" for number, name in enumerate(("version", "traffic", "duration"), 1)]
    options = ["A'v2'", "B10", "C'1h'", "D'v1'"]
    steps = [f"Task {number}" for number in range(1, 6)]
    expected = [*TO_ANY_ITEM, "Try", *steps, "Code with blanks", *blanks, *options, "Deploy", "Hint 1"]
    assert _tab_through(learner.page, len(expected)) == expected


def test_the_tab_key_goes_through_a_question_as_it_is_read(visit: Callable[..., Visit]) -> None:
    learner = visit()
    learner.open(QUESTION)
    steps = [f"Question {number}" for number in range(1, 6)]
    expected = [*TO_ANY_ITEM, "Practice questions", *steps, "radio A", "Deploy", "Hint 1"]
    assert _tab_through(learner.page, len(expected)) == expected


def test_the_first_tab_skips_to_the_content(visit: Callable[..., Visit]) -> None:
    page = visit().page
    page.goto("/practice/")
    page.keyboard.press("Tab")
    expect(page.get_by_role("link", name="Skip to the content")).to_be_in_viewport()
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    expect(page.locator("main a").first).to_be_focused()


def test_after_an_answer_the_verdict_is_heard_and_seen(visit: Callable[..., Visit]) -> None:
    for options in ({}, PHONE, {"java_script_enabled": False, "viewport": PHONE["viewport"]}):
        learner = visit(**options)
        learner.open(QUESTION)
        wrong = answers(QUESTION, passing=False)[0]
        learner.answer(QUESTION, wrong)
        heading = learner.page.locator("#verdict")
        expect(heading).to_be_focused()
        expect(heading).to_be_in_viewport(ratio=0.9)


def test_on_a_phone_the_verdict_begins_at_the_top_of_the_screen(visit: Callable[..., Visit]) -> None:
    learner = visit(**PHONE)
    learner.open(QUESTION)
    learner.answer(QUESTION, answers(QUESTION, passing=False)[0])
    expect(learner.page.locator("[autofocus]")).to_have_count(0)
    top = learner.verdict.evaluate("(verdict) => verdict.getBoundingClientRect().top")
    assert 0 <= top < PHONE["viewport"]["height"] / 10


def test_after_an_empty_answer_the_reason_is_heard_and_the_choices_stay(visit: Callable[..., Visit]) -> None:
    learner = visit(**PHONE)
    learner.open(TASK)
    learner.answer(TASK, answers(TASK, passing=False)[0])
    learner.page.locator("select[name=blank-traffic] + button").focus()
    learner.page.keyboard.press("Delete")
    expect(learner.page.locator("#announcer")).to_contain_text("taken out of Blank 2: traffic")
    learner.deploy.click()
    message = learner.page.locator("[tabindex='-1']:has(> .message[role=status])")
    expect(message).to_be_focused()
    expect(message).to_contain_text("traffic is still empty")
    expect(message).to_be_in_viewport()
    learner.expect_tries_left(2)
    assert learner.page.locator("select[name=blank-version]").input_value() != ""


def test_a_hint_is_heard_and_keeps_what_was_chosen(visit: Callable[..., Visit]) -> None:
    learner = visit()
    learner.open(TASK)
    answer = answers(TASK, passing=True)[0]
    learner.fill(TASK, answer)
    learner.page.get_by_role("button", name="Hint 1").click()
    expect(learner.page.locator("#hint-1")).to_be_focused()
    learner.deploy.click()
    learner.expect_verdict_on(TASK, answer)


def test_a_hint_keeps_what_was_chosen_without_a_script_too(visit: Callable[..., Visit]) -> None:
    learner = visit(java_script_enabled=False)
    learner.open(TASK)
    select = learner.page.locator("select").first
    select.select_option("B")
    learner.page.get_by_role("button", name="Hint 1").click()
    expect(learner.page.locator("#hint-1")).to_be_visible()
    expect(select).to_have_value("B")


def test_a_page_seen_again_starts_at_its_top(visit: Callable[..., Visit]) -> None:
    learner = visit(**PHONE)
    learner.open(QUESTION)
    learner.answer(QUESTION, answers(QUESTION, passing=False)[0])
    learner.open(QUESTION)
    assert learner.page.evaluate("() => [scrollY, document.activeElement.tagName]") == [0, "BODY"]


def test_escape_puts_down_what_was_picked_up(visit: Callable[..., Visit]) -> None:
    learner = visit()
    learner.open(TASK)
    option = learner.page.locator(".option[data-option=B]")
    option.press("Enter")
    expect(option).to_have_attribute("aria-pressed", "true")
    expect(learner.page.locator("#announcer")).to_have_text("10 picked up. Choose a blank")
    learner.page.keyboard.press("Escape")
    expect(option).to_have_attribute("aria-pressed", "false")
    expect(option).to_be_focused()


def test_an_option_dragged_out_of_its_blank_leaves_it_empty(visit: Callable[..., Visit]) -> None:
    learner = visit()
    learner.open(TASK)
    blank = learner.page.locator("select[name=blank-traffic] + button")
    learner.page.locator(".option[data-option=B]").drag_to(blank)
    expect(blank).to_have_text("10")
    blank.drag_to(learner.page.locator("h1"))
    expect(blank).to_have_text("")
    assert learner.page.locator("select[name=blank-traffic]").input_value() == ""


def _tab_through(page: Page, count: int) -> list[str]:
    """The names of what the Tab key reaches, each of which has to show that it has the focus."""
    names = []
    for _ in range(count):
        page.keyboard.press("Tab")
        names.append(page.evaluate(_NAME))
        assert page.evaluate(_RING) >= 2, f"{names[-1]} does not show the focus"
    return names
