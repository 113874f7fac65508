"""The badge: for every incident solved, seen by nobody before its owner says so, and judged again by anyone."""

import json
import re
from datetime import timedelta
from io import StringIO
from pathlib import Path
from uuid import UUID, uuid4

import pytest
from django.core.management import CommandError, call_command
from django.utils import timezone

from canarylearn.items.evidence import read_evidence, rejudge
from canarylearn.learning.models import Learner, Topic, Version
from canarylearn.learning.ready import ready
from canarylearn.learning.services import submit_attempt
from quizzes.challenge import clocks
from quizzes.challenge.badges import claim, is_sealed
from quizzes.challenge.incidents import ROOM
from quizzes.challenge.models import Badge, Clock
from tests.accounts.signing import DELETE, EXPORT, PASSWORD, send, sign_out, sign_up
from tests.challenge.helping import INCIDENTS, LIST, ORDER, QUESTION, answers, path_of, solve, start
from tests.items.test_evidence import resigned
from tests.people import Visitor

pytestmark = pytest.mark.usefixtures("content")


def key_of(visitor: Visitor) -> UUID:
    """Who the site takes this visitor for: the only learner there is yet."""
    start(visitor, QUESTION, "off")
    return Learner.objects.get().key


def solve_all(key: UUID) -> None:
    """Solve whatever is not solved, at the second try, without the pages."""
    for slug in INCIDENTS:
        version = ready(Version.objects.get(item__slug=slug).pk)
        tries = (answers(slug, passing=False)[0], answers(slug, passing=True)[0])
        for answer in tries:
            submit_attempt(learner_key=key, ready=version, answer=answer, key=uuid4().hex)


@pytest.fixture
def owner(visitor: Visitor) -> Visitor:
    """Somebody who has just made a badge."""
    solve_all(key_of(visitor))
    assert visitor.post(f"{LIST}badge/", {}).status == 303
    return visitor


def page() -> str:
    """The address of the badge."""
    return Badge.objects.get().get_absolute_url()


def test_there_is_none_before_every_incident_is_solved(visitor: Visitor) -> None:
    early = visitor.post(f"{LIST}badge/", {})
    assert early.status == 409
    assert "some are still open" in early.text
    assert "Make my badge" not in early.text
    assert not Badge.objects.exists()


def test_all_solved_makes_one_badge_however_often_it_is_asked_for(owner: Visitor) -> None:
    assert owner.post(f"{LIST}badge/", {}).header("Location") == page()
    assert Badge.objects.count() == 1
    assert page() in owner.get(LIST).text
    text = owner.get(page()).text
    for incident in Badge.objects.get().evidence["items"]:
        assert incident["clock"] in text
    assert "0 of 5 in time, 0 at the first try." in " ".join(text.split())


def test_it_says_which_were_in_time_and_at_the_first_try(visitor: Visitor) -> None:
    assert solve(visitor, QUESTION, "1.5").passed
    key = Learner.objects.get().key
    assert "✓ solved in time" in visitor.get(LIST).text
    solve_all(key)
    visitor.post(f"{LIST}badge/", {})
    said = " ".join(visitor.get(page()).text.split())
    assert "1 of 5 in time, 1 at the first try." in said
    assert "in time at ×1.5" in said
    assert "somebody who gives no name" in said


def test_nobody_else_sees_it_before_it_is_shared(owner: Visitor) -> None:
    other, address = Visitor(), page()
    assert re.fullmatch(r"/challenge/badge/[\w-]{32}/", address)
    for path in (address, f"{address}evidence.json"):
        assert (owner.get(path).status, other.get(path).status) == (200, 404)
    assert other.post(f"{address}share/", {"shared": "on"}).status == 404
    assert not Badge.objects.get().shared


def test_sharing_shows_it_with_a_name_only_if_that_is_ticked(owner: Visitor) -> None:
    other, address = Visitor(), page()
    assert owner.post(f"{address}share/", {"shared": "on", "name": "Ada"}).status == 303
    assert "Ada" not in other.get(address).text
    owner.post(f"{address}share/", {"shared": "on", "named": "on", "name": "Ada"})
    shown = other.get(address)
    assert "By Ada, on" in shown.text
    assert "Who may see it" not in shown.text
    assert shown.header("X-Robots-Tag") == "noindex"
    assert other.post(f"{address}share/", {}).status == 404
    assert json.loads(other.get(f"{address}evidence.json").text) == Badge.objects.get().evidence


def test_withdrawing_takes_the_name_away_and_the_old_address_leads_nowhere(owner: Visitor) -> None:
    address = page()
    owner.post(f"{address}share/", {"shared": "on", "named": "on", "name": "Ada"})
    owner.post(f"{address}share/", {"named": "on", "name": "Ada"})
    assert Badge.objects.get().name == ""
    assert page() != address
    assert owner.get(address).status == 404
    assert owner.get(page()).status == 200


@pytest.mark.parametrize("name", ["x" * 61, "a\0b"])
def test_a_name_that_is_none_changes_nothing(owner: Visitor, name: str) -> None:
    assert owner.post(f"{page()}share/", {"shared": "on", "named": "on", "name": name}).status == 422
    assert not Badge.objects.get().shared
    assert owner.get(f"{page()}share/").status == 405


def test_a_name_is_text_and_no_markup(owner: Visitor) -> None:
    owner.post(f"{page()}share/", {"shared": "on", "named": "on", "name": "<b>Ada</b>"})
    assert "<b>Ada</b>" not in owner.get(page()).text


def written(folder: Path, text: str) -> Path:
    file = folder / "badge.json"
    file.write_text(text, encoding="utf-8")
    return file


def test_the_evidence_is_judged_equal_and_known_as_this_sites(owner: Visitor, tmp_path: Path) -> None:
    text = owner.get(f"{page()}evidence.json").text
    assert all(one.equal for one in rejudge(read_evidence(text)))
    said = StringIO()
    call_command("verify_badge", written(tmp_path, text), stdout=said)
    assert "5 of 5 verdicts are equal, and this site made the file" in said.getvalue()
    assert '"name"' not in text


def test_a_file_that_was_changed_or_made_elsewhere_is_not_verified(owner: Visitor, tmp_path: Path) -> None:
    facts = json.loads(owner.get(f"{page()}evidence.json").text)
    facts["items"][0]["clock"] = "in time at ×1"
    with pytest.raises(CommandError, match="changed after it was made"):
        call_command("verify_badge", written(tmp_path, json.dumps(facts)))
    with pytest.raises(CommandError, match="not made by this site"):
        call_command("verify_badge", written(tmp_path, resigned(facts)), stdout=StringIO())
    facts["items"][0]["answer"] = answers(QUESTION, passing=False)[0]
    with pytest.raises(CommandError, match="1 of 5 verdicts are not equal"):
        call_command("verify_badge", written(tmp_path, resigned(facts)), stdout=StringIO())
    for text in ("{}", "[" * 50_000):
        with pytest.raises(CommandError, match=r"badge.json: "):
            call_command("verify_badge", written(tmp_path, text))
    assert not is_sealed(facts["digest"], "x")


def test_a_guests_clocks_and_badge_come_along_are_exported_and_go_with_the_account(owner: Visitor) -> None:
    address = page()
    owner.post(f"{address}share/", {"shared": "on", "named": "on", "name": "Ada of Evidence"})
    sign_up(owner)
    assert owner.get(address).text.count("Who may see it") == 1
    exported = json.loads(owner.get(EXPORT).text)
    assert len(exported["challenge.clock"]) == 1
    assert "Ada of Evidence" in exported["challenge.badge"][0]["name"]
    send(owner, DELETE, password=PASSWORD)
    assert not Badge.objects.exists()
    assert not Clock.objects.exists()
    assert Visitor().get(address).status == 404


def test_a_second_badge_that_was_set_aside_can_still_be_withdrawn(visitor: Visitor) -> None:
    sign_up(visitor)
    key_of(visitor)
    account = Learner.objects.get()
    now, topic = timezone.now(), Topic.objects.get()
    solve_all(account.key)
    assert claim(learner_key=account.key, topic=topic, listed=ROOM.listed(topic.slug), now=now)
    guest = Learner.objects.create(key=uuid4(), merged_into=account)
    aside = Badge.objects.create(
        learner=guest, topic=topic, earned=now, shared=True, evidence=Badge.objects.get().evidence
    )
    visitor.post(f"{aside.get_absolute_url()}share/", {})
    aside.refresh_from_db()
    assert not aside.shared


def test_the_clock_of_a_guest_who_solved_it_is_the_accounts(visitor: Visitor) -> None:
    sign_up(visitor)
    start(visitor, QUESTION)
    sign_out(visitor)
    solve(visitor, QUESTION)
    send(visitor, "/account/sign-in/", login="ada.lovelace@example.org", password=PASSWORD)
    mine = Clock.objects.get(learner__user__isnull=False)
    assert (mine.passed, mine.in_time) == (True, True)
    assert "✓ solved in time" in visitor.get(LIST).text


def test_only_what_arrived_counts_for_the_clock_whoever_asks_when(visitor: Visitor) -> None:
    key = key_of(visitor)
    version = ready(Version.objects.get(item__slug=ORDER).pk)
    begun = timezone.now()
    clock = clocks.start(learner_key=key, ready=version, speed="1", now=begun)
    late = begun + timedelta(seconds=clock.seconds)
    assert clocks.give_time(learner_key=key, ready=version, running=clock, now=late - timedelta(seconds=1))
    assert not clocks.give_time(
        learner_key=key, ready=version, running=clock, now=late + timedelta(seconds=clock.seconds)
    )


def test_the_pages_ask_at_most_eight_queries(owner: Visitor, django_assert_max_num_queries: object) -> None:
    assert callable(django_assert_max_num_queries)
    visitor = Visitor()
    waiting, begun = path_of("the-average-looks-fine"), path_of(ORDER)
    start(visitor, ORDER)
    for somebody, path in ((visitor, LIST), (visitor, waiting), (visitor, begun), (owner, LIST), (owner, page())):
        somebody.get(path)  # versions are read once a process
        with django_assert_max_num_queries(8):
            assert somebody.get(path).status == 200


def test_the_topics_page_lists_the_challenge_with_what_was_solved(owner: Visitor) -> None:
    topic = owner.get("/topics/canary-releases/").text
    assert f'href="{LIST}"' in topic
    assert "5 of 5 solved" in topic
