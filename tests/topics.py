"""Topics for tests: the curriculum as it is, copies to change, and small ones of a test's own."""

import shutil
from collections.abc import Mapping
from functools import lru_cache
from pathlib import Path

from canarylearn.engine import ENGINE_VERSION
from canarylearn.items import Judgement, Proof, TopicFiles, digest, judge, read_topic
from canarylearn.learning.content import CONTENT

TOPIC = CONTENT / "canary-releases"


@lru_cache(maxsize=1)
def curriculum() -> TopicFiles:
    """The canary releases as they are published."""
    return read_topic(TOPIC)


def copied(folder: Path) -> Path:
    """A copy of that topic, to be changed."""
    return Path(shutil.copytree(TOPIC, folder / TOPIC.name))


def change(file: Path, *changes: tuple[str, str]) -> None:
    """Replace pieces of a file, each of which stands there once."""
    text = file.read_text(encoding="utf-8")
    for before, after in changes:
        assert text.count(before) == 1, f"{before!r} stands {text.count(before)} times in {file.name}"
        text = text.replace(before, after)
    file.write_text(text, encoding="utf-8")


def as_if_proven(files: TopicFiles) -> dict[str, Proof]:
    """Proofs for items that a test knows to be in order, without the work of making them."""
    return {
        slug: Proof(
            digest=digest(item, files.scenarios_of(item)),
            engine=ENGINE_VERSION,
            seeds=59,
            answers=len(list(item.assignments())),
            guess_floor=0.25,
            outcomes="",
        )
        for slug, item in files.asked.items()
    }


def deployed(files: TopicFiles, slug: str, seed: int, *texts: str, **blanks: str) -> Judgement:
    """What came of an answer, given as the text of its option (or one text for each blank, in order or by name)."""
    item = files.items[slug]
    chosen: Mapping[str, str] = blanks or dict(zip(item.blanks, texts, strict=True))
    answer = {blank: [option.text for option in item.options_for(blank)].index(chosen[blank]) for blank in item.blanks}
    return judge(item, files.scenarios_of(item), answer, seed)


def passing(files: TopicFiles, slug: str) -> list[dict[str, str]]:
    """The answers that pass, as the texts of their options, found by running every one."""
    item = files.items[slug]
    return [
        {blank: option.text for blank, option in item.chosen(answer).items()}
        for answer in item.assignments()
        if judge(item, files.scenarios_of(item), answer).passed
    ]
