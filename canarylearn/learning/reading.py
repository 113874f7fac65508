"""Pages to read, made ready to show, and what a learner did on them."""

from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from uuid import UUID

from django.db import transaction

from canarylearn.engine import Scenario
from canarylearn.items.files import read_as
from canarylearn.items.judging import SEEDS
from canarylearn.items.lessons import Page, read_page
from canarylearn.learning.models import Learner, PageMark
from canarylearn.learning.models import Page as PageRow
from canarylearn.learning.ready import Ready

READ = ""
"""In the place of a question: the page was read to its end."""


@dataclass(frozen=True, kw_only=True, eq=False)
class ReadyQuestion(Ready):
    """A question of a page. It is judged and shown as an item's version is, and it is none: no try hangs on it."""

    version_id: int = 0
    topic_slug: str = ""
    seeds: int = len(SEEDS)


@dataclass(frozen=True, kw_only=True, eq=False)
class ReadyPage:
    """A page and its scenarios, read; its questions ready to be judged as an item's version is."""

    page: Page
    scenarios: Mapping[str, Scenario]
    questions: Mapping[str, ReadyQuestion]


@dataclass(frozen=True, kw_only=True)
class Marked:
    """What a learner did on a page: whether it was read, and the last option taken for each question."""

    read: bool = False
    options: Mapping[str, int] | None = None

    def option(self, question: str) -> int | None:
        """The option taken last, if the question was answered."""
        return (self.options or {}).get(question)

    @property
    def answered(self) -> int:
        """How many questions were answered."""
        return len(self.options or {})


def ready_page(row: PageRow) -> ReadyPage:
    """A page of the database, made ready: once for each text and scenarios it ever had."""
    return _made_ready(row.spec, tuple(sorted(row.scenarios.items())), row.number)


@lru_cache(maxsize=64)
def _made_ready(spec: str, scenarios: tuple[tuple[str, str], ...], number: int) -> ReadyPage:
    page = read_page(spec)
    worlds = {slug: read_as(Scenario, text) for slug, text in scenarios}
    questions = {
        slug: ReadyQuestion(number=number, item=question, scenarios={name: worlds[name] for name in question.scenarios})
        for slug, question in page.questions.items()
    }
    return ReadyPage(page=page, scenarios=worlds, questions=questions)


def pages_of(topic_slug: str) -> list[PageRow]:
    """The pages of a topic."""
    return list(PageRow.objects.filter(topic__slug=topic_slug).select_related("topic"))


def all_pages() -> dict[int, list[PageRow]]:
    """The pages of every topic, by the topic's number in the database."""
    found: dict[int, list[PageRow]] = {}
    for row in PageRow.objects.select_related("topic"):
        found.setdefault(row.topic_id, []).append(row)
    return found


def marks(learner_key: UUID, rows: list[PageRow]) -> dict[str, Marked]:
    """What a learner did on these pages, by mode. A question that the page no longer asks is left out."""
    found: dict[int, dict[str, int]] = {row.pk: {} for row in rows}
    kept = PageMark.objects.filter(learner__key=learner_key, page__in=[row.pk for row in rows]).order_by()
    for page, question, option in kept.values_list("page_id", "question", "option"):
        found[page][question] = option
    return {row.mode: _marked(row, found[row.pk]) for row in rows}


def _marked(row: PageRow, kept: dict[str, int]) -> Marked:
    questions = ready_page(row).page.questions
    options = {
        slug: option
        for slug, option in kept.items()
        if slug in questions and option < len(questions[slug].options_for("choice"))
    }
    return Marked(read=READ in kept, options=options)


@transaction.atomic
def keep_mark(*, learner_key: UUID, row: PageRow, question: str = READ, option: int = 0, passed: bool = False) -> None:
    """Keep what a learner did on a page; it counts for nothing, so a later answer replaces an earlier one."""
    Learner.objects.bulk_create([Learner(key=learner_key)], ignore_conflicts=True)
    learner = Learner.objects.values_list("pk", flat=True).get(key=learner_key)
    PageMark.objects.update_or_create(
        learner_id=learner, page=row, question=question, defaults={"option": option, "passed": passed}
    )
