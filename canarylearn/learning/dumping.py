"""Writing content down: the topics of the database become files again, and nothing that only a file says is lost."""

import shutil
import tempfile
from collections.abc import Iterable, Mapping
from pathlib import Path

from canarylearn.dialects.errors import Unreadable
from canarylearn.dialects.yaml_text import read_yaml
from canarylearn.items import Item as ItemSpec
from canarylearn.items import Proof, TopicFiles, digest, read_topic
from canarylearn.items.files import TopicSpec
from canarylearn.items.reading import read_as
from canarylearn.items.writing import topic_text
from canarylearn.learning import content
from canarylearn.learning.models import Item, Page, Topic, Version

_LISTS = ("tasks", "questions", "challenge", "bank")
"""The folders of items, each of which has a list of its name in topic.yaml."""

_KEPT = ("topic.yaml", *(f"{folder}/*.yaml" for folder in (*_LISTS, "scenarios", "cards")), "pages/*.md")
"""The files of a topic that the database holds. All others live in files alone."""


class Undumped(Exception):
    """What keeps the database from being written down; nothing was written."""

    def __init__(self, problems: Iterable[str]) -> None:
        self.problems = tuple(problems)
        super().__init__("\n".join(self.problems))


def dump(folder: Path, *, overwrite: bool = False) -> list[str]:
    """Write every topic of the database into a folder, and say which files changed.

    A file that says the same in another way is left as it is. Raises Undumped, before anything is written, if a file
    says what the database never held (unless `overwrite`), or if what would be written could not be loaded.
    """
    with tempfile.TemporaryDirectory() as made:
        written = {topic.slug: _written(topic, Path(made)) for topic in Topic.objects.all()}
        changes = {slug: _changes(folder / slug, files.texts) for slug, files in written.items()}
        known = {slug: _known(Topic.objects.get(slug=slug)) for slug in written}
        unsaved = [
            f"{slug}/{path}: says what the database never held; load it first, or write over it with --overwrite"
            for slug, texts in changes.items()
            for path in texts
            if (folder / slug / path).exists()
            and _meaning(path, (folder / slug / path).read_text(encoding="utf-8")) not in known[slug].get(path, ())
        ]
        if unsaved and not overwrite:
            raise Undumped(unsaved)
        told = [line for slug, texts in changes.items() for line in _write(folder / slug, texts)]
        told += [line for slug in written for line in _copy_others(content.CONTENT / slug, folder / slug, overwrite)]
    _write_proofs(folder, written)
    return told


def _written(topic: Topic, made: Path) -> TopicFiles:
    """A topic's files, written into a folder of their own and read as they will be. Raises Undumped."""
    texts = dict(_texts(topic))
    source = content.CONTENT / topic.slug
    for library in content.LIBRARIES:
        for slug, text in library(topic).items():
            texts.setdefault(f"scenarios/{slug}.yaml", text)
    for kept in source.glob("scenarios/*.yaml"):
        # Some scenarios are used by files alone, such as the runs to step through.
        texts.setdefault(kept.relative_to(source).as_posix(), kept.read_text(encoding="utf-8"))
    for path, text in texts.items():
        target = made / topic.slug / path
        target.parent.mkdir(parents=True, exist_ok=True)
        target.write_text(text, encoding="utf-8", newline="")
    try:
        return read_topic(made / topic.slug)
    except Unreadable as unreadable:
        problems = [f"{topic.slug}: {at.message} (line {at.line})" for at in unreadable.errors]
        raise Undumped(["these files could not be loaded again:", *problems]) from None


def _texts(topic: Topic) -> Mapping[str, str]:
    """The texts of the files of a topic, by their paths. Raises Undumped if two items need one scenario otherwise."""
    texts: dict[str, str] = {}
    lists: dict[str, list[str]] = {name: [] for name in _LISTS}
    for item in topic.items.filter(retired=False).select_related("current").order_by("position", "slug"):
        if item.current is None:
            continue
        spec = read_as(ItemSpec, item.current.spec)
        if spec.folder not in _LISTS:
            raise Undumped([f"{item.slug}: no file of a topic can hold an item of the kind {spec.kind} for practice"])
        texts[f"{spec.folder}/{item.slug}.yaml"] = item.current.spec
        lists[spec.folder].append(item.slug)
    texts |= {f"pages/{page.mode}.md": page.spec for page in topic.pages.all()}
    for also in content.ALSO_DUMPED:
        texts |= {path: text for path, text in also(topic).items() if not path.startswith("scenarios/")}
    return {"topic.yaml": _with_lists(topic, lists), **texts, **_scenarios(topic)}


def _with_lists(topic: Topic, lists: Mapping[str, list[str]]) -> str:
    """A topic's own file with its items as they are listed in the database."""
    spec = read_as(TopicSpec, topic.spec)
    if all(list(getattr(spec, name)) == slugs for name, slugs in lists.items()):
        return topic.spec
    return topic_text({**spec.model_dump(mode="json"), **lists})


def _scenarios(topic: Topic) -> Mapping[str, str]:
    """The scenarios of a topic, each as all who use it have it. Raises Undumped."""
    uses: dict[str, dict[str, tuple[str, str]]] = {}
    for user, scenarios in _users(topic):
        for slug, text in scenarios.items():
            uses.setdefault(slug, {}).setdefault(_meaning(f"{slug}.yaml", text), (user, text))
    problems = []
    for slug, forms in uses.items():
        users = [user for user, _text in forms.values()]
        if len(users) > 1:
            problems.append(
                f"{topic.slug}: the scenario {slug} is one thing for {users[0]} and another for {users[1]}; "
                "publish both with the same one, or give one of them another name"
            )
    if problems:
        raise Undumped(problems)
    return {f"scenarios/{slug}.yaml": next(iter(forms.values()))[1] for slug, forms in uses.items()}


def _users(topic: Topic) -> Iterable[tuple[str, Mapping[str, str]]]:
    """Everything that has scenarios, and these."""
    for item in topic.items.filter(retired=False, current__isnull=False).select_related("current"):
        assert item.current is not None  # the filter asked for it
        yield item.slug, item.current.scenarios
    for page in topic.pages.all():
        yield f"the page {page.mode}", page.scenarios
    for also in content.ALSO_DUMPED:
        files = also(topic)
        yield (
            "what else the topic holds",
            {Path(path).stem: text for path, text in files.items() if path.startswith("scenarios/")},
        )


def _meaning(path: str, text: str) -> str:
    """What a file says, however it looks; a file that is no YAML says its text."""
    if not path.endswith(".yaml"):
        return text
    try:
        return repr(_sorted(read_yaml(text).value))
    except Unreadable:
        return text


def _sorted(value: object) -> object:
    if isinstance(value, dict):
        return sorted((key, _sorted(inner)) for key, inner in value.items())
    return [_sorted(inner) for inner in value] if isinstance(value, list) else value


def _changes(folder: Path, texts: Mapping[str, str]) -> dict[str, str | None]:
    """The files to be written, with their texts; nothing for one that has to go."""
    changes: dict[str, str | None] = {}
    for path, text in texts.items():
        target = folder / path
        there = target.read_text(encoding="utf-8") if target.exists() else None
        if there is None or _meaning(path, there) != _meaning(path, text):
            changes[path] = text
    there_now = {path.relative_to(folder).as_posix() for kept in _KEPT for path in folder.glob(kept)}
    return changes | dict.fromkeys(sorted(there_now - set(texts)))


def _known(topic: Topic) -> dict[str, set[str]]:
    """What each file of a topic has said, as far as the database knows: it was loaded, and can be written over."""
    known: dict[str, set[str]] = {"topic.yaml": {_meaning("topic.yaml", topic.spec)}}
    versions = Version.objects.filter(item__topic=topic).select_related("item")
    pages = Page.objects.filter(topic=topic)
    texts = [(f"{folder}/{one.item.slug}.yaml", one.spec) for one in versions for folder in _LISTS]
    texts += [(f"pages/{page.mode}.md", page.spec) for page in pages]
    for scenarios in [*versions.values_list("scenarios", flat=True), *pages.values_list("scenarios", flat=True)]:
        texts += [(f"scenarios/{slug}.yaml", text) for slug, text in scenarios.items()]
    texts += [entry for also in content.ALSO_DUMPED for entry in also(topic).items()]
    texts += [
        (f"scenarios/{slug}.yaml", text) for library in content.LIBRARIES for slug, text in library(topic).items()
    ]
    for path, text in texts:
        known.setdefault(path, set()).add(_meaning(path, text))
    return known


def _write(folder: Path, texts: Mapping[str, str | None]) -> Iterable[str]:
    for path, text in texts.items():
        target = folder / path
        verb = "removed" if text is None else "changed" if target.exists() else "new"
        if text is None:
            target.unlink()
        else:
            target.parent.mkdir(parents=True, exist_ok=True)
            target.write_text(text, encoding="utf-8", newline="")
        yield f"{verb} {folder.name}/{path}"


def _copy_others(source: Path, folder: Path, overwrite: bool) -> Iterable[str]:
    """Files that are in no database, such as those of the project, go along; those that are there stay."""
    if source == folder or not source.is_dir():
        return
    kept = {path for pattern in _KEPT for path in source.glob(pattern)}
    for path in sorted(source.rglob("*")):
        target = folder / path.relative_to(source)
        if path in kept or not path.is_file() or (target.exists() and not overwrite):
            continue
        target.parent.mkdir(parents=True, exist_ok=True)
        shutil.copyfile(path, target)
        yield f"copied {folder.name}/{path.relative_to(source).as_posix()}"


def _write_proofs(folder: Path, written: Mapping[str, TopicFiles]) -> None:
    """The proofs of what was written, beside it: those kept so far, or those that items were published with."""
    lock = folder / content.LOCK.name
    kept = {**content.read_lock(), **content.read_lock(lock)}
    published = {
        item.slug: content.as_proof(item.current.proof)
        for item in Item.objects.filter(retired=False).select_related("current")
        if item.current is not None
    }
    proofs: dict[str, Proof] = {}
    for files in written.values():
        for slug, item in files.asked.items():
            found = digest(item, files.scenarios_of(item))
            proven = [one for one in (kept.get(slug), published.get(slug)) if one is not None and one.digest == found]
            proofs |= {slug: proven[0]} if proven else {}
    content.write_lock(proofs, lock)
