"""Publishing: a draft that is proven as it stands becomes a version, for good. Nobody's score goes down by it."""

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils.translation import gettext as _

from canarylearn.authoring.checking import Complaint, check_item
from canarylearn.authoring.drafts import scenario_texts, taken
from canarylearn.authoring.models import AuditEntry, Draft, ProofRun, ProofState
from canarylearn.authoring.proofs import latest_proof, scenarios_of
from canarylearn.authoring.reasons import message_of, path_of, words_of
from canarylearn.dialects.errors import Unreadable
from canarylearn.engine import ENGINE_VERSION
from canarylearn.items import Item as ItemSpec
from canarylearn.items import digest
from canarylearn.items.files import read_as
from canarylearn.items.problems import topic_problems
from canarylearn.items.rows import Row, prove_seed
from canarylearn.items.spec import CHOICE
from canarylearn.items.writing import item_text
from canarylearn.learning.models import Attempt, Item, Kind, Source, Version
from canarylearn.learning.ready import item_as_kept, ready
from canarylearn.learning.selectors import topic_spec

User = Any

MOST_LISTED = 50


class Refused(Exception):
    """Why a draft is not published."""

    def __init__(self, reasons: Sequence[Complaint]) -> None:
        super().__init__("; ".join(reason.message for reason in reasons))
        self.reasons = reasons


@dataclass(frozen=True, kw_only=True)
class Judged:
    """Attempts with one answer that the new version would judge otherwise, or cannot judge."""

    version: int
    answer: str
    passed: bool
    attempts: int
    now: bool | None


@dataclass(frozen=True, kw_only=True)
class Standing:
    """Whether a draft can be published: the item, its proof, and every reason against it."""

    spec: ItemSpec | None
    texts: Mapping[str, str]
    run: ProofRun | None
    reasons: tuple[Complaint, ...]


def stand(draft: Draft) -> Standing:
    """Whether a draft can be published as it stands."""
    known = scenario_texts(draft)
    checked = check_item(draft.spec, topic_spec(draft.topic.spec), known, taken(draft.topic, draft.slug, draft))
    if checked.spec is None or checked.complaints:
        return Standing(spec=None, texts={}, run=None, reasons=checked.complaints)
    item: ItemSpec = checked.spec
    texts = {slug: known[slug] for slug in item.scenarios}
    run = latest_proof(draft)
    return Standing(spec=item, texts=texts, run=run, reasons=tuple(_against(draft, item, texts, run)))


def _against(draft: Draft, item: ItemSpec, texts: Mapping[str, str], run: ProofRun | None) -> list[Complaint]:
    if run is None or run.state != ProofState.DONE:
        return [Complaint(path=(), message=_("It has no finished proof; prove it first."))]
    if run.digest != digest(item, scenarios_of(item, texts)):
        return [
            Complaint(path=(), message=_("It, or a scenario of it, was changed since it was proven; prove it again."))
        ]
    found = [
        Complaint(path=path_of(one), message=f"{words_of(one['code'])}: {message_of(one)}") for one in run.problems
    ]
    return found or _topic_rules(draft, item, run)


def _topic_rules(draft: Draft, item: ItemSpec, run: ProofRun) -> list[Complaint]:
    """What is wrong with the topic's questions taken together, once this is one of them."""
    if item.kind != "question":
        return []
    items, rows = {item.id: item}, {item.id: [_as_row(run.rows)]}
    others = draft.topic.items.filter(kind=Kind.QUESTION, retired=False, current__isnull=False).exclude(slug=item.id)
    for version_id in others.values_list("current_id", flat=True):
        try:
            other = ready(version_id)
        except Unreadable:
            continue
        items[other.item.id] = other.item
        rows[other.item.id] = [prove_seed(other.item, other.scenarios, 0)]
    problems = topic_problems(items, rows)
    longest = max(len(option.text) for option in item.options_for(CHOICE))
    mine = [option for option in item.options_for(CHOICE) if len(option.text) == longest]
    passes = len(mine) == 1 and _as_row(run.rows).passed[item.options_for(CHOICE).index(mine[0])]
    # A topic that is at fault already is no fault of a question that makes it no worse.
    return [Complaint(path=("options",), message=f"{words_of(one.code)}: {one.message}") for one in problems if passes]


def _as_row(rows: Sequence[Mapping[str, Any]]) -> Row:
    return Row(seed=0, passed=tuple(row["passes"] == row["seeds"] for row in rows), endings=())


def judged_otherwise(draft: Draft, standing: Standing) -> list[Judged]:
    """The attempts at earlier versions that the new one would judge otherwise; the answers it has no place for last.

    The proof of the draft has run every answer, so nothing is run here.
    """
    if standing.spec is None or standing.run is None or not standing.run.rows:
        return []
    counted: Counter[tuple[int, int, str, bool]] = Counter()
    named: dict[tuple[int, int, str, bool], tuple[str, bool | None]] = {}
    made = Attempt.objects.filter(slot__version__item__slug=draft.slug, slot__version__item__topic=draft.topic)
    for attempt in made.select_related("slot__version"):
        version = attempt.slot.version
        key = (version.number, attempt.slot.variant, str(sorted(attempt.answer.items())), attempt.passed)
        counted[key] += 1
        if key not in named:
            named[key] = _again(standing, version.spec, attempt)
    told = [
        Judged(version=key[0], answer=named[key][0], passed=key[3], attempts=count, now=named[key][1])
        for key, count in counted.items()
        if named[key][1] is not key[3]
    ]
    return sorted(told, key=lambda one: (one.now is None, one.version, one.answer))


def _again(standing: Standing, spec: str, attempt: Attempt) -> tuple[str, bool | None]:
    """An old answer in words, and how the new version judges it; None where it has no such answer."""
    assert standing.spec is not None
    assert standing.run is not None
    try:
        old = item_as_kept(spec, attempt.slot.variant).chosen(attempt.answer)
    except (Unreadable, LookupError):
        return _("an answer that cannot be read any more"), None
    said = ", ".join(f"{blank} = {option.text}" for blank, option in old.items())
    if attempt.slot.variant:
        return said, None
    new = standing.spec
    try:
        answer = {blank: [one.text for one in new.options_for(blank)].index(old[blank].text) for blank in new.blanks}
    except (KeyError, ValueError):
        return said, None
    if set(old) != set(new.blanks):
        return said, None
    row = standing.run.rows[_number(new, answer)]
    return said, row["passes"] == row["seeds"]


def _number(item: ItemSpec, answer: Mapping[str, int]) -> int:
    """The place of an answer among all of them."""
    if item.kind == "order":
        return list(item.assignments()).index(dict(answer))
    number = 0
    for blank in item.blanks:
        number = number * len(item.options_for(blank)) + answer[blank]
    return number


def publish(draft: Draft, user: User) -> Version:
    """Freeze a draft as the next version of its item. Raises Refused, with every reason."""
    with transaction.atomic():
        kept = Draft.objects.select_for_update(of=("self",)).select_related("topic", "based_on__item").get(pk=draft.pk)
        standing = stand(kept)
        if standing.reasons or standing.spec is None or standing.run is None:
            raise Refused(standing.reasons)
        changed = len([one for one in judged_otherwise(kept, standing) if one.now is not None])
        version = _freeze(kept, standing, standing.spec, standing.run)
        kept.scenarios, kept.based_on = dict(standing.texts), version
        kept.save(update_fields=["scenarios", "based_on"])
        detail = {"version": version.number, "digest": version.digest, "judged_otherwise": changed}
        AuditEntry.objects.create(who=user, what="publish", target=kept.slug, detail=detail)
    return version


def _freeze(draft: Draft, standing: Standing, spec: ItemSpec, run: ProofRun) -> Version:
    item, is_new = Item.objects.get_or_create(
        slug=spec.id,
        defaults={
            "topic": draft.topic,
            "owner": draft.owner,
            "kind": spec.kind,
            "room": spec.room,
            "concept": spec.concept or "",
            "position": _last_position(draft, spec) + 1,
        },
    )
    latest = item.versions.aggregate(last=Max("number"))["last"] or 0
    text = item_text(spec)
    mark = digest(read_as(ItemSpec, text), scenarios_of(spec, standing.texts))
    version = Version.objects.create(
        item=item,
        number=latest + 1,
        title=spec.title,
        level=spec.level,
        spec=text,
        scenarios=dict(standing.texts),
        digest=mark,
        engine=ENGINE_VERSION,
        proof={**run.proof, "digest": mark},
        source=Source.ADMIN,
    )
    if not is_new and (item.kind, item.room) != (spec.kind, spec.room):
        item.position = _last_position(draft, spec) + 1
    item.kind, item.room, item.concept = spec.kind, spec.room, spec.concept or ""
    item.current, item.retired = version, False
    item.save()
    return version


def _last_position(draft: Draft, spec: ItemSpec) -> int:
    beside = draft.topic.items.filter(room=spec.room)
    if spec.room == "practice":
        beside = beside.filter(kind=spec.kind)
    return int(beside.aggregate(last=Max("position"))["last"] or 0)


def set_retired(item: Item, user: User, *, retired: bool) -> None:
    """Take a published item out of use, or back into it. What was answered stays as it is."""
    with transaction.atomic():
        Item.objects.filter(pk=item.pk).update(retired=retired)
        what = "retire" if retired else "unretire"
        AuditEntry.objects.create(who=user, what=what, target=item.slug, detail={})
