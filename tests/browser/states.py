"""Every page and every state a learner can see one in, each reached in a browser."""

import time
from collections.abc import Callable
from uuid import uuid4

from playwright.sync_api import expect

from canarylearn.items import judge
from canarylearn.items.variants import vary
from tests.accounts.factors import code_at
from tests.accounts.signing import PASSWORD
from tests.browser import sitting
from tests.browser.incidents import answer_incident, start_incident
from tests.browser.stepping import PATH as LIVE_RUNS
from tests.browser.stepping import live, predict
from tests.browser.visits import Visit
from tests.browser.writing import write_at_stage
from tests.challenge.helping import INCIDENTS, ORDER
from tests.challenge.helping import LIST as CHALLENGE
from tests.challenge.helping import QUESTION as INCIDENT
from tests.challenge.helping import answers as incident_answers
from tests.challenge.helping import path_of as incident_path
from tests.people import answers, item_of, path_of
from tests.projects.scripts import project, text_of
from tests.projects.writing import page_of
from tests.topics import curriculum

TASK, REFUSING_TASK, WIDEST_TASK = "first-users", "percent-not-text", "split-the-traffic"
QUESTION, LONGEST_QUESTION, PRINTING_QUESTION = "faster-or-better", "ten-percent-as-fraction", "who-is-routed"

NO_CONNECTION = ("ERR_INTERNET_DISCONNECTED", "htmx:sendError", "htmx:afterRequest")

State = Callable[[Visit], None]


def _page(path: str) -> State:
    def show(visit: Visit) -> None:
        visit.page.goto(path)

    return show


def _fresh(slug: str) -> State:
    return _page(path_of(slug))


def _after(slug: str, *outcomes: bool, last: bool = False) -> State:
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
        _after(TASK, True)(visit)
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


def _missing(visit: Visit) -> None:
    visit.expect_complaints("404")
    visit.page.goto("/nowhere/")


def _progress(visit: Visit) -> None:
    """Progress after a right answer and a wrong one, with the evidence shown."""
    for slug, passing in ((TASK, True), (QUESTION, False)):
        visit.open(slug)
        visit.answer(slug, answers(slug, passing=passing)[0])
    visit.page.goto("/progress/")
    for summary in visit.page.locator("summary").filter(has_text="first answer").all():
        summary.click()
    expect(visit.page.locator(".evidence").first).to_be_visible()


def _history(replayed: bool) -> State:
    """The list of attempts after several kinds of them, or the one of a refused answer replayed."""

    def show(visit: Visit) -> None:
        _after(TASK, False, False, True)(visit)
        _after(LONGEST_QUESTION, True)(visit)
        _after(REFUSING_TASK, False)(visit)
        visit.page.goto("/attempts/")
        if replayed:
            visit.page.locator(".attempts a").first.click()
            expect(visit.page.locator(".as-kept")).to_be_visible()

    return show


def _lab(**fields: str) -> State:
    """The lab after one run of what it begins with, and another after these fields were filled in."""

    def show(visit: Visit) -> None:
        visit.page.goto("/lab/")
        run_in_lab(visit)
        for name, value in fields.items():
            fill_in_lab(visit, name, value)
        if fields:
            run_in_lab(visit)

    return show


def _lab_with_errors(visit: Visit) -> None:
    visit.page.goto("/lab/")
    visit.expect_complaints("422")
    fill_in_lab(visit, "decides", "checks")
    fill_in_lab(visit, "routing", "pods")
    for name in ("weight_2", "value_1", "replicas"):
        fill_in_lab(visit, name, "")
    run_in_lab(visit)


def _lab_closed(visit: Visit) -> None:
    visit.page.goto("/lab/")
    run_in_lab(visit)
    address = visit.page.url
    visit.open(TASK)
    visit.answer(TASK, answers(TASK, passing=False)[0])
    visit.expect_complaints("403")
    visit.page.goto(address)


def _lesson(mode: str, *questions: str) -> State:
    """A page to read, after an answer to each of these questions."""

    def show(visit: Visit) -> None:
        visit.page.goto(f"/topics/canary-releases/{mode}/")
        for question in questions:
            asked = visit.page.locator(f"#{question}")
            asked.get_by_role("radio").first.check()
            asked.get_by_role("button", name="Run it").click()
            expect(asked.locator(".verdict :focus")).to_be_visible()

    return show


def _lesson_left_empty(visit: Visit) -> None:
    _lesson("why")(visit)
    visit.expect_complaints("422")
    visit.page.locator("#a-small-group").get_by_role("button", name="Run it").click()
    expect(visit.page.locator("#a-small-group .message")).to_be_visible()


def _live_run(*answers: str, end: bool = False) -> State:
    """The first live run after these predictions, or at its end after them."""

    def show(visit: Visit) -> None:
        for gate, answer in enumerate(answers):
            predict(visit.page, "monday", gate, answer)
        if end:
            visit.page.goto(f"{LIVE_RUNS}?scenario=monday&frame={live('monday').walked.last}")

    return show


def _live_run_left_empty(visit: Visit) -> None:
    visit.page.goto(f"{LIVE_RUNS}?scenario=tuesday&frame={live('tuesday').walked.gates[0]}")
    visit.expect_complaints("422")
    visit.page.get_by_role("button", name="Predict and go on").click()
    expect(visit.page.locator("#gate .message")).to_be_visible()


def _test(*passing: bool, then: str = "") -> State:
    """The test after these answers, passing or not; then the address `then`, if any, of the test or of its result."""

    def show(visit: Visit) -> None:
        sitting.begin(visit.page)
        sitting.sit_so_that(visit.page, *passing)
        if then == "end":
            visit.page.goto(f"{sitting.TEST}end/")
            visit.page.get_by_role("button", name="End the test").click()
            expect(visit.page.locator(".said")).to_be_visible()
        elif then:
            visit.page.goto(f"{visit.page.url}{then}")

    return show


def _calculator_with_errors(visit: Visit) -> None:
    _lesson("cost")(visit)
    visit.page.get_by_label("v2 fails").fill("0.5")
    visit.page.get_by_role("button", name="Work it out").click()
    expect(visit.page.locator("#calculator .errorlist")).to_be_visible()


def _card(turned: bool, slug: str = "") -> State:
    """The review with the card that is due first, or turned; or the back of a card that is named."""

    def show(visit: Visit) -> None:
        visit.page.goto("/review/canary-releases/")
        if slug:
            address = f"/review/cards/canary-releases/{slug}/back/"
            form = visit.page.locator("#attempt form")
            send = "(it, address) => { it.action = address; HTMLFormElement.prototype.submit.call(it) }"
            form.evaluate(send, address)
        elif turned:
            visit.page.get_by_role("button", name="Turn the card").click()
        if turned:
            expect(visit.page.locator(".grades")).to_be_visible()

    return show


def _wish(cap: str) -> State:
    """The review after a wish for so many cards a day; after one card where it is for one."""

    def show(visit: Visit) -> None:
        if cap == "0":
            visit.expect_complaints("422")
        _card(turned=True)(visit)
        visit.page.get_by_role("button", name="Again").click()
        expect(visit.page.locator("#attempt .message[role=status]").first).to_be_visible()
        visit.page.locator(".review-wish summary").click()
        visit.page.locator("#id_cap").evaluate("(it, cap) => { it.removeAttribute('min'); it.value = cap }", cap)
        visit.page.get_by_role("button", name="Keep").click()
        expect(visit.page.locator(".errorlist" if cap == "0" else ".nothing")).to_be_visible()

    return show


def run_in_lab(visit: Visit) -> None:
    """Press Run and wait for what came of it."""
    with visit.page.expect_response(lambda response: "/lab/" in response.url and response.status != 303):
        visit.page.get_by_role("button", name="Run", exact=True).click()
    expect(visit.page.locator("#ran :focus")).to_be_visible()


def fill_in_lab(visit: Visit, name: str, value: str) -> None:
    """Fill in a field of the lab, whatever kind it is."""
    field = visit.page.locator(f"#plan [name={name}]")
    if field.first.get_attribute("type") == "radio":
        visit.page.locator(f"#plan [name={name}][value='{value}']").check()
    else:
        field.fill(value)


def _stage(stage: str, text: str = "", *buttons: str) -> State:
    """A stage of the project, after these buttons were pressed with a text in the editor."""

    def show(visit: Visit) -> None:
        visit.page.goto(page_of(stage))
        if text:
            write_at_stage(visit, text)
        for button in buttons:
            with visit.page.expect_response(lambda response: response.request.method == "POST"):
                visit.page.get_by_role("button", name=button).click()
            expect(visit.page.locator("#stage :focus")).to_be_visible()

    return show


def _stage_in_two_tabs(visit: Visit) -> None:
    """The page without its script for a text that met a newer one: both are shown."""
    _stage("route", "newer = 1\n")(visit)
    visit.expect_complaints("409")
    visit.page.locator("#base").evaluate("(it) => { it.value = 0 }")
    visit.page.locator("#text").fill("mine = 2\n")
    visit.page.get_by_role("button", name="Judge", exact=True).click()
    expect(visit.page.locator(".set-aside textarea")).to_be_visible()


def _refused(path: str, **fields: str) -> State:
    """A form of an account, sent with these fields and shown again."""

    def show(visit: Visit) -> None:
        visit.page.goto(path)
        for label, value in fields.items():
            visit.page.locator(f"main [name={label}]").fill(value)
        visit.page.locator("main form .primary").click()
        expect(visit.page.locator(".errorlist").first).to_be_visible()

    return show


def _signed_in(path: str) -> State:
    """A page of somebody who has just signed up, after an answer as a guest."""

    def show(visit: Visit) -> None:
        visit.open(QUESTION)
        visit.answer(QUESTION, answers(QUESTION, passing=False)[0])
        sign_up_in_browser(visit)
        visit.page.goto(path)

    return show


def _sure(path: str) -> State:
    """A page that asks for the password again, once it was given."""

    def show(visit: Visit) -> None:
        sign_up_in_browser(visit)
        go_with_password(visit, path)

    return show


def go_with_password(visit: Visit, path: str) -> None:
    """Go to a page that asks for the password again."""
    visit.page.goto(path)
    visit.page.get_by_label("Password").fill(PASSWORD)
    visit.page.get_by_role("button", name="Go on").click()
    visit.page.wait_for_url(f"**{path}")


def turn_app_on_in_browser(visit: Visit) -> str:
    """Sign up and turn an authenticator app on; the address."""
    address = sign_up_in_browser(visit)
    go_with_password(visit, "/account/factors/app/on/")
    visit.page.get_by_label("Code", exact=True).fill(code_at(visit.page.locator(".secret").inner_text(), time.time()))
    visit.page.get_by_role("button", name="Turn it on").click()
    visit.page.get_by_role("button", name="Show them").click()
    expect(visit.page.locator(".codes li")).to_have_count(10)
    return address


def _with_codes(visit: Visit) -> None:
    turn_app_on_in_browser(visit)


def _asked_for_code(visit: Visit) -> None:
    address = turn_app_on_in_browser(visit)
    visit.page.goto("/account/sign-out/")
    visit.page.get_by_role("button", name="Sign out").click()
    visit.page.goto("/account/sign-in/")
    visit.page.get_by_label("E-mail address").fill(address)
    visit.page.get_by_label("Password").fill(PASSWORD)
    visit.page.get_by_role("button", name="Sign in", exact=True).click()
    visit.page.get_by_label("Code", exact=True).fill("000000")
    visit.page.get_by_role("button", name="Sign in").click()
    expect(visit.page.locator(".errorlist").first).to_be_visible()


def _preferences_refused(visit: Visit) -> None:
    visit.page.goto("/account/preferences/")
    visit.expect_complaints("422")
    visit.page.get_by_label("Time zone").fill("Atlantis")
    visit.page.get_by_role("button", name="Keep them").click()
    expect(visit.page.locator(".errorlist")).to_be_visible()


def _report(reason: str, *, refused: bool = False) -> State:
    """The form of a report, from the link under a wrong answer; or what came of sending it."""

    def show(visit: Visit) -> None:
        _after(TASK, False)(visit)
        visit.page.get_by_role("link", name="Something is wrong with this question").click()
        visit.page.get_by_label(reason).check()
        if refused:
            visit.expect_complaints("422")
        visit.page.get_by_role("button", name="Send the report").click()
        expect(visit.page.locator(".errorlist" if refused else ".report-list").first).to_be_visible()

    return show


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


def sign_up_in_browser(visit: Visit) -> str:
    """Sign up with an address that nobody else has; the address."""
    address = f"{uuid4().hex}@example.org"
    visit.page.goto("/account/sign-up/")
    visit.page.get_by_label("E-mail address").fill(address)
    visit.page.get_by_label("Password").fill(PASSWORD)
    visit.page.get_by_role("button", name="Sign up").click()
    expect(visit.page.locator(".person summary")).to_be_visible()
    return address


def _incident(slug: str, *outcomes: bool, speed: str = "1") -> State:
    """An incident that was started, after answers that passed or did not."""

    def show(visit: Visit) -> None:
        start_incident(visit, slug, speed)
        wrong = list(incident_answers(slug, passing=False))
        for passing in outcomes:
            answer_incident(visit, slug, incident_answers(slug, passing=True)[0] if passing else wrong.pop(0))

    return show


def _incident_ran_out(visit: Visit) -> None:
    visit.page.clock.install()
    _incident(INCIDENT)(visit)
    visit.page.clock.run_for(200_000)
    expect(visit.page.locator(".clock.over")).to_be_visible()


def _incident_not_started(visit: Visit) -> None:
    visit.expect_complaints("405")
    visit.page.goto(f"{incident_path(INCIDENT)}start/")


def _badge(visit: Visit) -> None:
    for slug in INCIDENTS:
        _incident(slug, True, speed="off")(visit)
    visit.page.goto(CHALLENGE)
    visit.page.get_by_role("button", name="Make my badge").click()
    visit.page.get_by_label("Everyone who has the address").check()
    visit.page.get_by_label("Show this name").check()
    visit.page.get_by_label("Name", exact=True).fill("Ada")
    visit.page.get_by_role("button", name="Keep this").click()
    expect(visit.page.locator(".lead")).to_contain_text("By Ada")


STATES: dict[str, State] = {
    "challenge": _page(CHALLENGE),
    "incident to start": _page(incident_path(INCIDENT)),
    "incident asked for wrongly": _incident_not_started,
    "incident": _incident(INCIDENT),
    "incident to put in order": _incident(ORDER),
    "incident out of time": _incident_ran_out,
    "incident missed": _incident(INCIDENT, False, False, speed="2"),
    "incident in order": _incident(ORDER, False, True),
    "badge": _badge,
    "home": _page("/"),
    "home with a verdict": _at_home(False),
    "home with the next question": _at_home(True),
    "topic": _page("/topics/canary-releases/"),
    "tasks": _page("/practice/"),
    "questions": _page("/quizzes/"),
    "missing page": _missing,
    "task": _fresh(TASK),
    "task to mend": _fresh(REFUSING_TASK),
    "task left empty": _empty,
    "task with hints": _all_hints,
    "task without connection": _lost,
    "task wrong": _after(TASK, False, last=True),
    "task refused": _after(REFUSING_TASK, False),
    "task solved": _after(WIDEST_TASK, False, True),
    "task with other numbers": _other_numbers(),
    "task solved with other numbers": _other_numbers(True),
    "task out of tries": _after(TASK, False, False, False),
    "question": _fresh(QUESTION),
    "question wrong": _after(QUESTION, False),
    "question solved": _after(LONGEST_QUESTION, True),
    "question that prints": _after(PRINTING_QUESTION, True),
    "how answers are judged": _page("/how-answers-are-judged/"),
    "no progress": _page("/progress/"),
    "progress": _progress,
    "no attempts": _page("/attempts/"),
    "attempts": _history(replayed=False),
    "attempt replayed": _history(replayed=True),
    "lab": _page("/lab/"),
    "lab with a run": _lab(),
    "lab with a run beside the one before": _lab(weight_1="50", hold_2="1h"),
    "lab with a script": _lab(way="script"),
    "lab with a manifest": _lab(way="manifest"),
    "lab that refuses a manifest": _lab(way="manifest", manifest="kind: Rollout\napiVersion: argoproj.io/v1alpha1"),
    "lab with errors": _lab_with_errors,
    "lab that is closed": _lab_closed,
    "project": _page("/project/canary-releases/"),
    "project stage not passed": _stage("route", text_of("route", "wrong", "not-nested"), "Hint 1", "Hint 2", "Judge"),
    "project stage that stopped": _stage("measure", "x = 1\nx = x / 0\n", "Try it out"),
    "project stage passed": _stage("route", project().reference("route"), "Judge"),
    "project release tried out": _stage("release", project().reference("release"), "Try it out"),
    "project release broken": _stage("release", text_of("release", "right", "recursive"), "Judge", "Search a dozen"),
    "project stage in two tabs": _stage_in_two_tabs,
    "search": _page("/search/"),
    "search with results": _page("/search/?q=canary"),
    "search without results": _page(f"/search/?q={'x' * 90}"),
    "sign in": _page("/account/sign-in/"),
    "sign in refused": _refused("/account/sign-in/", login="nobody@example.org", password="a wrong one, and long"),
    "sign up refused": _refused("/account/sign-up/", email="ada@example.org", password1="short"),
    "forgotten password": _page("/account/password/forgotten/"),
    "link that does not work": _page("/account/password/new/1-no/"),
    "home after signing up": _signed_in("/"),
    "your data": _signed_in("/account/"),
    "preferences of a guest": _page("/account/preferences/"),
    "preferences refused": _preferences_refused,
    "your preferences": _signed_in("/account/preferences/"),
    "second factors": _signed_in("/account/factors/"),
    "turning an app on": _sure("/account/factors/app/on/"),
    "recovery codes": _with_codes,
    "a code asked for": _asked_for_code,
    "adding a passkey": _sure("/account/passkeys/new/"),
    "your address": _signed_in("/account/address/"),
    "your password": _signed_in("/account/password/"),
    "signing out": _signed_in("/account/sign-out/"),
    "deleting the account": _signed_in("/account/delete/"),
    "question out of tries": _after("why-canary", False, False),
    "introduction": _lesson("introduction", "what-a-small-group-buys"),
    "why": _lesson("why"),
    "why with answers": _lesson("why", "everyone-at-once", "a-small-group"),
    "why left empty": _lesson_left_empty,
    "deep dive": _lesson("deep-dive", "what-share", "which-metric"),
    "live runs": _page(LIVE_RUNS),
    "live run at a gate left empty": _live_run_left_empty,
    "live run after a prediction": _live_run("promoted"),
    "live run at its end": _live_run("promoted", "", "40", end=True),
    "cost": _lesson("cost"),
    "cost with errors": _calculator_with_errors,
    "report refused": _report("Something else", refused=True),
    "what you reported": _report("The verdict is wrong"),
    "classes of a guest": _page("/classes/"),
    "your classes": _signed_in("/classes/"),
    "review": _card(turned=False),
    "review across topics": _page("/review/"),
    "review of a card": _card(turned=True),
    "review of an explanation": _card(turned=True, slug="explain-both-arms"),
    "review done for today": _wish("1"),
    "review with a wish refused": _wish("0"),
    "test": _page(sitting.TEST),
    "test question": _test(),
    "test not decided": _test(*[True] * 8, False, False),
    "test ended early": _test(True, False, then="end"),
    "test verdict strong": _test(*[True] * 10),
    "test verdict not yet": _test(*[False] * 10),
    "test verdict explained": _test(*[False] * 10, then="1/"),
}
