"""Other numbers for an item that is resolved: pages, tries and hints of their own, and what they count for."""

import re

import pytest
from django.contrib.auth.models import User
from django.db import connection
from django.template.loader import render_to_string
from django.test.utils import CaptureQueriesContext

from canarylearn.items import Item
from canarylearn.learning.forms import AnswerForm, option_id
from canarylearn.learning.merging import account_key, merge_guest
from canarylearn.learning.models import Attempt, Learner, Slot, Version
from canarylearn.learning.pages import build_page
from canarylearn.learning.ready import Ready, ready
from canarylearn.learning.selectors import Listed, Standing, solved_items, standings
from tests.families import ORDER, WORLDS
from tests.people import Reply, Visitor, answers, chosen, path_of

pytestmark = pytest.mark.usefixtures("content")

TASK, QUESTION = "first-users", "who-is-routed"
MOST_QUERIES = 8


def made_ready(slug: str, variant: int = 0) -> Ready:
    """The published version of an item, with the numbers of a variant."""
    return ready(Version.objects.get(item__slug=slug).pk, variant)


def with_numbers(slug: str, variant: int, *, passing: bool) -> list[dict[str, int]]:
    """The answers that pass, or do not, with the numbers of a variant."""
    mine = made_ready(slug, variant)
    return [answer for answer in mine.item.assignments() if mine.judge(answer).passed is passing]


def post(visitor: Visitor, slug: str, variant: int, answer: dict[str, int], *, htmx: bool = False) -> Reply:
    """Answer an item as it is asked with the numbers of a variant."""
    page = visitor.get(f"{path_of(slug)}?numbers={variant}")
    address = re.search(r'action="([^"]+/attempt/[^"]*)"', page.text)
    assert address
    assert address[1] == f"{path_of(slug)}attempt/?numbers={variant}"
    return visitor.post(address[1], {**page.hidden, **chosen(slug, answer)}, htmx=htmx)


def resolve(visitor: Visitor, slug: str, *, passing: bool = True) -> Reply:
    """Solve an item as authored, or use up its tries."""
    given = answers(slug, passing=passing)[: 1 if passing else 3]
    return [visitor.answer(slug, answer) for answer in given][-1]


@pytest.mark.parametrize("slug", [TASK, QUESTION])
@pytest.mark.parametrize("passing", [True, False])
def test_other_numbers_are_offered_once_the_item_is_resolved(visitor: Visitor, slug: str, passing: bool) -> None:
    assert f"{path_of(slug)}?numbers=" not in visitor.get(path_of(slug)).text
    reply = resolve(visitor, slug, passing=passing)
    first = made_ready(slug).variants[1]
    assert f'href="{path_of(slug)}?numbers={first}">Try it with other numbers</a>' in reply.text
    page = visitor.get(f"{path_of(slug)}?numbers={first}")
    assert page.status == 200
    assert "other numbers, 1" in page.text
    assert page.passed is None
    assert page.tries_left == made_ready(slug).item.tries


@pytest.mark.parametrize("numbers", ["", "x", "-1", "0x1", "1.0", " 1", "01", "٣", "77", "9" * 30, "1&numbers=99"])
def test_numbers_that_are_not_there_are_not_found(visitor: Visitor, numbers: str) -> None:
    resolve(visitor, TASK)
    for path in (path_of(TASK), f"{path_of(TASK)}attempt/", f"{path_of(TASK)}hints/1/"):
        assert visitor.get(f"{path}?numbers={numbers}").status == 404
        assert visitor.post(f"{path}?numbers={numbers}", {}).status in (404, 405)
    assert Attempt.objects.count() == 1


def test_numbers_open_one_after_the_other(visitor: Visitor) -> None:
    first, second = made_ready(TASK).variants[1:3]
    assert visitor.get(f"{path_of(TASK)}?numbers={first}").status == 404
    resolve(visitor, TASK)
    assert visitor.get(f"{path_of(TASK)}?numbers={second}").status == 404
    post(visitor, TASK, first, with_numbers(TASK, first, passing=True)[0])
    assert visitor.get(f"{path_of(TASK)}?numbers={second}").status == 200


def test_the_option_that_passes_is_another_one_and_the_run_decides(visitor: Visitor) -> None:
    first = made_ready(TASK).variants[1]
    before, after = answers(TASK, passing=True)[0], with_numbers(TASK, first, passing=True)[0]
    assert before != after
    resolve(visitor, TASK)
    assert post(visitor, TASK, first, before).passed is False
    reply = post(visitor, TASK, first, after, htmx=True)
    assert reply.is_fragment
    assert reply.passed is True
    assert "‹" not in reply.text
    kept = Attempt.objects.order_by("pk").values_list("slot__variant", "number", "passed")
    assert list(kept) == [(0, 1, True), (first, 1, False), (first, 2, True)]


def test_tries_and_hints_of_each_variant_are_its_own(visitor: Visitor) -> None:
    visitor.post(f"{path_of(TASK)}hints/1/", {})
    resolve(visitor, TASK, passing=False)
    first = made_ready(TASK).variants[1]
    page = visitor.get(f"{path_of(TASK)}?numbers={first}")
    assert f'formaction="{path_of(TASK)}hints/1/?numbers={first}"' in page.text
    page = visitor.post(f"{path_of(TASK)}hints/1/?numbers={first}", page.hidden)
    assert 'id="hint-1"' in page.text
    assert 'id="hint-2"' not in page.text
    for answer in with_numbers(TASK, first, passing=False):
        reply = post(visitor, TASK, first, answer)
    assert reply.tries_left == 0
    slots = Slot.objects.order_by("variant")
    assert [(slot.variant, slot.hints_opened, slot.attempts.count()) for slot in slots] == [(0, 1, 3), (first, 1, 3)]


def test_after_the_last_numbers_none_are_offered(visitor: Visitor) -> None:
    reply = resolve(visitor, TASK)
    for variant in made_ready(TASK).variants[1:]:
        assert f"?numbers={variant}" in reply.text
        reply = post(visitor, TASK, variant, with_numbers(TASK, variant, passing=True)[0])
    assert "Try it with other numbers" not in reply.text


@pytest.mark.parametrize("hints", [0, 1])
def test_an_item_counts_as_solved_if_other_numbers_were_solved_unaided(visitor: Visitor, hints: int) -> None:
    resolve(visitor, TASK, passing=False)
    assert state_of(visitor, TASK) == "missed"
    first = made_ready(TASK).variants[1]
    if hints:
        visitor.post(f"{path_of(TASK)}hints/1/?numbers={first}", {})
    reply = post(visitor, TASK, first, with_numbers(TASK, first, passing=True)[0], htmx=True)
    wanted = "missed" if hints else "solved"
    assert f'<li id="step-{TASK}" class="{wanted}"' in reply.text
    assert state_of(visitor, TASK) == wanted
    key = Learner.objects.get().key
    assert (TASK in solved_items(key)) is (wanted == "solved")


def state_of(visitor: Visitor, slug: str) -> str:
    """What the row of steps says of an item."""
    found = re.search(rf'<li id="step-{slug}" class="(\w+)"', visitor.get(path_of(slug)).text)
    assert found
    return found[1]


def test_a_form_opened_without_sending_it_shows_the_same_numbers(visitor: Visitor) -> None:
    resolve(visitor, TASK)
    first = made_ready(TASK).variants[1]
    reply = visitor.get(f"{path_of(TASK)}attempt/?numbers={first}")
    assert reply.status == 405
    assert "other numbers, 1" in reply.text


def test_a_page_with_other_numbers_takes_few_queries(visitor: Visitor) -> None:
    resolve(visitor, TASK)
    first = made_ready(TASK).variants[1]
    post(visitor, TASK, first, with_numbers(TASK, first, passing=True)[0])
    with CaptureQueriesContext(connection) as captured:
        visitor.get(f"{path_of(TASK)}?numbers={first}")
    assert len(captured) <= MOST_QUERIES


def test_an_attempt_is_replayed_with_its_own_numbers(visitor: Visitor) -> None:
    resolve(visitor, QUESTION)
    first = made_ready(QUESTION).variants[1]
    post(visitor, QUESTION, first, with_numbers(QUESTION, first, passing=True)[0])
    listed = visitor.get("/attempts/")
    assert listed.text.count("other numbers") == 1
    attempt = Attempt.objects.get(slot__variant=first)
    page = visitor.get(f"/attempts/{attempt.pk}/")
    values = re.findall(r"route_request\((\d+)\)", made_ready(QUESTION, first).item.template or "")
    assert len(values) == 2
    assert all(f">{value}<" in page.text for value in values)
    assert f'href="{path_of(QUESTION)}?numbers={first}"' in page.text
    assert "Solved" in page.text


def test_a_guests_other_numbers_come_along(visitor: Visitor) -> None:
    resolve(visitor, TASK)
    first = made_ready(TASK).variants[1]
    post(visitor, TASK, first, with_numbers(TASK, first, passing=True)[0])
    user = User.objects.create_user("someone")
    assert merge_guest(Learner.objects.get().key, user) == 2
    version = made_ready(TASK).version_id
    mine = standings(account_key(user), [version])[version]
    assert mine.solved
    assert mine.others[first].unaided


def test_a_variant_that_is_not_proven_cannot_be_had() -> None:
    with pytest.raises(LookupError, match="has no variant 77"):
        made_ready(TASK, 77)
    assert made_ready(TASK).variants[0] == 0
    assert len(made_ready(TASK).variants) == 4


# Lines to put in order


def order_ready() -> Ready:
    """Lines to put in order, as a version would have them."""
    item = Item.model_validate(ORDER)
    return Ready(version_id=1, number=1, topic_slug="canary-releases", seeds=59, item=item, scenarios=WORLDS)


def order_form(*lines: str) -> AnswerForm:
    fields = {f"blank-line{number}": line for number, line in enumerate(lines, start=1)}
    form = AnswerForm({"key": "k" * 20, "version": "1", **fields}, ready=order_ready())
    form.is_valid()
    return form


def test_an_order_with_each_line_once_is_an_answer() -> None:
    form = order_form("C", "D", "B", "A")
    assert form.is_valid()
    assert form.complaint == ""
    assert form.answer == {"line1": 2, "line2": 3, "line3": 1, "line4": 0}


@pytest.mark.parametrize(
    ("lines", "said"),
    [
        (("A", "A", "B", "C"), "Still missing: “hold('30m')”. More than once: “promote()”."),
        (("C", "D", "B", ""), "Still missing: “promote()”. Nothing was deployed"),
        (("C", "D", "B", "Z"), "Still missing: “promote()”. Nothing was deployed"),
        (("D", "D", "D", "D"), "Still missing: “promote()”, “Roll back if v2 fails often”, “set_weight(10)”. More"),
    ],
)
def test_an_order_with_a_line_twice_or_nowhere_is_told_so(lines: tuple[str, ...], said: str) -> None:
    form = order_form(*lines)
    assert not form.is_valid()
    assert said in form.complaint
    assert form.complaint.endswith("no try was used.")


def test_the_form_of_an_order_has_a_labelled_place_for_each_line() -> None:
    listed = [Listed("an-order", "An order", "easy", 1, 1, "canary-releases", "", "order", "practice")]
    page = build_page(room="practice", ready=order_ready(), listed=listed, standing=Standing(), chosen={})
    text = render_to_string("learning/_order.html", vars(page))
    assert re.findall(r'<label for="(.*?)">(.*?)</label> <select id="(.*?)" name="(.*?)">', text) == [
        (f"blank-line{number}", f"Step {number}", f"blank-line{number}", f"blank-line{number}")
        for number in range(1, 5)
    ]
    shown = re.findall(r'<option value="(.)" selected>', text)
    assert shown == [option_id(position) for position in range(4)]
