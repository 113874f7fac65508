"""Search over what everybody may read: topics, concepts, ways of learning, pages, and what items ask.

Never over what is shown later: no hint, option, goal, note or solution is looked at, and no item of the challenge or
the test. The index is made once for each state of the content, and kept in the process.
"""

import html
import math
import re
import unicodedata
from collections import Counter, defaultdict
from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass
from functools import cached_property, lru_cache
from hashlib import sha256

from django.urls import reverse
from django.utils.html import strip_tags

from canarylearn.items.lessons import Words
from canarylearn.learning.markup import render
from canarylearn.learning.models import Item, Page, Place, Topic
from canarylearn.learning.modes import ROOMS, modes_of
from canarylearn.learning.reading import ready_page, topics_and_pages
from canarylearn.learning.ready import item_as_kept
from canarylearn.learning.rooms import has
from canarylearn.learning.selectors import topic_spec

MOST_LETTERS = 100
MOST_WORDS = 8
MOST_RESULTS = 20
_BEFORE, _AROUND = 60, 190
_SHORTEST_BEGINNING = 3
_IN_TITLE, _IN_SUMMARY = 6.0, 2.0
_BEGINS = 0.5

_WORD = re.compile(r"\w+")
_BOUND = re.compile(r"\{\{.*?\}\}")
_TOO_COMMON = frozenset(("a", "an", "and", "are", "as", "at", "by", "for", "from", "how", "in", "is", "it", "of", "on"))
_TOO_COMMON |= {"or", "that", "the", "this", "to", "what", "which", "who", "with"}


@dataclass(frozen=True, kw_only=True)
class Entry:
    """Something to find: what it is (`mode`), where it leads, and its words."""

    mode: str
    topic: str
    url: str
    title: str
    summary: str = ""
    text: str = ""

    @cached_property
    def weights(self) -> Mapping[str, float]:
        """How much each of its words says of it: most in the title, and more for standing there often."""
        found: defaultdict[str, float] = defaultdict(float)
        for word, times in Counter(_stems(self.text)).items():
            found[word] += 1 + math.log(times)
        for word in set(_stems(self.summary)):
            found[word] += _IN_SUMMARY
        for word in set(_stems(self.title)):
            found[word] += _IN_TITLE
        return dict(found)


@dataclass(frozen=True, kw_only=True)
class Index:
    """All entries, and in how many of them each word stands."""

    entries: tuple[Entry, ...]
    spread: Mapping[str, int]


@dataclass(frozen=True, kw_only=True)
class Piece:
    """A piece of a text, and whether it was looked for."""

    text: str
    marked: bool


@dataclass(frozen=True, kw_only=True)
class Result:
    """An entry that was found, with what was looked for marked in its title and in a passage of its text."""

    mode: str
    topic: str
    url: str
    title: list[Piece]
    passage: list[Piece]


@dataclass(frozen=True, kw_only=True)
class Found:
    """What a search came to. `partly` when nothing holds all words, and these hold some."""

    total: int
    results: list[Result]
    partly: bool


def search(query: str) -> Found:
    """What holds the words of a query, the best first."""
    return _look_for(current_index(), tuple(terms(query)))


def terms(query: str) -> list[str]:
    """The words to look for: the first few, without those that stand everywhere, unless there are no others."""
    words = list(dict.fromkeys(_stems(query[:MOST_LETTERS])))
    return ([word for word in words if word not in _TOO_COMMON] or words)[:MOST_WORDS]


def current_index() -> Index:
    """The index of the content as it stands."""
    items = Item.objects.filter(room=Place.PRACTICE, retired=False, current__isnull=False)
    numbers = tuple(items.order_by("topic", "position").values_list("current_id", flat=True))
    state = sha256()
    for topic, rows in topics_and_pages():
        state.update(topic.spec.encode())
        for row in rows:
            state.update(f"{row.mode} {row.digest}".encode())
    return _index(state.hexdigest(), numbers)


@lru_cache(maxsize=2)
def _index(state: str, numbers: tuple[int, ...]) -> Index:
    """The index of the content in one state, which is read anew only where it is another."""
    entries = tuple(entry for topic, rows in topics_and_pages() for entry in _of_topic(topic, rows))
    return Index(entries=entries, spread=Counter(word for entry in entries for word in entry.weights))


def _of_topic(topic: Topic, rows: list[Page]) -> Iterator[Entry]:
    spec = topic_spec(topic.spec)
    yield Entry(
        mode="", topic=topic.title, url=topic.get_absolute_url(), title=topic.title, summary=_plain(spec.summary)
    )
    words = {row.mode: " ".join(_plain(part.text) for part in _words(row)) for row in rows}
    for mode in modes_of(topic, rows):
        yield Entry(
            mode=mode.title,
            topic=topic.title,
            url=mode.url,
            title=mode.title,
            summary=mode.summary,
            text=words.get(mode.name, ""),
        )
    for concept in spec.concepts.values():
        url = topic.get_absolute_url()
        yield Entry(mode="", topic=topic.title, url=url, title=concept.title, summary=_plain(concept.summary))
    yield from _items(topic)


def _items(topic: Topic) -> Iterator[Entry]:
    spec = topic_spec(topic.spec)
    for room in ROOMS:
        if not has(room, topic):
            continue
        items = Item.objects.filter(
            topic=topic, kind=room.kind, room=Place.PRACTICE, retired=False, current__isnull=False
        )
        for slug, text in items.order_by("position").values_list("slug", "current__spec"):
            item = item_as_kept(text)
            yield Entry(
                mode=spec.rooms[room.name].title,
                topic=topic.title,
                url=reverse(f"{room.name}:item", args=[slug]),
                title=item.title,
                text=_plain(item.prompt),
            )


def _words(row: Page) -> Iterable[Words]:
    return (part for part in ready_page(row).page.parts if isinstance(part, Words))


def _plain(markdown: str) -> str:
    """The words of a text, without its marks. A number that a run would give is left out."""
    return " ".join(html.unescape(strip_tags(render(_BOUND.sub("…", markdown)))).split())


def _stem(word: str) -> str:
    """A word without the end that only says how many there are."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 3 else word


def _stems(text: str) -> Iterator[str]:
    return (_stem(word) for word in _WORD.findall(_folded(text)))


def _folded(text: str) -> str:
    return unicodedata.normalize("NFKC", text).casefold()


def _look_for(index: Index, wanted: tuple[str, ...]) -> Found:
    scored = [(entry, _scores(index, entry, wanted)) for entry in index.entries]
    whole = [(entry, scores) for entry, scores in scored if wanted and all(scores)]
    some = whole or [(entry, scores) for entry, scores in scored if any(scores)]
    some.sort(key=lambda one: -sum(one[1]))
    results = [_result(entry, wanted) for entry, _ in some[:MOST_RESULTS]]
    return Found(total=len(some), results=results, partly=bool(some) and not whole)


def _scores(index: Index, entry: Entry, wanted: tuple[str, ...]) -> list[float]:
    """How well an entry answers each word; a rare word says more than one that stands everywhere."""
    return [
        max((weight * _rarity(index, word) * fit for word, weight, fit in _matches(entry, term)), default=0.0)
        for term in wanted
    ]


def _matches(entry: Entry, term: str) -> Iterator[tuple[str, float, float]]:
    for word, weight in entry.weights.items():
        if _fits(word, term):
            yield word, weight, 1.0 if word == term else _BEGINS


def _fits(word: str, term: str) -> bool:
    return word == term or (len(term) >= _SHORTEST_BEGINNING and word.startswith(term))


def _rarity(index: Index, word: str) -> float:
    return math.log(1 + len(index.entries) / index.spread[word])


def _result(entry: Entry, wanted: tuple[str, ...]) -> Result:
    text = entry.text if _first(entry.text, wanted) is not None or not entry.summary else entry.summary
    return Result(
        mode=entry.mode,
        topic=entry.topic,
        url=entry.url,
        title=_marked(entry.title, wanted),
        passage=_marked(_passage(text, _first(text, wanted) or 0), wanted),
    )


def _first(text: str, wanted: tuple[str, ...]) -> int | None:
    places = (word.start() for word in _WORD.finditer(text) if _is_wanted(word[0], wanted))
    return next(places, None)


def _is_wanted(word: str, wanted: tuple[str, ...]) -> bool:
    stem = _stem(_folded(word))
    return any(_fits(stem, term) for term in wanted)


def _passage(text: str, place: int) -> str:
    """The words around a place."""
    start = 0 if place <= _BEFORE else text.rfind(" ", 0, place - _BEFORE) + 1
    end = len(text) if len(text) <= start + _AROUND else max(text.rfind(" ", start, start + _AROUND), start + 1)
    return f"{'… ' if start else ''}{text[start:end]}{' …' if end < len(text) else ''}"


def _marked(text: str, wanted: tuple[str, ...]) -> list[Piece]:
    pieces, at = [], 0
    for word in _WORD.finditer(text):
        if _is_wanted(word[0], wanted):
            pieces += [Piece(text=text[at : word.start()], marked=False), Piece(text=word[0], marked=True)]
            at = word.end()
    return [piece for piece in [*pieces, Piece(text=text[at:], marked=False)] if piece.text]
