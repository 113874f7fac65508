"""Cards are loaded with their topic: once, when they changed, and never with a number that no run shows."""

from pathlib import Path

import pytest

from canarylearn.items import read_topic
from canarylearn.learning.content import Unproven, load_topic, read_lock
from canarylearn.learning.models import Topic
from canarylearn.review.models import Deck
from tests.topics import change, copied, curriculum

pytestmark = pytest.mark.usefixtures("content")


def test_loading_again_changes_nothing() -> None:
    assert load_topic(curriculum(), read_lock()) == []
    assert set(Deck.objects.get().cards) == set(curriculum().cards)


def test_a_changed_card_is_loaded_and_a_removed_one_is_gone(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    change(folder / "cards" / "whose-fault.yaml", ("title: Whose fault", "title: Not v2's fault"))
    (folder / "cards" / "back-for-good.yaml").unlink()
    assert load_topic(read_topic(folder), read_lock()) == ["2 cards changed"]
    deck = Deck.objects.get(topic=Topic.objects.get())
    assert "Not v2's fault" in deck.cards["whose-fault"]
    assert "back-for-good" not in deck.cards


def test_a_card_with_a_number_from_nowhere_is_not_loaded(tmp_path: Path) -> None:
    folder = copied(tmp_path)
    change(folder / "cards" / "whose-fault.yaml", ("It failed as much", "It failed 4711 times as much"))
    before = Deck.objects.get().cards
    with pytest.raises(Unproven, match="the card whose-fault"):
        load_topic(read_topic(folder), read_lock())
    assert Deck.objects.get().cards == before
