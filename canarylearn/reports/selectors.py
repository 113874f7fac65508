"""What a report is about: found on the server, so that nobody has to copy a seed."""

from uuid import UUID

from django.db.models import Count, Q, QuerySet
from django.http import Http404

from canarylearn.dialects.errors import Unreadable
from canarylearn.items.judging import FIRST_SEED, SEEDS, shown_seed
from canarylearn.items.spec import CHOICE
from canarylearn.learning.models import Attempt, Page, PageMark, Place, Version
from canarylearn.learning.reading import pages_of, ready_page
from canarylearn.learning.ready import Ready, ready
from canarylearn.reports.models import Report, State, Where
from canarylearn.reports.services import About
from canarylearn.review.models import Card
from quizzes.models import Asked

_MOST_DIGITS = 4


def seed_of(variant: int) -> int:
    """The seed whose run is shown with a variant's numbers."""
    return SEEDS[(FIRST_SEED + variant) % len(SEEDS)]


def number_in(text: str, default: int) -> int:
    """A small number in an address. Raises Http404 for anything else."""
    if not text:
        return default
    if not text.isdecimal() or len(text) > _MOST_DIGITS:
        raise Http404("There are no such numbers.")
    return int(text)


def about_item(learner_key: UUID, slug: str, *, number: int, variant: int, where: str) -> tuple[About, Ready]:
    """An item in one version (0 for the current one) with a variant's numbers, and the learner's last answer to it.

    Raises Http404 for what is not there, and for a question of the test that this learner has not finished a test with.
    """
    wanted = Version.objects.filter(item__slug=slug, item__retired=False).select_related("item")
    wanted = wanted.filter(number=number) if number else wanted.filter(pk__in=wanted.values("item__current"))
    version = wanted.defer("scenarios").order_by().first()
    if version is None:
        raise Http404("There is no such question.")
    tested = _tested(learner_key, version, variant) if version.item.room == Place.TEST else None
    if version.item.room == Place.TEST and tested is None:
        raise Http404("There is no such question.")
    try:
        mine = ready(version.pk, variant)
    except (Unreadable, LookupError):
        raise Http404("There are no such numbers.") from None
    where = Where.TEST if tested else where if where in Where.values else _room_of(version)
    answers = [tested.answer] if tested else _answers(learner_key, version, variant, where)
    given = [answer for answer in answers if answer is not None]
    about = About(
        title=mine.item.title,
        where=where,
        seed=shown_seed(mine.item),
        version=version,
        variant=variant,
        answer=given[-1] if given else None,
        tries=len(given),
    )
    return about, mine


def _room_of(version: Version) -> str:
    if version.item.room == Place.CHALLENGE:
        return Where.CHALLENGE
    return Where.QUIZZES if version.item.kind == "question" else Where.PRACTICE


def _tested(learner_key: UUID, version: Version, variant: int) -> Asked | None:
    mine = Q(sitting__learner__key=learner_key) | Q(sitting__learner__merged_into__key=learner_key)
    asked = Asked.objects.filter(mine, sitting__ended__isnull=False, version=version, variant=variant)
    return asked.order_by("-shown").first()


def _answers(learner_key: UUID, version: Version, variant: int, where: str) -> list[dict[str, int]]:
    if where == Where.REVIEW:
        card = Card.objects.filter(learner__key=learner_key, what=f"item:{version.item.slug}").first()
        kept = card.sitting if card else {}
        if (kept.get("version"), kept.get("variant")) == (version.pk, variant):
            return list(kept["answers"])
    tried = Attempt.objects.filter(slot__learner__key=learner_key, slot__version=version, slot__variant=variant)
    return list(tried.order_by("number").values_list("answer", flat=True))


def about_question(learner_key: UUID, topic: str, mode: str, question: str) -> tuple[About, Page]:
    """A question on a page to read, and the option that the learner took last. Raises Http404."""
    page = next((row for row in pages_of(topic) if row.mode == mode), None)
    asked = ready_page(page).questions.get(question) if page else None
    if page is None or asked is None:
        raise Http404("There is no such question.")
    marks = PageMark.objects.filter(learner__key=learner_key, page=page, question=question)
    option = marks.values_list("option", flat=True).first()
    about = About(
        title=asked.item.title,
        where=Where.LESSON,
        seed=shown_seed(asked.item),
        page=page,
        question=question,
        answer=None if option is None else {CHOICE: option},
        tries=0 if option is None else 1,
    )
    return about, page


def reports_of(learner_key: UUID) -> QuerySet[Report]:
    """A learner's reports, the newest first."""
    return Report.objects.filter(learner__key=learner_key).select_related("version__item", "page__topic")


def inbox(state: str) -> QuerySet[Report]:
    """The reports in a state, the oldest open one first, since it has waited longest; of the others the newest."""
    found = Report.objects.filter(state=state).select_related("version__item")
    return found.order_by("created", "pk") if state == State.OPEN else found.order_by("-created", "-pk")


def counts() -> dict[str, int]:
    """How many reports there are in each state."""
    found = dict(Report.objects.order_by().values_list("state").annotate(Count("pk")))
    return {state: found.get(state, 0) for state in State.values}
