"""Misconceptions across items: wrong answers that fail in the same way come from the same belief.

Two wrong answers are of one class when their runs say the same: `beliefs.fingerprint`. "Percent read as fraction" is
refused in the same words in whatever item it is met. Nobody labels anything: the engine does, answer by answer.
"""

import json
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from functools import lru_cache

from django.utils.safestring import SafeString

from canarylearn.dialects.errors import Unreadable
from canarylearn.engine import Scenario
from canarylearn.insight import Response, Table
from canarylearn.items.files import read_as
from canarylearn.items.variants import Unmade, vary
from canarylearn.learning.models import Topic, Version
from canarylearn.learning.ready import Ready, item_as_kept
from canarylearn.learning.verdicts import answer_html
from canarylearn.reports.beliefs import Fingerprint, fingerprint, say
from canarylearn.reports.words import FEWEST

Pick = tuple[int, int, tuple[tuple[str, int], ...]]
"""A version, a variant, and an answer."""


@dataclass(frozen=True, kw_only=True)
class Shown:
    """An answer in which a misconception shows up, blank by blank in their order: how many gave it first, and where."""

    item: str
    title: str
    version: int
    variant: int
    answer: Mapping[str, int]
    answer_html: SafeString
    learners: int


@dataclass(frozen=True, kw_only=True)
class Misconception:
    """A class of wrong runs, how many learners met with it, and every answer that belongs to it."""

    fingerprint: Fingerprint
    words: str
    learners: int
    shown: tuple[Shown, ...]

    @property
    def items(self) -> int:
        """In how many items it shows up."""
        return len({one.item for one in self.shown})


def misconceptions(topic: Topic, table: Table) -> list[Misconception]:
    """Every class that wrong first answers to a topic's items fall into; those in most items first. One query.

    An answer that fewer than five learners gave is left out: it could tell who.
    """
    wrong: dict[Pick, set[int]] = defaultdict(set)
    for one in _wrong(table.responses):
        assert one.answer is not None
        wrong[one.version, one.variant, one.answer].add(one.learner)
    picks = {pick: learners for pick, learners in wrong.items() if len(learners) >= FEWEST}
    known = _made_ready(topic, {(version, variant) for version, variant, _answer in picks})
    classes: dict[Fingerprint, list[tuple[Shown, set[int], str]]] = defaultdict(list)
    for (version, variant, answer), learners in picks.items():
        mine = known.get((version, variant))
        if mine is None:
            continue
        judgement = mine.judge(dict(answer))
        shown = Shown(
            item=mine.item.id,
            title=mine.item.title,
            version=mine.number,
            variant=variant,
            answer={blank: judgement.answer[blank] for blank in mine.item.blanks},
            answer_html=answer_html(mine.item, judgement.answer),
            learners=len(learners),
        )
        mark = fingerprint(judgement, mine.scenarios)
        classes[mark].append((shown, learners, say(judgement, mark)))
    found = [
        Misconception(
            fingerprint=one,
            words=Counter(words for _shown, _learners, words in rows).most_common(1)[0][0],
            learners=len(set.union(*(learners for _shown, learners, _words in rows))),
            shown=tuple(sorted((shown for shown, _learners, _words in rows), key=lambda row: -row.learners)),
        )
        for one, rows in classes.items()
    ]
    return sorted(found, key=lambda one: (-one.items, -one.learners, one.words))


def _wrong(responses: Iterable[Response]) -> Iterable[Response]:
    return (one for one in responses if one.is_evidence and one.score < 1 and one.answer is not None)


def _made_ready(topic: Topic, wanted: set[tuple[int, int]]) -> dict[tuple[int, int], Ready]:
    """These versions with these variants' numbers, in one query; without those that are no longer read."""
    rows = Version.objects.filter(item__topic=topic, pk__in={version for version, _variant in wanted})
    kept = {row.pk: row for row in rows}
    found = {}
    for version, variant in wanted:
        row = kept.get(version)
        facts = json.dumps(row.scenarios, sort_keys=True) if row else ""
        mine = _ready(row.pk, row.number, topic.slug, row.spec, facts, variant) if row else None
        if mine is not None:
            found[version, variant] = mine
    return found


@lru_cache(maxsize=512)
def _ready(version_id: int, number: int, topic: str, spec: str, scenarios: str, variant: int) -> Ready | None:
    """Like `learning.ready.ready`, from what a query for many has read. Kept by all that it is made of."""
    try:
        item = item_as_kept(spec)
        worlds: Mapping[str, Scenario] = {slug: read_as(Scenario, text) for slug, text in json.loads(scenarios).items()}
        if variant:
            item, worlds = vary(item, worlds, variant)
    except (Unreadable, LookupError, Unmade):
        return None
    return Ready(
        version_id=version_id,
        number=number,
        topic_slug=topic,
        seeds=0,
        item=item,
        scenarios=worlds,
        variant=variant,
    )
