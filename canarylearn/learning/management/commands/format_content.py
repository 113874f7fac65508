"""Write content files in the one form that they are kept in."""

from argparse import ArgumentParser
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from canarylearn.dialects.errors import Unreadable
from canarylearn.engine import Scenario
from canarylearn.items import Item
from canarylearn.items.cards import Card
from canarylearn.items.files import TopicSpec
from canarylearn.items.reading import read_as
from canarylearn.items.writing import card_text, item_text, scenario_text, topic_text
from canarylearn.learning import content

_ITEMS = ("tasks", "questions", "challenge", "bank")


class Command(BaseCommand):
    """Rewrite the files that look otherwise. What they say stays, and so do digests and proofs; comments go."""

    help = "Write items, scenarios, cards and topics in their canonical form; comments in them are lost."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("folders", nargs="*", type=Path, metavar="FOLDER", help="folders of topics elsewhere")

    def handle(self, *args: Any, **options: Any) -> None:
        changed: dict[Path, str] = {}
        for holder in options["folders"] or [content.CONTENT]:
            for path in _files(holder):
                text = path.read_text(encoding="utf-8")
                try:
                    written = _canonical(path, text)
                except Unreadable as unreadable:
                    at = unreadable.errors[0]
                    raise CommandError(f"{path.parent.name}/{path.name}: {at.message} (line {at.line})") from None
                if written != text:
                    changed[path] = written
        for path, written in changed.items():
            path.write_text(written, encoding="utf-8", newline="")
            self.stdout.write(f"rewrote {path.parent.name}/{path.name}")


def _files(holder: Path) -> Iterator[Path]:
    for topic in content.topic_folders(holder):
        yield topic / "topic.yaml"
        for folder in (*_ITEMS, "scenarios", "cards"):
            yield from sorted((topic / folder).glob("*.yaml"))


def _canonical(path: Path, text: str) -> str:
    if path.name == "topic.yaml" and path.parent.name not in _ITEMS:
        return topic_text(read_as(TopicSpec, text))
    if path.parent.name == "scenarios":
        return scenario_text(read_as(Scenario, text))
    if path.parent.name == "cards":
        return card_text(read_as(Card, text))
    return item_text(read_as(Item, text))
