"""The clock of an incident is the server's: whatever a learner does meanwhile, nothing is lost and nothing gained."""

import re
from datetime import UTC, datetime, timedelta
from pathlib import Path
from uuid import UUID

import pytest

from canarylearn.items import read_topic
from canarylearn.learning.content import load_topic, read_lock
from canarylearn.learning.models import Attempt, ClockSpeed, Learner
from canarylearn.learning.ready import ready
from quizzes.challenge.closing import closed
from quizzes.challenge.models import Clock, seconds_allowed
from tests.challenge.helping import INCIDENTS, LIST, ORDER, QUESTION, answers, later, path_of, send, solve, start
from tests.people import Visitor, chosen
from tests.topics import as_if_proven, change, copied, curriculum

pytestmark = pytest.mark.usefixtures("content")

RIGHT, WRONG = answers(QUESTION, passing=True)[0], answers(QUESTION, passing=False)
SECONDS = curriculum().items[QUESTION].seconds or 0


def clock() -> Clock:
    return Clock.objects.get()


def state(visitor: Visitor) -> tuple[int, bool | None, str]:
    """What a page says: tries left, the verdict, and which state the clock is in."""
    page = visitor.get(path_of(QUESTION))
    found = re.search(r'<div class="clock ([a-z-]+)"', page.text)
    return page.tries_left, page.passed, found[1] if found else ""


@pytest.mark.parametrize("slug", INCIDENTS)
def test_opening_an_incident_starts_nothing_and_shows_nothing_of_what_is_asked(visitor: Visitor, slug: str) -> None:
    item = curriculum().items[slug]
    for page in (visitor.get(path_of(slug)), visitor.get(path_of(slug), htmx=True), visitor.get(LIST)):
        assert page.status == 200
        assert item.title in page.text
        assert not [
            option.text for option in (item.lines or item.options_for("choice")) if option.text[:30] in page.text
        ]
        assert item.prompt[:30] not in page.text
    assert not Clock.objects.exists()


@pytest.mark.parametrize(("speed", "factor"), [("1", 1), ("1.5", 1.5), ("2", 2)])
def test_each_speed_gives_its_time(visitor: Visitor, speed: str, factor: float) -> None:
    start(visitor, QUESTION, speed)
    assert clock().deadline == clock().started + timedelta(seconds=SECONDS * factor)
    assert Learner.objects.get().clock == speed


def test_without_a_clock_there_is_no_deadline_and_no_mark(visitor: Visitor) -> None:
    solve(visitor, QUESTION, "off")
    assert (clock().deadline, clock().passed, clock().in_time) == (None, True, False)
    assert state(visitor)[1:] == (True, "off")


def test_the_time_is_over_at_the_deadline_and_not_before() -> None:
    begun = datetime(2026, 5, 1, 12, tzinfo=UTC)
    one = Clock(speed=ClockSpeed.NORMAL, started=begun, seconds=150, turns=1)
    assert one.runs(begun + timedelta(seconds=299.9))
    assert not one.runs(begun + timedelta(seconds=300))
    assert (one.left(begun + timedelta(seconds=299)), one.left(begun + timedelta(hours=1))) == (1.0, 0.0)
    assert seconds_allowed(151, "1.5") == 226


def test_reloading_going_back_and_a_second_tab_change_nothing(visitor: Visitor) -> None:
    first = start(visitor, QUESTION)
    began = clock().started
    later(40)
    second = start(visitor, QUESTION, "2")  # Start, pressed once more in another tab
    assert (clock().started, clock().speed) == (began - timedelta(seconds=40), "1")
    assert "until" in second.text
    assert send(visitor, QUESTION, WRONG[0], first).tries_left == 1
    assert send(visitor, QUESTION, RIGHT, second).passed
    assert clock().in_time
    assert Attempt.objects.count() == 2


def test_what_arrives_after_the_time_counts_and_is_not_in_time(visitor: Visitor) -> None:
    page = start(visitor, QUESTION)
    later(SECONDS + 1)
    assert state(visitor) == (2, None, "over")
    assert send(visitor, QUESTION, WRONG[0], page).tries_left == 1
    assert send(visitor, QUESTION, RIGHT).passed
    assert (clock().passed, clock().in_time) == (True, False)
    assert state(visitor)[1:] == (True, "late")
    assert "✓ solved<" in visitor.get(LIST).text


def test_an_answer_sent_again_after_the_time_counts_once_and_stays_in_time(visitor: Visitor) -> None:
    page = start(visitor, QUESTION)
    send(visitor, QUESTION, RIGHT, page)
    later(SECONDS * 3)
    again = send(visitor, QUESTION, RIGHT, page)
    assert "already arrived" in again.message
    assert (clock().in_time, Attempt.objects.count()) == (True, 1)
    assert "✓ solved in time" in visitor.get(LIST).text


def test_whatever_a_form_says_of_the_time_is_not_read(visitor: Visitor) -> None:
    page = start(visitor, QUESTION)
    later(SECONDS + 5)
    send(visitor, QUESTION, RIGHT, page, now="2000-01-01T00:00:00Z", left="90", started="2999-01-01")
    assert not clock().in_time


def test_a_running_clock_can_be_given_its_time_once_more_and_what_was_chosen_stays(visitor: Visitor) -> None:
    start(visitor, QUESTION)
    later(SECONDS - 20)
    more = visitor.post(f"{path_of(QUESTION)}more-time/", chosen(QUESTION, RIGHT))
    assert "You have more time." in more.text
    assert f'value="{chosen(QUESTION, RIGHT)["choice"]}" checked' in more.text
    later(SECONDS)
    assert state(visitor)[2] == "runs"
    send(visitor, QUESTION, RIGHT)
    assert (clock().in_time, clock().turns) == (True, 1)


def test_a_clock_that_ran_out_stays_so(visitor: Visitor) -> None:
    start(visitor, QUESTION)
    later(SECONDS + 1)
    for address in ("more-time", "no-clock"):
        assert "does not run any more" in visitor.post(f"{path_of(QUESTION)}{address}/", {}).text
    assert (clock().turns, clock().speed) == (0, "1")
    send(visitor, QUESTION, RIGHT)
    assert not clock().in_time


def test_another_speed_is_for_the_next_incident_and_shortens_nothing(visitor: Visitor) -> None:
    start(visitor, QUESTION, "2")
    until = clock().deadline
    assert visitor.post(f"{LIST}speed/", {"speed": "1"}).status == 303
    assert clock().deadline == until
    start(visitor, ORDER, "1")
    assert Clock.objects.get(version__item__slug=ORDER).speed == "1"


def test_a_running_clock_can_be_turned_off(visitor: Visitor) -> None:
    start(visitor, QUESTION)
    assert "The clock is off" in visitor.post(f"{path_of(QUESTION)}no-clock/", {}).text
    assert state(visitor)[2] == "off"


def test_a_new_version_in_between_costs_no_try_and_the_clock_goes_on(visitor: Visitor, tmp_path: Path) -> None:
    page = start(visitor, QUESTION)
    began = clock().started
    topic = copied(tmp_path)
    change(topic / "challenge" / f"{QUESTION}.yaml", ("title: Nobody sees the new model", "title: Nobody sees v2"))
    files = read_topic(topic)
    load_topic(files, {**read_lock(), QUESTION: as_if_proven(files)[QUESTION]})
    late = send(visitor, QUESTION, WRONG[0], page)
    assert (late.status, late.tries_left) == (409, 2)
    assert "changed in the meantime" in late.message
    later(SECONDS - 10)
    assert visitor.get(path_of(QUESTION)).tries_left == 2
    assert send(visitor, QUESTION, RIGHT).passed
    new = Clock.objects.get(version__number=2)
    assert (new.started, new.in_time) == (began - timedelta(seconds=SECONDS - 10), True)


def test_a_process_that_starts_anew_knows_the_clock(visitor: Visitor) -> None:
    page = start(visitor, QUESTION)
    later(100)
    ready.cache_clear()
    shown = re.search(r'data-left="([\d.]+)"', visitor.get(path_of(QUESTION)).text)
    assert shown
    assert 45 < float(shown[1]) <= 50
    assert send(visitor, QUESTION, RIGHT, page).passed
    assert clock().in_time


def test_an_answer_to_an_incident_that_was_not_started_is_not_counted(visitor: Visitor) -> None:
    fields = {"key": "k" * 20, "version": "1", **chosen(QUESTION, RIGHT)}
    for htmx in (False, True):
        early = visitor.post(f"{path_of(QUESTION)}attempt/", fields, htmx=htmx)
        assert early.status == 409
        assert "has not been started" in early.text
    assert not Attempt.objects.exists()


def test_hints_are_closed_while_the_clock_runs_and_open_afterwards(visitor: Visitor) -> None:
    page = start(visitor, QUESTION)
    assert "Hints are closed" in page.text
    refused = visitor.post(f"{path_of(QUESTION)}hints/1/", {})
    assert refused.status == 409
    assert curriculum().items[QUESTION].hints[0][:30] not in refused.text
    later(SECONDS + 1)
    assert curriculum().items[QUESTION].hints[0][:30] in visitor.post(f"{path_of(QUESTION)}hints/1/", {}).text


def test_a_missed_incident_comes_back_with_other_numbers_once_for_each_start(visitor: Visitor) -> None:
    page = start(visitor, QUESTION)
    for answer in WRONG[:2]:
        missed = send(visitor, QUESTION, answer)
    assert "Start it with other numbers" in missed.text
    number = int(re.findall(r'name="variant" value="(\d+)"', missed.text)[0])
    begun = start(visitor, QUESTION, variant=number)
    start(visitor, QUESTION, variant=number)  # the same button, pressed twice
    assert begun.tries_left == 2
    assert sorted(Clock.objects.values_list("variant", flat=True)) == [0, number]
    old = send(visitor, QUESTION, WRONG[2], page)
    assert (old.status, Attempt.objects.count()) == (409, 2)
    assert send(visitor, QUESTION, RIGHT).passed
    assert "✓ solved in time" in visitor.get(LIST).text


@pytest.mark.parametrize("fields", [{}, {"speed": "7", "variant": "0"}, {"speed": "1", "variant": "x"}])
def test_a_form_that_is_not_ours_starts_nothing(visitor: Visitor, fields: dict[str, str]) -> None:
    assert visitor.post(f"{path_of(QUESTION)}start/", fields).status == 422
    assert not Clock.objects.exists()


def test_the_address_of_a_form_opened_without_it_answers_405(visitor: Visitor) -> None:
    for address in ("start", "attempt", "hints/1", "more-time", "no-clock"):
        page = visitor.get(f"{path_of(QUESTION)}{address}/")
        assert (page.status, page.header("Allow")) == (405, "POST")
    for address in ("speed", "badge"):
        assert visitor.get(f"{LIST}{address}/").status == 405
    assert visitor.post(f"{LIST}speed/", {"speed": "9"}).status == 422
    assert visitor.get("/challenge/nowhere/").status == 404
    assert visitor.get(path_of("first-users")).status == 404
    assert not Clock.objects.exists()


def test_a_page_that_slept_asks_how_much_is_left(visitor: Visitor) -> None:
    assert '"waits"' in visitor.get(f"{path_of(QUESTION)}clock/").text
    start(visitor, QUESTION)
    later(SECONDS - 30)
    assert re.search(r'"state": "runs", "left": (29|30)', visitor.get(f"{path_of(QUESTION)}clock/").text)


def test_the_lab_is_closed_to_an_incident_from_its_start_to_its_end(visitor: Visitor) -> None:
    scenario = f"canary-releases/{curriculum().items[QUESTION].scenarios[0]}"
    key = UUID(int=0)
    assert closed(key) == {}
    start(visitor, QUESTION)
    key = Learner.objects.get().key
    assert closed(key)[scenario].url == path_of(QUESTION)
    send(visitor, QUESTION, WRONG[0])
    assert scenario in closed(key)
    send(visitor, QUESTION, WRONG[1])
    assert closed(key) == {}
    number = ready(clock().version_id).variants[1]
    start(visitor, QUESTION, variant=number)
    assert scenario in closed(key)
    send(visitor, QUESTION, RIGHT)
    assert closed(key) == {}
