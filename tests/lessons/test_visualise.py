"""Stepping through live runs: predictions open the frames, are locked, and nothing is sent before its time."""

import html
import re
from dataclasses import replace

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from canarylearn.accounts.owndata import export
from canarylearn.engine import Outcome, Phase
from canarylearn.engine.quantities import say_count
from canarylearn.items.walks import CHOICES, GATES, Walked
from canarylearn.learning.models import Learner
from canarylearn.lessons.foretold import say_answer, tell
from canarylearn.lessons.models import Prediction
from canarylearn.lessons.stage import show_stage
from canarylearn.lessons.walking import Live, live_runs
from tests.accounts.signing import DELETE, PASSWORD, send, sign_in, sign_out, sign_up
from tests.people import Reply, Visitor

TOPIC = "/topics/canary-releases/"
PATH = f"{TOPIC}visualise/"
PREDICT = f"{PATH}predict/"
SLUGS = list(live_runs("canary-releases"))
TAGS = re.compile(r"<[^>]+>")
ROW = re.compile(r'<tr><th scope="row"><a href="[^"]+">(\d+)</a>')


def words(text: str) -> str:
    return " ".join(html.unescape(TAGS.sub(" ", text)).split())


def live(slug: str) -> Live:
    return live_runs("canary-releases")[slug]


def look(visitor: Visitor, slug: str, frame: int | str, *, htmx: bool = False) -> Reply:
    return visitor.get(f"{PATH}?scenario={slug}&frame={frame}", htmx=htmx)


def predict(visitor: Visitor, slug: str, gate: int | str, answer: str, *, htmx: bool = False) -> Reply:
    """Predict at a gate, counted from 1 as on the page; an empty answer asks to be shown."""
    given = {"answer": answer} if answer else {"unsure": "1"}
    return visitor.post(PREDICT, {"scenario": slug, "gate": str(gate), **given}, htmx=htmx)


def go_through(visitor: Visitor, slug: str, gates: int = GATES) -> list[str]:
    """Predict what will be observed at the first gates of a run; what was predicted."""
    answers = [live(slug).walked.observed(gate) for gate in range(gates)]
    for gate, answer in enumerate(answers, start=1):
        assert predict(visitor, slug, gate, answer).status == 200
    return answers


def shown(reply: Reply) -> int:
    """The frame on the page."""
    found = re.search(r'id="frame" data-frame="(\d+)"', reply.text)
    assert found
    return int(found[1])


def later_numbers(walked: Walked, frame: int) -> set[str]:
    """What v1 and v2 measured after a frame, where nothing up to that frame reads the same."""

    def said(number: int) -> set[str]:
        interval = walked.frames[number - 1]
        counts = {say_count(arm.requests) for arm in (interval.baseline, interval.canary)}
        return {count for count in counts if len(count) > 3}

    before = set().union(*(said(number) for number in range(1, frame + 1)))
    after = set().union(*(said(number) for number in range(frame + 1, walked.last + 1)))
    return after - before


def another_future(one: Live, frame: int) -> Live:
    """The same run up to a frame, and another one after it: other numbers, another decision, at another time."""
    walked = one.walked
    trace = walked.outcome.trace
    turned = [
        replace(there, start=here.start, end=here.end) for here, there in zip(trace[frame:], trace[:0:-1], strict=False)
    ]
    phase = next(other for other in Phase if other is not walked.outcome.phase)
    outcome: Outcome = replace(
        walked.outcome,
        phase=phase,
        trace=(*trace[:frame], *turned),
        harmed=tuple(count + 1 for count in walked.outcome.harmed),
        events=tuple(event for event in walked.outcome.events if event.at < trace[frame - 1].end),
    )
    gates = tuple(gate if gate <= frame else gate + 1 for gate in walked.gates)
    return replace(one, walked=replace(walked, outcome=outcome, decided=walked.decided + 2, gates=gates))


@pytest.mark.parametrize("slug", SLUGS)
def test_nothing_of_later_frames_is_sent_before_a_prediction(visitor: Visitor, slug: str) -> None:
    walked = live(slug).walked
    secrets = (walked.scenario.slug, walked.scenario.title, walked.scenario.about)
    for made in range(GATES):
        gate = walked.gates[made]
        later = later_numbers(walked, gate)
        for frame in (1, gate, gate + 1, walked.decided, walked.most):
            for htmx in (False, True):
                reply = look(visitor, slug, frame, htmx=htmx)
                assert reply.status == 200
                assert shown(reply) == min(frame, gate)
                text = html.unescape(reply.text)
                assert not [number for number in later if number in text]
                assert not [secret for secret in secrets if secret in text]
        assert [int(number) for number in ROW.findall(look(visitor, slug, 1).text)] == list(range(1, gate + 1))
        assert predict(visitor, slug, made + 1, "").status == 200
    assert len(ROW.findall(look(visitor, slug, 1).text)) == walked.last


@pytest.mark.parametrize("slug", SLUGS)
def test_what_is_shown_hangs_on_no_later_frame(slug: str) -> None:
    one = live(slug)
    for made in range(GATES):
        answers, gate = [""] * made, one.walked.gates[made]
        other = another_future(one, gate)
        for frame in (1, max(1, gate - 1), gate):
            assert show_stage(other, answers, frame) == show_stage(one, answers, frame)
    everything = [""] * GATES
    assert show_stage(another_future(one, 1), everything, 2) != show_stage(one, everything, 2)


@pytest.mark.parametrize("slug", SLUGS)
def test_a_run_ends_as_it_was_said_and_tells_the_gaps(visitor: Visitor, slug: str) -> None:
    walked = live(slug).walked
    answers = go_through(visitor, slug)
    page = words(look(visitor, slug, walked.last).text)
    assert walked.scenario.about in page
    for gate, answer in enumerate(answers):
        told = tell(walked, gate, answer)
        assert told.fared == "right"
        assert words(f"{told.verdict} Predicted {told.predicted} Observed {told.observed}") in page
    assert "All frames as a table" in page
    assert say_answer("analysis", walked.walk.ends.value) in page
    assert "/lab/?p=" in look(visitor, slug, walked.last).text


def test_a_prediction_is_told_when_its_truth_has_come_out(visitor: Visitor) -> None:
    walked = live("monday").walked
    after = predict(visitor, "monday", 1, "promoted")
    assert "Kept: v2 goes to everyone" in words(after.text)
    assert "Otherwise than predicted" not in words(after.text)
    after = predict(visitor, "monday", 2, "rolled_back")
    assert "Otherwise than predicted" in words(after.text)
    predict(visitor, "monday", 3, "40")
    decided = words(look(visitor, "monday", walked.decided).text)
    assert "30 off Predicted 40 users Observed 10 users" in decided
    assert "Predicted v2 goes to everyone Observed v2 is rolled back" in decided


@pytest.mark.parametrize(
    ("answer", "fared", "verdict"), [("10", "right", "Spot on"), ("12", "close", "Close: 2 off"), ("7", "off", "3 off")]
)
def test_numbers_are_scored_by_their_distance(answer: str, fared: str, verdict: str) -> None:
    told = tell(live("monday").walked, 2, answer)
    assert told.observed == "10 users"
    assert (told.fared, told.verdict) == (fared, verdict)
    assert told.gap is not None


@pytest.mark.parametrize("htmx", [False, True])
def test_a_prediction_cannot_be_changed(visitor: Visitor, *, htmx: bool) -> None:
    gate = live("monday").walked.gates[0]
    assert predict(visitor, "monday", 1, "promoted", htmx=htmx).status == 200
    for other in ("rolled_back", ""):
        reply = predict(visitor, "monday", 1, other, htmx=htmx)
        assert reply.status == 409
        assert reply.is_fragment is htmx
        assert "A prediction stays as it was first made" in words(reply.text)
        assert "Kept: v2 goes to everyone" in words(reply.text)
        assert shown(reply) == gate + 1
    assert predict(visitor, "monday", 1, "promoted", htmx=htmx).status == 200
    assert [(one.gate, one.answer, one.asked) for one in Prediction.objects.all()] == [(0, "promoted", "ending")]


def test_not_sure_is_kept_as_such_and_opens_the_run(visitor: Visitor) -> None:
    reply = predict(visitor, "monday", 1, "")
    assert shown(reply) == live("monday").walked.gates[0] + 1
    assert Prediction.objects.get().answer == ""
    assert predict(visitor, "monday", 1, "promoted").status == 409


def test_a_gate_that_was_not_reached_takes_no_prediction(visitor: Visitor) -> None:
    reply = predict(visitor, "monday", 3, "10")
    assert reply.status == 409
    assert shown(reply) == live("monday").walked.gates[0]
    assert not Prediction.objects.exists()


@pytest.mark.parametrize("answer", ["nonsense", "running", "promoted ' --", "9" * 30, "\x00"])
def test_what_is_no_option_is_refused_with_a_message(visitor: Visitor, answer: str) -> None:
    reply = predict(visitor, "monday", 1, answer)
    assert reply.status == 422
    assert "Choose what you expect" in words(reply.text)
    assert not Prediction.objects.exists()


@pytest.mark.parametrize("answer", ["-3", "many", "1.5", "1e3", "99999999999", "٣", " ", "\x00"])
def test_what_is_no_number_is_refused_with_a_message(visitor: Visitor, answer: str) -> None:
    reply = predict(visitor, "tuesday", 1, answer, htmx=True)
    assert reply.status == 422
    assert reply.is_fragment
    assert "Write a whole number" in words(reply.text)
    assert not Prediction.objects.exists()


@pytest.mark.parametrize(
    "query",
    [
        "scenario=v2-fails",
        "scenario=",
        "scenario=monday&frame=0",
        "scenario=monday&frame=-1",
        "scenario=monday&frame=1.5",
        "scenario=monday&frame=33",
        "scenario=monday&frame=99999",
        "scenario=monday&frame=%00",
        "scenario=monday&frame=٣",
        "frame=",
    ],
)
def test_an_address_without_a_frame_is_not_found(visitor: Visitor, query: str) -> None:
    assert visitor.get(f"{PATH}?{query}").status == 404


def test_a_frame_after_the_end_is_not_found_once_the_end_is_known(visitor: Visitor) -> None:
    last = live("monday").walked.last
    assert look(visitor, "monday", last + 1).status == 200
    go_through(visitor, "monday")
    assert look(visitor, "monday", last).status == 200
    assert look(visitor, "monday", last + 1).status == 404


@pytest.mark.parametrize("gate", ["0", "4", "-1", "x", "", "1.0"])
def test_a_gate_that_is_none_is_refused(visitor: Visitor, gate: str) -> None:
    assert predict(visitor, "monday", gate, "promoted").status == 422


def test_a_form_about_no_run_is_not_found(visitor: Visitor) -> None:
    assert predict(visitor, "someday", 1, "promoted").status == 404
    assert visitor.post("/topics/nothing/visualise/predict/", {}).status == 404
    assert visitor.get("/topics/nothing/visualise/").status == 404


def test_the_address_of_the_form_shows_the_page(visitor: Visitor) -> None:
    reply = visitor.get(PREDICT)
    assert reply.status == 405
    assert reply.header("Allow") == "POST"
    assert "Monday's release" in words(reply.text)


def test_looking_writes_nothing(visitor: Visitor) -> None:
    for frame in range(1, 6):
        look(visitor, "monday", frame)
    assert not Learner.objects.exists()


def test_a_fragment_holds_the_frame_and_what_is_said_of_it(visitor: Visitor) -> None:
    reply = look(visitor, "monday", 3, htmx=True)
    assert reply.is_fragment
    assert shown(reply) == 3
    assert 'id="stage"' not in reply.text
    assert 'id="frame-said" hx-swap-oob="innerHTML"' in reply.text
    reply = predict(visitor, "monday", 1, "promoted", htmx=True)
    assert 'id="stage"' in reply.text
    assert 'id="runs" hx-swap-oob="true"' in reply.text
    assert reply.header("HX-Push-Url") == f"{PATH}?scenario=monday&frame={live('monday').walked.gates[0] + 1}"


def test_the_topic_says_what_was_watched_and_predicted(visitor: Visitor) -> None:
    assert "Visualise" in words(visitor.get(TOPIC).text)
    go_through(visitor, "monday")
    predict(visitor, "tuesday", 1, "")
    assert "1 of 5 watched, 3 of 4 predicted" in words(visitor.get(TOPIC).text)
    page = words(visitor.get(PATH).text)
    assert "Jump in, no test required." in page
    assert "✓ v2 begins to fail" in page
    assert "Tuesday's release 1 of 3 predictions made" in page
    assert "Practice questions" in page


def test_a_prediction_about_another_run_opens_nothing(visitor: Visitor) -> None:
    predict(visitor, "monday", 1, "promoted")
    Prediction.objects.update(run="0" * 64)
    assert shown(look(visitor, "monday", 9)) == live("monday").walked.gates[0]


def test_a_page_asks_the_database_little_and_is_light(visitor: Visitor) -> None:
    sign_up(visitor)
    go_through(visitor, "thursday")
    with CaptureQueriesContext(connection) as asked:
        reply = look(visitor, "thursday", live("thursday").walked.last)
    assert len(asked) <= 8, [query["sql"] for query in asked]
    assert len(reply.body) < 60_000


def test_predictions_come_along_and_the_first_one_stays(visitor: Visitor) -> None:
    account = Visitor()
    sign_up(account)
    predict(account, "monday", 1, "rolled_back")
    sign_out(account)
    predict(visitor, "monday", 1, "promoted")
    predict(visitor, "monday", 2, "running")
    predict(visitor, "tuesday", 1, "3")
    sign_in(visitor)
    mine = Prediction.objects.filter(learner__user__isnull=False).order_by("walk", "gate")
    assert list(mine.values_list("walk", "gate", "answer")) == [
        ("monday", 0, "rolled_back"),
        ("monday", 1, "running"),
        ("tuesday", 0, "3"),
    ]
    assert Prediction.objects.count() == 4
    assert shown(look(visitor, "monday", 9)) == live("monday").walked.gates[2]


def test_predictions_are_exported_and_vanish_with_the_account(visitor: Visitor) -> None:
    predict(visitor, "monday", 1, "promoted")
    sign_up(visitor)
    user = Learner.objects.get(user__isnull=False).user
    assert user is not None
    rows = export(user)["lessons.prediction"]
    assert isinstance(rows, list)
    (kept,) = rows
    assert (kept["walk"], kept["asked"], kept["answer"]) == ("monday", "ending", "promoted")
    send(visitor, DELETE, password=PASSWORD)
    assert not Prediction.objects.exists()


@pytest.mark.parametrize("slug", SLUGS)
def test_each_option_has_words_of_its_own(slug: str) -> None:
    for gate in live(slug).walked.walk.gates:
        said = [say_answer(gate.ask, option) for option in CHOICES.get(gate.ask, ())]
        assert len(set(said)) == len(said)
