"""What a learner can rely on: nothing is counted twice, nothing chosen is lost, and no foreign script runs."""

import time
from collections.abc import Callable

import pytest
from playwright.sync_api import Route, expect

from tests.browser.states import NO_CONNECTION
from tests.browser.visits import Visit
from tests.people import answers, path_of

TASK, QUESTION = "release-function", "faster-or-better"
ATTEMPTS = "**/attempt/"
WRONG, OTHER_WRONG = answers(TASK, passing=False)[:2]
RIGHT = answers(TASK, passing=True)[0]
SECONDS_TO_HEAR_OF_IT = 10


@pytest.fixture
def learner(visit: Callable[..., Visit]) -> Visit:
    """A learner at a task with three tries."""
    begun = visit()
    begun.open(TASK)
    return begun


def test_a_lost_connection_costs_nothing(learner: Visit) -> None:
    learner.expect_complaints(*NO_CONNECTION)
    learner.fill(TASK, WRONG)
    learner.page.context.set_offline(True)
    learner.deploy.click()
    expect(learner.page.get_by_role("alert")).to_contain_text("What you chose is kept")
    expect(learner.deploy).to_be_focused()
    learner.page.context.set_offline(False)
    learner.deploy.click()
    learner.expect_verdict_on(TASK, WRONG)
    learner.expect_tries_left(2)
    expect(learner.page.get_by_role("alert")).to_have_count(0)


def test_an_answer_whose_verdict_was_lost_is_counted_once(learner: Visit) -> None:
    learner.fill(TASK, WRONG)
    learner.expect_complaints("ERR_FAILED", "htmx:sendError", "htmx:afterRequest")
    learner.page.route(ATTEMPTS, _deliver_and_lose_the_reply, times=1)
    learner.deploy.click()
    expect(learner.page.get_by_role("alert")).to_be_visible()
    learner.deploy.click()
    learner.expect_verdict_on(TASK, WRONG)
    learner.expect_tries_left(2)
    expect(learner.page.locator(".message[role=status]")).to_contain_text("counted once")


def test_a_server_that_does_not_answer_is_told_of_within_ten_seconds(learner: Visit) -> None:
    learner.fill(TASK, WRONG)
    learner.expect_complaints("htmx:timeout", "htmx:afterRequest")
    learner.page.route(ATTEMPTS, lambda route: None, times=1)
    began = time.monotonic()
    learner.deploy.click()
    expect(learner.page.get_by_role("alert")).to_be_visible(timeout=2000 * SECONDS_TO_HEAR_OF_IT)
    assert time.monotonic() - began < SECONDS_TO_HEAR_OF_IT
    learner.deploy.click()
    learner.expect_verdict_on(TASK, WRONG)
    learner.expect_tries_left(2)


def test_a_fault_of_the_server_keeps_what_was_chosen(learner: Visit) -> None:
    learner.fill(TASK, WRONG)
    learner.expect_complaints("500", "Response Status Error")
    learner.page.route(ATTEMPTS, lambda route: route.fulfill(status=500, body="<h1>Broken</h1>"), times=1)
    learner.deploy.click()
    expect(learner.page.get_by_role("alert")).to_contain_text("could not answer")
    learner.deploy.click()
    learner.expect_verdict_on(TASK, WRONG)


def test_a_lost_hint_is_told_of_and_keeps_what_was_chosen(learner: Visit) -> None:
    learner.expect_complaints(*NO_CONNECTION)
    learner.fill(TASK, RIGHT)
    learner.page.context.set_offline(True)
    learner.page.get_by_role("button", name="Hint 1").click()
    expect(learner.page.get_by_role("alert")).to_be_visible()
    learner.page.context.set_offline(False)
    learner.page.get_by_role("button", name="Hint 1").click()
    expect(learner.page.locator("#hint-1")).to_be_focused()
    learner.deploy.click()
    learner.expect_verdict_on(TASK, RIGHT)


@pytest.mark.parametrize("javascript", [True, False])
def test_a_double_click_is_one_try(visit: Callable[..., Visit], javascript: bool) -> None:
    learner = visit(java_script_enabled=javascript)
    learner.open(QUESTION)
    wrong = answers(QUESTION, passing=False)[0]
    learner.fill(QUESTION, wrong)
    learner.deploy.dblclick()
    learner.expect_verdict_on(QUESTION, wrong)
    learner.expect_tries_left(1)
    learner.page.goto(path_of(QUESTION))
    learner.expect_tries_left(1)


def test_enter_twice_is_one_try(learner: Visit) -> None:
    learner.fill(TASK, WRONG)
    learner.deploy.focus()
    learner.page.keyboard.press("Enter")
    learner.page.keyboard.press("Enter")
    learner.expect_verdict_on(TASK, WRONG)
    learner.open(TASK)
    learner.expect_tries_left(2)


def test_going_back_shows_what_was_counted(learner: Visit) -> None:
    learner.answer(TASK, WRONG)
    learner.page.get_by_role("link", name="Questions").click()
    learner.page.go_back()
    learner.expect_verdict_on(TASK, WRONG)
    learner.expect_tries_left(2)
    learner.answer(TASK, RIGHT)


def test_a_page_as_it_was_before_cannot_spend_the_same_try_again(learner: Visit) -> None:
    stale = learner.another_page()
    stale.open(TASK)
    learner.answer(TASK, WRONG)
    stale.answer(TASK, WRONG)
    stale.expect_tries_left(2)
    expect(stale.page.locator(".message[role=status]")).to_contain_text("no try was used")


def test_a_second_tab_cannot_undo_what_is_solved(learner: Visit) -> None:
    stale = learner.another_page()
    stale.open(TASK)
    learner.answer(TASK, RIGHT)
    learner.expect_complaints("409")
    stale.fill(TASK, WRONG)
    stale.deploy.click()
    expect(stale.page.locator(".message[role=status]")).to_contain_text("finished")
    stale.expect_verdict_on(TASK, RIGHT)
    learner.page.reload()
    learner.expect_verdict_on(TASK, RIGHT)
    expect(learner.page.locator(".done")).to_contain_text("Solved")


def test_script_in_a_swapped_fragment_does_not_run(learner: Visit) -> None:
    nonce = learner.page.locator("script[nonce]").first.evaluate("(script) => script.nonce")
    evil = (
        "<script>window.ran = 'plain'</script>"
        f"<script nonce='{nonce}'>window.ran = 'with the nonce'</script>"
        "<img src='/nowhere.png' onerror='window.ran = `handler`'>"
        "<b id='bait' hx-on:click='window.ran = `hx-on`' onclick='window.ran = `onclick`'>bait</b>"
        "<form class='answer' id='lure' hx-get='/healthz' hx-trigger='click[window.ran = `filter`]'>lure</form>"
    )
    learner.expect_complaints("policy: script-src-attr", "Executing inline event handler", "evalDisallowed", "404")
    learner.page.route(ATTEMPTS, lambda route: _add(route, evil), times=1)
    learner.fill(TASK, WRONG)
    learner.deploy.click()
    expect(learner.page.locator("#bait")).to_be_visible()
    learner.page.locator("#bait").click()
    learner.page.locator("#lure").click()
    assert learner.page.evaluate("() => window.ran") is None


def test_a_page_of_a_task_is_light(visit: Callable[..., Visit]) -> None:
    learner = visit()
    wire = learner.page.context.new_cdp_session(learner.page)
    asked: dict[str, str] = {}
    arrived: dict[str, float] = {}
    wire.send("Network.enable")
    wire.on("Network.requestWillBeSent", lambda event: asked.update({event["requestId"]: event["request"]["url"]}))
    wire.on("Network.loadingFinished", lambda event: arrived.update({event["requestId"]: event["encodedDataLength"]}))
    learner.page.goto(path_of(TASK), wait_until="networkidle")
    # The icon is asked for once and by the browser itself, not by the page.
    page_alone = [size for request, size in arrived.items() if "/icon." not in asked[request]]
    assert 1 < len(page_alone) <= 4
    assert sum(arrived.values()) < 60_000


def _deliver_and_lose_the_reply(route: Route) -> None:
    route.fetch()
    route.abort()


def _add(route: Route, html: str) -> None:
    reply = route.fetch()
    body = reply.text().replace('<section class="verdict', f'{html}<section class="verdict', 1)
    route.fulfill(response=reply, body=body)
