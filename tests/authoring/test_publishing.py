"""Publishing: a version for good, with what it changes told before, and nobody's score the lower for it."""

from uuid import uuid4

import pytest

from canarylearn.authoring.models import AuditEntry, Draft
from canarylearn.authoring.publishing import judged_otherwise, stand
from canarylearn.items import digest
from canarylearn.learning.models import Attempt, Item, Learner, Slot, Source, Version
from canarylearn.learning.ready import ready
from canarylearn.learning.selectors import solved_items
from canarylearn.learning.services import submit_attempt
from tests.authoring.small import GOOD, as_fields, small_topic
from tests.authoring.writing import Author
from tests.people import Visitor


@pytest.fixture
def author(db: None) -> Author:
    """An author in a small topic."""
    ready.cache_clear()  # the tests before this one had rows of the same numbers
    small_topic()
    return Author()


def _published(author: Author) -> Draft:
    draft = author.begin("new:task", "Small", "small-share")
    author.send(draft, {"stamp": "1", "as": "form", **as_fields(GOOD)})
    author.prove(draft)
    author.publish(draft)
    draft.refresh_from_db()
    return draft


def test_a_proven_draft_becomes_a_version_that_learners_meet(author: Author) -> None:
    draft = _published(author)
    item, version = Item.objects.get(), Version.objects.get()
    assert (item.owner, item.current, item.kind, item.room, item.concept) == (
        author.user,
        version,
        "task",
        "practice",
        "exposure",
    )
    assert (version.number, version.source, version.spec) == (1, Source.ADMIN, draft.spec)
    made = ready(version.pk)
    assert version.digest == version.proof["digest"] == digest(made.item, made.scenarios)
    assert set(version.scenarios) == {"all-bad"}
    entry = AuditEntry.objects.get()
    assert (entry.who, entry.what, entry.target, entry.detail["version"]) == (author.user, "publish", "small-share", 1)
    visitor = Visitor()
    assert "Give v2 a share" in visitor.get("/practice/small-share/").text
    author.get(f"/admin/authoring/draft/{draft.pk}/publish/")
    assert "What is published is this very draft" in author.page


def test_publishing_again_tells_which_attempts_would_be_judged_otherwise_and_lowers_no_score(author: Author) -> None:
    draft = _published(author)
    first = Item.objects.get().current
    assert first is not None
    key, other = uuid4(), uuid4()
    submit_attempt(learner_key=key, ready=ready(first.pk), answer={"traffic": 0}, key="k" * 20)
    submit_attempt(learner_key=other, ready=ready(first.pk), answer={"traffic": 1}, key="m" * 20)
    author.send(
        draft,
        author.open(draft)
        | {
            "goals.0.about": "outcome:inconclusive",
            "goals.0.name": "Nothing is decided",
            "options.2": "",
            "options.2.fill": "5",
        }
        | {"solution.0": "Nothing was decided."},
    )
    author.prove(draft)
    draft.refresh_from_db()
    standing = stand(draft)
    assert standing.reasons == (), standing.reasons
    page = author.get(f"/admin/authoring/draft/{draft.pk}/publish/")
    assert "2 attempts that were made would be judged otherwise" in page
    assert [(one.answer, one.passed, one.now) for one in judged_otherwise(draft, standing)] == [
        ("traffic = 100", False, True),
        ("traffic = 20", True, False),
    ]
    before = list(Attempt.objects.order_by("pk").values())
    author.publish(draft)
    assert Item.objects.get().current.number == 2  # type: ignore[union-attr]
    assert list(Attempt.objects.order_by("pk").values()) == before
    assert {slot.version_id for slot in Slot.objects.all()} == {first.pk}, (
        "attempts keep the version that they answered"
    )
    assert solved_items(key) == {"small-share"}, "what was solved stays solved"
    first_again = Version.objects.get(pk=first.pk)
    assert first_again.spec == first.spec
    assert AuditEntry.objects.filter(what="publish").count() == 2


def test_answers_that_the_new_version_has_not_are_counted_apart(author: Author) -> None:
    draft = _published(author)
    first = Item.objects.get().current
    assert first is not None
    submit_attempt(learner_key=uuid4(), ready=ready(first.pk), answer={"traffic": 2}, key="k" * 20)
    author.send(draft, author.open(draft) | {"options.2.fill": "-1"})
    author.prove(draft)
    page = author.get(f"/admin/authoring/draft/{draft.pk}/publish/")
    assert "1 attempt has an answer that the new version has not." in page
    assert "No attempt that was made would be judged otherwise." in page


@pytest.mark.parametrize("step", ["nothing", "saved", "changed", "changed after"])
def test_nothing_is_published_that_is_not_proven_as_it_stands(author: Author, step: str) -> None:
    draft = author.begin("new:task", "Small", "small-share")
    if step != "nothing":
        author.send(draft, {"stamp": "1", "as": "form", **as_fields(GOOD)})
    if step in ("changed", "changed after"):
        author.prove(draft)
        draft.refresh_from_db()
        author.send(draft, author.open(draft) | {"title": "Another title"})
    page = author.publish(draft)
    assert author.status == 422
    assert "It cannot be published yet" in page
    assert not Version.objects.exists()
    assert not AuditEntry.objects.exists()


def test_only_an_owner_or_whoever_may_change_any_publishes_and_retires(author: Author) -> None:
    draft = _published(author)
    other, boss = Author("bea"), Author("boss", superuser=True)
    address = f"/admin/authoring/draft/{draft.pk}/publish/"
    for do in ("publish", "retire", "unretire"):
        other.post(address, {"do": do})
        assert other.status == 403
    assert not Item.objects.get().retired
    boss.post(address, {"do": "retire"})
    assert Item.objects.get().retired
    assert Visitor().get("/practice/small-share/").status == 404
    author.post(address, {"do": "unretire"})
    assert not Item.objects.get().retired
    assert list(AuditEntry.objects.order_by("pk").values_list("what", flat=True)) == ["publish", "retire", "unretire"]


def test_an_item_of_a_file_is_not_an_authors_to_change(content: None) -> None:
    author = Author()
    author.post("/admin/authoring/draft/add/", {"from": "open:first-users"})
    assert author.status == 422
    assert "belongs to somebody else" in author.page
    item = Item.objects.get(slug="first-users")
    draft = Draft.objects.create(
        topic=item.topic, slug="first-users", owner=author.user, spec="id: first-users\n", based_on=item.current
    )
    author.publish(draft)
    assert author.status == 403
    author.post(f"/admin/authoring/draft/{draft.pk}/publish/", {"do": "retire"})
    assert author.status == 403
    assert not Item.objects.get(slug="first-users").retired


def test_a_question_whose_longest_option_passes_is_refused_where_most_do(author: Author) -> None:
    passing = {
        "text": "The small share harms fewer of the users, as both runs show",
        "claim": {"name": "Small harms fewer", "run": "small", "measure": "users_harmed", "below": "all"},
    }
    failing = {
        "text": "The small share harms more",
        "claim": {"name": "Small harms more", "run": "small", "measure": "users_harmed", "above": "all"},
    }
    for number in range(3):
        data = {
            **{key: value for key, value in GOOD.items() if key not in ("template", "goals")},
            "id": f"who-is-harmed-{number}",
            "kind": "question",
            "options": [passing, failing],
            "runs": {
                "small": "deploy_model(version='v2', traffic_split=20)",
                "all": "deploy_model(version='v2', traffic_split=100)",
            },
            "solution": ["The rule."],
        }
        draft = author.begin("new:question", "Small", f"who-is-harmed-{number}")
        author.send(draft, {"stamp": "1", "as": "form", **as_fields(data)})
        author.prove(draft)
        author.publish(draft)
    assert author.status == 422
    assert "The longest option is right too often" in author.mend
    assert "lengthen other options" in author.mend
    assert Item.objects.count() == 2


def test_looking_writes_nothing(author: Author) -> None:
    draft = _published(author)
    counts = [model.objects.count() for model in (Learner, Slot, Attempt, Version, AuditEntry)]
    for state in ("fresh", "wrong", "hint", "solved", "out", "proof"):
        author.send(draft, author.open(draft), f"show:{state}")
        assert author.status == 200
        beside = author.page.partition('<aside class="author-beside"')[2].partition("</aside>")[0]
        if state != "proof":
            assert "As the learner sees it" in beside
            assert "<form" not in beside.partition('<div class="as-learner">')[2], "nothing there can be sent"
            assert "hx-post" not in beside.partition('<div class="as-learner">')[2]
    assert counts == [model.objects.count() for model in (Learner, Slot, Attempt, Version, AuditEntry)]


@pytest.mark.parametrize(
    ("state", "shown", "hidden"),
    [
        ("fresh", "Deploy", "Solved"),
        ("wrong", "Not yet", "The rule"),
        ("hint", "An example with other numbers.", "Not yet"),
        ("solved", "A share that tells, and spares most.", "Not yet"),
        ("out", "No tries left.", "Deploy</button>"),
    ],
)
def test_each_state_is_what_a_learner_would_see(author: Author, state: str, shown: str, hidden: str) -> None:
    draft = author.begin("new:task", "Small", "small-share")
    options = ["20", "100", "0", "-1"]
    author.send(draft, {"stamp": "1", "as": "form", **as_fields({**GOOD, "options": options})}, f"show:{state}")
    seen = author.page.partition('<div class="as-learner">')[2].partition("</aside>")[0]
    assert shown in seen
    assert hidden not in seen
