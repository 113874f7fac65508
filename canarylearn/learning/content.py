"""Loading content: files become topics, items and immutable versions, all in one transaction."""

import json
from collections.abc import Callable, Mapping
from dataclasses import asdict, fields
from pathlib import Path
from typing import Any

from django.db import transaction

from canarylearn.engine import ENGINE_VERSION
from canarylearn.items import Item as ItemSpec
from canarylearn.items import Proof, TopicFiles, digest
from canarylearn.items.lesson_facts import page_digest, page_problems
from canarylearn.learning.models import Item, Page, Topic, Version

CONTENT = Path(__file__).resolve().parent.parent / "content"
"""The curriculum: one folder a topic."""

LOCK = CONTENT / "proofs.lock.json"
"""Which items are proven, by digest. It names no answer."""

ALSO_LOADED: list[Callable[[Topic, TopicFiles], list[str]]] = []
"""What else is loaded of a topic's files, by apps that add it when they are ready; each says what changed."""


class Unproven(Exception):
    """Items without a proof for what they now say; `slugs` names them."""

    def __init__(self, slugs: list[str]) -> None:
        super().__init__(f"not proven as they stand: {', '.join(slugs)}; run 'manage.py check_content' first")
        self.slugs = slugs


def topic_folders() -> list[Path]:
    """The folders that hold a topic."""
    return sorted(path.parent for path in CONTENT.glob("*/topic.yaml"))


def read_lock() -> dict[str, Proof]:
    """The proofs kept beside the content, by item. One that was written in another form counts as none."""
    if not LOCK.exists():
        return {}
    form = {field.name for field in fields(Proof)}
    kept = json.loads(LOCK.read_text(encoding="utf-8"))
    return {slug: Proof(**facts) for slug, facts in kept.items() if set(facts) == form}


def write_lock(proofs: Mapping[str, Proof]) -> None:
    """Keep proofs beside the content, in a stable order."""
    text = json.dumps({slug: asdict(proofs[slug]) for slug in sorted(proofs)}, indent=1)
    LOCK.write_text(text + "\n", encoding="utf-8")


@transaction.atomic
def load_topic(files: TopicFiles, proofs: Mapping[str, Proof]) -> list[str]:
    """Bring the database up to a topic's files, and say what changed. Raises Unproven before writing anything.

    An item whose digest is unchanged is left alone; a changed one gets a new version; one without a file is retired.
    """
    digests = {slug: digest(item, files.scenarios_of(item)) for slug, item in files.asked.items()}
    if unproven := [slug for slug, found in digests.items() if slug not in proofs or proofs[slug].digest != found]:
        raise Unproven(unproven)
    topic, changes = _load_topic_row(files)
    spec = files.topic
    lists = (spec.tasks, spec.questions, spec.challenge, spec.bank)
    order = {slug: position for slugs in lists for position, slug in enumerate(slugs, 1)}
    for slug, item in files.items.items():
        changes += _load_item(topic, files, item, order[slug], proofs[slug])
    changes += _retire_missing(topic, set(files.items)) + _load_pages(topic, files)
    return changes + [change for load in ALSO_LOADED for change in load(topic, files)]


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
