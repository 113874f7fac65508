"""What all apps keep of a learner is asked for in one statement, which both databases understand alike."""

import re

from tests.people import Person, answers
from tests.serving import Site

TOPIC, TEST, REVIEW = "/topics/canary-releases/", "/test/canary-releases/", "/review/canary-releases/"
STATES = re.compile(r'<p class="mode-state">(.*?)</p>', re.DOTALL)


def test_the_topic_and_the_progress_say_what_was_done_in_every_mode(site_on_each_database: Site) -> None:
    person = Person(site_on_each_database.url)

    def token(path: str) -> dict[str, str]:
        return person.get(path).hidden

    person.answer("first-users", answers("first-users", passing=True)[0])
    why = f"{TOPIC}why/"
    for form, fields in ((f"{why}questions/everyone-at-once/", {"choice": "A"}), (f"{why}read/", {})):
        person.post(form, {**token(why), **fields})
    walk = f"{TOPIC}visualise/?scenario=monday&frame=9"
    person.post(f"{TOPIC}visualise/predict/", {**token(walk), "scenario": "monday", "gate": "1", "unsure": "1"})
    card = re.search(r'action="(/review/cards/[^"]+)back/"', person.get(REVIEW).text)
    assert card
    back = person.post(f"{card[1]}back/", token(REVIEW))
    person.post(f"{card[1]}grade/", {**back.hidden, "grade": "3"})
    person.post(f"{TEST}begin/", token(TEST))
    person.post(f"{TEST}1/answer/", {**token(f"{TEST}1/"), "not-sure": "yes"})
    open_test = states(person)
    person.post(f"{TEST}end/", token(f"{TEST}end/"))
    assert open_test == [
        "read, 1 of 2 answered",
        "0 of 5 watched, 0 of 1 predicted",
        "15 due today",
        "a test is open",
    ]
    assert states(person)[-1] == "undecided"
    progress = person.get("/progress/")
    assert progress.status == 200
    assert "1 week</strong> in a row" in progress.text
    assert "/test/canary-releases/results/" in progress.text
    assert "/attempts/" in progress.text


def states(person: Person) -> list[str]:
    """What the topic says of each mode in which something was done."""
    return [re.sub(r"<[^>]*>|✓", "", state).strip() for state in STATES.findall(person.get(TOPIC).text)]
