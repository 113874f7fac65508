"""Flashcards as they are written: faces with their own numbers, and nothing on a back that no run shows."""

from pathlib import Path

import pytest

from canarylearn.dialects.errors import Unreadable
from canarylearn.items.cards import Card, card_problems
from canarylearn.items.files import read_topic
from canarylearn.items.lesson_facts import bind_words
from canarylearn.items.lessons import Words
from canarylearn.items.reading import read_as
from tests.topics import change, copied, curriculum

CARD = """
id: a-card
concept: shares
title: A card
front: "v2 gets $share % of the traffic. How many requests?"
faces:
  - {share: 10}
  - {share: 20}
back: |
  It got {{run: canary_requests}} at $share %.

  ::: release run in v2-is-fine
  set_weight($share)
  hold('20m')
  :::
"""


def card(*changes: tuple[str, str]) -> Card:
    """That card, changed."""
    text = CARD
    for before, after in changes:
        assert before in text
        text = text.replace(before, after)
    return read_as(Card, text)


def said(*changes: tuple[str, str]) -> str:
    """Why that card, changed, cannot be read."""
    with pytest.raises(Unreadable) as refused:
        card(*changes)
    return str(refused.value)


def codes(found: Card) -> list[str]:
    """What is wrong with a card."""
    return [problem.code for problem in card_problems(found, curriculum().scenarios)]


def test_a_face_has_its_own_numbers_everywhere() -> None:
    found = card()
    assert codes(found) == []
    fronts = [found.face(number).front for number in range(3)]
    assert fronts == [fronts[0], "v2 gets 20 % of the traffic. How many requests?", fronts[0]]
    assert found.face(1).page.runs["run"].script.startswith("set_weight(20)")


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (("{share: 20}", "{part: 20}"), "face 2 gives ['part'], and the first ['share']"),
        (("{share: 20}", "{share: 10}"), "two faces are alike"),
        (("  - {share: 20}\n", ""), "faces"),
        (("at $share %.", "at $weight %."), "no face gives $weight"),
        (("  :::\n", "  \n"), "this block is not closed"),
        (("front:", "answer: 42\nfront:"), "answer"),
    ],
)
def test_a_card_that_cannot_be_shown_is_refused(change: tuple[str, str], message: str) -> None:
    assert message in said(change)


def test_a_back_without_a_run_or_with_a_form_is_refused() -> None:
    release = CARD[CARD.index("  ::: release") :]
    traffic = "share: 5%\n  requests_per_second: 9\n  users: 9\n  baseline: 1%\n  canary: 2%"
    form = f"  ::: calculator\n  {traffic}\n  :::\n"
    assert "it asks nothing" in said((release, form), ("{{run: canary_requests}}", "many"))
    assert "nothing stands behind this card" in said((release, ""), ("{{run: canary_requests}}", "many"))


@pytest.mark.parametrize(
    ("change", "code"),
    [
        (("{{run: canary_requests}}", "4711"), "number-without-run"),
        (("How many requests?", "Is it 4711?"), "number-without-run"),
        (("{{run: canary_requests}}", "{{run: luck}}"), "bound-to-nothing"),
        (("set_weight($share)", "set_weight('$share')"), "code-refused"),
    ],
)
def test_a_number_that_no_run_shows_is_found_on_every_face(change: tuple[str, str], code: str) -> None:
    assert codes(card(change)) == [code] * 2


def test_the_curriculum_has_cards_for_each_of_its_concepts() -> None:
    files = curriculum()
    assert len(files.cards) >= 12
    assert {one.concept for one in files.cards.values()} == set(files.topic.concepts)
    assert sum(bool(one.checklist) for one in files.cards.values()) == 2
    assert [codes(one) for one in files.cards.values()] == [[]] * len(files.cards)


@pytest.mark.parametrize("slug", sorted(curriculum().cards))
def test_every_face_reads_differently(slug: str) -> None:
    found, scenarios = curriculum().cards[slug], curriculum().scenarios
    faces = [found.face(number) for number in range(len(found.faces))]
    backs = [
        [bind_words(part.text, face.page, scenarios) for part in face.page.parts if isinstance(part, Words)]
        for face in faces
    ]
    assert len({(face.front, *back) for face, back in zip(faces, backs, strict=True)}) == len(faces)
    assert not any("$" in text or "{{" in text for back in backs for text in back)


@pytest.mark.parametrize(
    ("before", "after", "message"),
    [
        ("id: whose-fault", "id: no-fault", "name the file after it"),
        ("concept: decision", "concept: blame", "its concept is 'blame'"),
        ("fixed-limit in both-arms-fail", "fixed-limit in nowhere", "there is no scenario 'nowhere'"),
    ],
)
def test_a_card_that_does_not_fit_its_topic_is_refused(tmp_path: Path, before: str, after: str, message: str) -> None:
    folder = copied(tmp_path)
    change(folder / "cards" / "whose-fault.yaml", (before, after))
    with pytest.raises(Unreadable) as refused:
        read_topic(folder)
    assert message in str(refused.value)
