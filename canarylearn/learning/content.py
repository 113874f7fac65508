"""Loading content: files become topics, items and immutable versions, all in one transaction."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, dataclass, fields
from pathlib import Path
from typing import Any, Literal

from django.db import transaction

from canarylearn.engine import ENGINE_VERSION
from canarylearn.items import Item as ItemSpec
from canarylearn.items import Proof, TopicFiles, digest
from canarylearn.items.lesson_facts import page_digest, page_problems
from canarylearn.learning.models import Item, Page, Source, Topic, Version

CONTENT = Path(__file__).resolve().parent.parent / "content"
"""The curriculum: one folder a topic."""

LOCK = CONTENT / "proofs.lock.json"
"""Which items are proven, by digest. It names no answer."""

ALSO_LOADED: list[Callable[[Topic, TopicFiles], list[str]]] = []
"""What else is loaded of a topic's files, by apps that add it when they are ready; each says what changed."""


ALSO_DUMPED: list[Callable[[Topic], Mapping[str, str]]] = []
"""What else of a topic's files is in the database, by apps that add it when they are ready: texts by their paths."""

LIBRARIES: list[Callable[[Topic], Mapping[str, str]]] = []
"""Scenarios that a topic keeps beside those in use, by apps that add them when they are ready: texts by slug."""

OnConflict = Literal["refuse", "keep", "take"]
"""What to do where the admin and the files differ: refuse to load, keep the admin's version, or take the file's."""


@dataclass(frozen=True, kw_only=True)
class Conflict:
    """An item whose current version was published in the admin, and which its topic's files do not have so."""

    slug: str
    number: int
    kept: str
    """The digest of the version in the database."""
    found: str | None
    """The digest of the file; nothing where there is no file."""

    def __str__(self) -> str:
        here = f"{self.slug}: version {self.number} was published in the admin (digest {self.kept[:12]})"
        if self.found is None:
            return f"{here}, and the files have no such item"
        return f"{here}, and its file says something else (digest {self.found[:12]})"


class Conflicting(Exception):
    """Items that the admin and the files have differently; nothing was loaded."""

    def __init__(self, conflicts: list[Conflict]) -> None:
        said = "\n".join(str(conflict) for conflict in conflicts)
        super().__init__(
            f"{said}\nNothing was loaded. Write the admin's items into the files with 'manage.py dump_content', "
            "or load with --keep-admin to leave them as they are, or with --take-files to publish the files instead."
        )
        self.conflicts = conflicts


class Unproven(Exception):
    """Items without a proof for what they now say; `slugs` names them."""

    def __init__(self, slugs: list[str]) -> None:
        super().__init__(f"not proven as they stand: {', '.join(slugs)}; run 'manage.py check_content' first")
        self.slugs = slugs


def topic_folders(folder: Path | None = None) -> list[Path]:
    """The folders that hold a topic, in the curriculum's folder or another."""
    return sorted(path.parent for path in (folder or CONTENT).glob("*/topic.yaml"))


def read_lock(path: Path | None = None) -> dict[str, Proof]:
    """The proofs kept beside the content, by item. One that was written in another form counts as none."""
    path = path or LOCK
    if not path.exists():
        return {}
    kept = json.loads(path.read_text(encoding="utf-8"))
    return {slug: proof for slug, facts in kept.items() if (proof := as_proof(facts))}


def as_proof(facts: Mapping[str, Any]) -> Proof | None:
    """The proof that was kept as these facts; nothing if they were written in another form."""
    return Proof(**facts) if set(facts) == {field.name for field in fields(Proof)} else None


def write_lock(proofs: Mapping[str, Proof], path: Path | None = None) -> None:
    """Keep proofs beside the content, in a stable order."""
    text = json.dumps({slug: asdict(proofs[slug]) for slug in sorted(proofs)}, indent=1)
    (path or LOCK).write_text(text + "\n", encoding="utf-8")


def find_conflicts(files: TopicFiles) -> list[Conflict]:
    """The items that were published in the admin, and that a topic's files have otherwise or not at all."""
    from_admin = Item.objects.filter(current__source=Source.ADMIN, retired=False).select_related("current")
    digests = {slug: digest(item, files.scenarios_of(item)) for slug, item in files.items.items()}
    found = []
    for item in from_admin.filter(slug__in=digests) | from_admin.filter(topic__slug=files.topic.slug):
        assert item.current is not None  # the filter asks for its source
        if item.current.digest != digests.get(item.slug):
            found.append(
                Conflict(
                    slug=item.slug,
                    number=item.current.number,
                    kept=item.current.digest,
                    found=digests.get(item.slug),
                )
            )
    return sorted(found, key=lambda conflict: conflict.slug)


@transaction.atomic
def load_topic(files: TopicFiles, proofs: Mapping[str, Proof], on_conflict: OnConflict = "refuse") -> list[str]:
    """Bring the database up to a topic's files, and say what changed.

    Raises Unproven, or Conflicting unless told what to do about conflicts, before writing anything. An item whose
    digest is unchanged is left alone; a changed one gets a new version; one without a file is retired.
    """
    digests = {slug: digest(item, files.scenarios_of(item)) for slug, item in files.asked.items()}
    if unproven := [slug for slug, found in digests.items() if slug not in proofs or proofs[slug].digest != found]:
        raise Unproven(unproven)
    conflicts = find_conflicts(files)
    if conflicts and on_conflict == "refuse":
        raise Conflicting(conflicts)
    kept = {conflict.slug for conflict in conflicts} if on_conflict == "keep" else set()
    topic, changes = _load_topic_row(files)
    spec = files.topic
    lists = (spec.tasks, spec.questions, spec.challenge, spec.bank)
    order = {slug: position for slugs in lists for position, slug in enumerate(slugs, 1)}
    for slug, item in files.items.items():
        changes += [] if slug in kept else _load_item(topic, files, item, order[slug], proofs[slug])
    changes += _retire_missing(topic, set(files.items) | kept) + _load_pages(topic, files)
    changes += [change for load in ALSO_LOADED for change in load(topic, files)]
    return changes + [f"kept {conflict}" for conflict in conflicts if conflict.slug in kept]


def _load_topic_row(files: TopicFiles) -> tuple[Topic, list[str]]:
    spec, text = files.topic, files.texts["topic.yaml"]
    topic = Topic.objects.filter(slug=spec.slug).first()
    if topic is None:
        return Topic.objects.create(slug=spec.slug, title=spec.title, spec=text), [f"new topic {spec.slug}"]
    if topic.spec == text:
        return topic, []
    topic.title, topic.spec = spec.title, text
    topic.save()
    return topic, [f"topic {spec.slug} changed"]


def _load_item(topic: Topic, files: TopicFiles, spec: ItemSpec, position: int, proof: Proof) -> list[str]:
    defaults = {
        "topic": topic,
        "kind": spec.kind,
        "room": spec.room,
        "concept": spec.concept or "",
        "position": position,
    }
    item, is_new = Item.objects.get_or_create(slug=spec.id, defaults=defaults)
    current = item.current
    changes = [] if is_new else _place(item, defaults)
    if current is None or current.digest != proof.digest:
        item.current = current = _publish(item, files, spec, proof)
        changes = [f"{'new' if is_new else 'changed'} {spec.kind} {spec.id}, version {current.number}", *changes]
    if changes:
        item.save()
    return changes


def _place(item: Item, where: Mapping[str, Any]) -> list[str]:
    """Put an item back into use, and where its topic has it now."""
    changes = [f"{item.slug} is back"] if item.retired else []
    item.retired = False
    for field, value in where.items():
        if getattr(item, field) != value:
            changes.append(f"{item.slug}: {field} is now {value}, and was {getattr(item, field)}")
            setattr(item, field, value)
    return changes


def _publish(item: Item, files: TopicFiles, spec: ItemSpec, proof: Proof) -> Version:
    latest = item.versions.order_by("-number").values_list("number", flat=True).first() or 0
    return Version.objects.create(
        item=item,
        number=latest + 1,
        title=spec.title,
        level=spec.level,
        spec=files.texts[f"{spec.folder}/{spec.id}.yaml"],
        scenarios={slug: files.texts[f"scenarios/{slug}.yaml"] for slug in spec.scenarios},
        digest=proof.digest,
        engine=ENGINE_VERSION,
        proof=asdict(proof),
    )


def _retire_missing(topic: Topic, slugs: set[str]) -> list[str]:
    missing = topic.items.filter(retired=False).exclude(slug__in=slugs)
    told = [f"retired {item.slug}" for item in missing]
    missing.update(retired=True)
    return told


def _load_pages(topic: Topic, files: TopicFiles) -> list[str]:
    """The pages as their files have them; a page whose digest is unchanged is left alone. Raises Unproven."""
    kept = {page.mode: page for page in topic.pages.all()}
    told = [f"removed the page {mode}" for mode in kept if mode not in files.pages]
    topic.pages.exclude(mode__in=files.pages).delete()
    for mode, spec in files.pages.items():
        scenarios = {slug: files.texts[f"scenarios/{slug}.yaml"] for slug in spec.scenarios}
        found = page_digest(files.texts[f"pages/{mode}.md"], scenarios)
        page = kept.get(mode) or Page(topic=topic, mode=mode, number=0)
        if page.digest == found:
            continue
        if page_problems(spec, files.scenarios):
            raise Unproven([f"the page {mode}"])
        page.number, page.title, page.digest = page.number + 1, spec.facts.title, found
        page.spec, page.scenarios = files.texts[f"pages/{mode}.md"], scenarios
        page.save()
        told.append(f"{'changed' if mode in kept else 'new'} page {mode}, version {page.number}")
    return told
