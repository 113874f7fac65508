"""A topic with a bank for the test: the curriculum, with its items of practice once more as the bank's."""

from dataclasses import dataclass
from functools import cache
from pathlib import Path
from tempfile import TemporaryDirectory

from canarylearn.items import Item, TopicFiles, judge, read_topic
from canarylearn.learning.forms import option_id
from tests.topics import copied

CONCEPTS = ("shares", "routing", "exposure", "evidence", "decision", "rollback")
LEVELS = ("easy", "medium", "hard")
SIZE = 24

_ROOM = """rooms:
  test:
    title: Test
    minutes: 20
    summary: Ten questions, from easy to hard.
"""


@cache
def with_bank(size: int = SIZE) -> TopicFiles:
    """The topic with so many questions for the test, of all concepts and levels."""
    with TemporaryDirectory() as folder:
        topic = copied(Path(folder))
        write_bank(topic, size)
        return read_topic(topic)


def write_bank(topic: Path, size: int = SIZE) -> None:
    """Put a bank into a copied topic, in the place of its own."""
    lines = (topic / "topic.yaml").read_text(encoding="utf-8")
    for file in sorted((topic / "bank").glob("*.yaml")):
        file.unlink()
    (topic / "bank").mkdir(exist_ok=True)
    before, _, _ = lines.partition("\nbank:")
    if "\n  test:\n" not in before:
        before = before.replace("rooms:\n", _ROOM, 1)
    sources = sorted([*(topic / "tasks").glob("*.yaml"), *(topic / "questions").glob("*.yaml")])
    slugs = []
    for number in range(size):
        source = sources[number % len(sources)]
        slug = f"asked-{number}"
        (topic / "bank" / f"{slug}.yaml").write_text(_as_asked(source, slug, number), encoding="utf-8")
        slugs.append(slug)
    (topic / "topic.yaml").write_text(f"{before}\nbank: [{', '.join(slugs)}]\n", encoding="utf-8")


def _as_asked(source: Path, slug: str, number: int) -> str:
    """A question of practice as one of the bank."""
    kind = source.parent.name.removesuffix("s")
    facts = {
        "id": slug,
        "kind": kind,
        "room": "test",
        "concept": CONCEPTS[number % len(CONCEPTS)],
        "level": LEVELS[number % len(LEVELS)],
    }
    rest = [line for line in source.read_text(encoding="utf-8").splitlines() if line.partition(":")[0] not in facts]
    return "\n".join([*(f"{name}: {value}" for name, value in facts.items()), *rest]) + "\n"


@dataclass(frozen=True, kw_only=True)
class Known:
    """What a test knows of an item: an answer that passes, and one that does not, as the fields of a form."""

    passing: dict[str, str]
    missing: dict[str, str]


@cache
def known(slug: str, size: int = SIZE) -> Known:
    """The answers to an item of the bank, found by running them."""
    files = with_bank(size)
    item = files.items[slug]
    by_verdict: dict[bool, dict[str, int]] = {}
    for answer in item.assignments():
        by_verdict.setdefault(judge(item, files.scenarios_of(item), answer).passed, answer)
    return Known(passing=_fields(item, by_verdict[True]), missing=_fields(item, by_verdict[False]))


def _fields(item: Item, answer: dict[str, int]) -> dict[str, str]:
    name = "choice" if item.kind == "question" else "blank-{}"
    return {name.format(blank): option_id(position) for blank, position in answer.items()}
