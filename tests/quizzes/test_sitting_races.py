"""Two tabs of one learner at the same moment, at a served site on each database."""

import re
from collections import Counter
from functools import partial

from tests.people import Person, all_at_once
from tests.serving import Site

TEST = "/test/canary-releases/"
ROUNDS = 4
TABS = 6


def begun(site: Site) -> Person:
    """Somebody at the first question."""
    person = Person(site.url)
    token = person.get(TEST).hidden
    assert person.post(f"{TEST}begin/", token).status == 303
    return person


def test_a_test_begun_in_many_tabs_at_once_is_one_test(site_on_each_database: Site) -> None:
    for _round in range(ROUNDS):
        person = Person(site_on_each_database.url)
        token = person.get(TEST).hidden
        replies = all_at_once([partial(person.post, f"{TEST}begin/", token) for _ in range(TABS)])
        assert {(reply.status, reply.header("Location")) for reply in replies} == {(303, f"{TEST}1/")}
        assert len({person.get(f"{TEST}1/").hidden["key"] for _ in range(2)}) == 1


def test_of_answers_at_once_one_is_kept_and_the_others_are_told(site_on_each_database: Site) -> None:
    """One tab says "not sure", the others "not sure" and a whole answer: the first to come stays as it was given."""
    for _round in range(ROUNDS):
        person = begun(site_on_each_database)
        page = person.get(f"{TEST}1/")
        names = set(re.findall(r'<select [^>]*name="([^"]+)"', page.text)) or {"choice"}
        whole = {**page.hidden, **dict.fromkeys(names, "A")}
        unsure = {**page.hidden, "not-sure": "yes"}
        sent = [whole, unsure] * (TABS // 2)
        replies = all_at_once([partial(person.post, f"{TEST}1/answer/", fields) for fields in sent])
        assert Counter(reply.status for reply in replies) == Counter({303: TABS // 2, 409: TABS // 2})
        assert len({reply.status for reply in replies[::2]}) == 1
        assert "Question 1 was answered" in person.get(f"{TEST}1/").text
        assert person.get(f"{TEST}3/").header("Location") == f"{TEST}2/"


def test_a_test_ended_in_one_tab_while_the_other_answers_ends_once(site_on_each_database: Site) -> None:
    for _round in range(ROUNDS):
        person = begun(site_on_each_database)
        fields = {**person.get(f"{TEST}1/").hidden, "not-sure": "yes"}
        ends = person.get(f"{TEST}end/").hidden
        calls = [partial(person.post, f"{TEST}end/", ends), partial(person.post, f"{TEST}1/answer/", fields)]
        replies = all_at_once([*calls, *calls])
        assert {reply.status for reply in replies} <= {303, 409}
        assert "A test is open" not in person.get(TEST).text
