"""The flashcards of topics: loaded from files with the rest of a topic, and made ready to show."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.translation import get_language

from canarylearn.engine import Scenario
from canarylearn.items import TopicFiles
from canarylearn.items.cards import Card, Face, card_problems, read_card, read_face
from canarylearn.items.files import read_as
from canarylearn.items.lesson_facts import bind_words
from canarylearn.learning.blocks import BlockView, show_blocks
from canarylearn.learning.content import Unproven
from canarylearn.learning.markup import render, render_inline
from canarylearn.learning.models import Topic
from canarylearn.review.models import Deck


def load_deck(topic: Topic, files: TopicFiles) -> list[str]:
    """The cards as their files have them; says what changed. Raises Unproven for one whose numbers no run shows."""
    cards = {slug: files.texts[f"cards/{slug}.yaml"] for slug in files.cards}
    used = {slug for card in files.cards.values() for slug in card.scenarios}
    scenarios = {slug: files.texts[f"scenarios/{slug}.yaml"] for slug in sorted(used)}
    kept = Deck.objects.filter(topic=topic).first()
    if (kept is None and not cards) or (kept is not None and (kept.cards, kept.scenarios) == (cards, scenarios)):
        return []
    if unproven := [slug for slug, card in files.cards.items() if card_problems(card, files.scenarios)]:
        raise Unproven([f"the card {slug}" for slug in unproven])
    before = kept.cards if kept else {}
    Deck.objects.update_or_create(topic=topic, defaults={"cards": cards, "scenarios": scenarios})
    count = len([slug for slug in before.keys() | cards.keys() if before.get(slug) != cards.get(slug)])
    return [f"{count} card{'' if count == 1 else 's'} changed"]


def dump_deck(topic: Topic) -> dict[str, str]:
    """The files of a topic's cards and of their scenarios, by their paths."""
    deck = Deck.objects.filter(topic=topic).first()
    if deck is None:
        return {}
    cards = {f"cards/{slug}.yaml": text for slug, text in deck.cards.items()}
    return cards | {f"scenarios/{slug}.yaml": text for slug, text in deck.scenarios.items()}


@dataclass(frozen=True, kw_only=True, eq=False)
class ReadyCard:
    """A flashcard, read and checked, with the scenarios that its runs need."""

    slug: str
    text: str
    card: Card
    scenarios: Mapping[str, Scenario]

    def face(self, number: int) -> "FaceView":
        """The card with the numbers of a face, as plain values."""
        return _shown(self, number % len(self.card.faces), get_language())


@dataclass(frozen=True, kw_only=True)
class FaceView:
    """A face for the template: the question, what to hold an explanation against, and the back."""

    title: str
    front_html: str
    checklist_html: tuple[str, ...]
    back: tuple[BlockView, ...]


def ready_cards(deck: Deck) -> dict[str, ReadyCard]:
    """The cards of a deck by their slugs; each is read once a process for each text it ever had."""
    scenarios = tuple(sorted(deck.scenarios.items()))
    return {slug: _ready(slug, text, scenarios) for slug, text in deck.cards.items()}


@lru_cache(maxsize=512)
def _ready(slug: str, text: str, scenarios: tuple[tuple[str, str], ...]) -> ReadyCard:
    card = read_card(text)
    texts = dict(scenarios)
    used = {name: read_as(Scenario, texts[name]) for name in card.scenarios}
    return ReadyCard(slug=slug, text=text, card=card, scenarios=used)


@lru_cache(maxsize=512)
def _shown(mine: ReadyCard, number: int, language: str | None) -> FaceView:
    """A face in a language: the tables of a back have words of the interface."""
    face: Face = read_face(mine.text, number)
    page, scenarios = face.page, mine.scenarios
    return FaceView(
        title=page.facts.title,
        front_html=render(bind_words(face.front, page, scenarios)),
        checklist_html=tuple(render_inline(bind_words(line, page, scenarios)) for line in face.checklist),
        back=show_blocks(page, scenarios),
    )
