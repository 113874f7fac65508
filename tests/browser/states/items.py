"""Tasks and questions: asked, answered, out of tries, and what stands around them."""

from playwright.sync_api import expect

from canarylearn.items import judge
from canarylearn.items.variants import vary
from tests.browser.states.reaching import NO_CONNECTION, State, page_at
from tests.browser.visits import Visit
from tests.people import answers, item_of, path_of
from tests.topics import curriculum

TASK, REFUSING_TASK, WIDEST_TASK = "first-users", "percent-not-text", "split-the-traffic"
QUESTION, LONGEST_QUESTION, PRINTING_QUESTION = "faster-or-better", "ten-percent-as-fraction", "who-is-routed"


def _fresh(slug: str) -> State:
    """The page of an item that nobody has answered."""
    return page_at(path_of(slug))


def after(slug: str, *outcomes: bool, last: bool = False) -> State:
    """The page after answers that passed or did not; `last` takes the wrong answers from the end of the list."""

    def show(visit: Visit) -> None:
        visit.open(slug)
        wrong = list(answers(slug, passing=False))[:: -1 if last else 1]
        for passing in outcomes:
            visit.answer(slug, answers(slug, passing=True)[0] if passing else wrong.pop(0))

    return show


def _empty(visit: Visit) -> None:
    visit.open(TASK)
    visit.deploy.click()
    expect(visit.page.locator(".message[role=status]")).to_be_visible()


def _all_hints(visit: Visit) -> None:
    visit.open(TASK)
    for level in (1, 2, 3):
        visit.page.get_by_role("button", name=f"Hint {level}").click()
        expect(visit.page.locator(f"#hint-{level}")).to_be_visible()


def _other_numbers(*outcomes: bool) -> State:
    """A solved task with its next numbers, and answers to these that passed or did not."""

    def show(visit: Visit) -> None:
        after(TASK, True)(visit)
        visit.page.get_by_role("link", name="Try it with other numbers").first.click()
        item, scenarios = vary(item_of(TASK), curriculum().scenarios_of(item_of(TASK)), 1)
        for passing in outcomes:
            found = (one for one in item.assignments() if judge(item, scenarios, one).passed is passing)
            visit.fill(TASK, next(found))
            visit.deploy.click()
            expect(visit.page.locator("#verdict")).to_be_visible()

    return show


def _lost(visit: Visit) -> None:
    visit.open(TASK)
    visit.expect_complaints(*NO_CONNECTION)
    visit.page.context.set_offline(True)
    visit.deploy.click()
    expect(visit.page.locator("[data-lost=unreached]")).to_be_visible()
    visit.page.context.set_offline(False)


def _at_home(passing: bool) -> State:
    """The home page after its question was answered there; once it is solved, opened again."""

    def show(visit: Visit) -> None:
        visit.page.goto("/")
        visit.answer("why-canary", answers("why-canary", passing=passing)[0])
        expect(visit.page.locator("#verdict")).to_be_focused()
        if passing:
            visit.page.goto("/")
            expect(visit.page.locator(".finished")).to_be_visible()

    return show


def _report(reason: str, *, refused: bool = False) -> State:
    """The form of a report, from the link under a wrong answer; or what came of sending it."""

    def show(visit: Visit) -> None:
        after(TASK, False)(visit)
        visit.page.get_by_role("link", name="Something is wrong with this question").click()
        visit.page.get_by_label(reason).check()
        if refused:
            visit.expect_complaints("422")
        visit.page.get_by_role("button", name="Send the report").click()
        expect(visit.page.locator(".errorlist" if refused else ".report-list").first).to_be_visible()

    return show


STATES: dict[str, State] = {
    "home": page_at("/"),
    "home with a verdict": _at_home(False),
    "home with the next question": _at_home(True),
    "topic": page_at("/topics/canary-releases/"),
    "tasks": page_at("/practice/"),
    "questions": page_at("/quizzes/"),
    "task": _fresh(TASK),
    "task to mend": _fresh(REFUSING_TASK),
    "task left empty": _empty,
    "task with hints": _all_hints,
    "task without connection": _lost,
    "task wrong": after(TASK, False, last=True),
    "task refused": after(REFUSING_TASK, False),
    "task solved": after(WIDEST_TASK, False, True),
    "task with other numbers": _other_numbers(),
    "task solved with other numbers": _other_numbers(True),
    "task out of tries": after(TASK, False, False, False),
    "question": _fresh(QUESTION),
    "question wrong": after(QUESTION, False),
    "question solved": after(LONGEST_QUESTION, True),
    "question that prints": after(PRINTING_QUESTION, True),
    "question out of tries": after("why-canary", False, False),
    "report refused": _report("Something else", refused=True),
    "what you reported": _report("The verdict is wrong"),
}
