"""Questions that came in, as drafts: the item that a mark carries, or what there is of one to go on with."""

import re
import unicodedata
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.yaml_text import read_yaml
from canarylearn.engine import Scenario
from canarylearn.exchange.marks import BadMark, Carried, unpack
from canarylearn.exchange.questions import Question, Read, told
from canarylearn.items.reading import read_as
from canarylearn.items.spec import Item
from canarylearn.items.writing import item_text

_SLUG = re.compile(r"[a-z][a-z0-9-]{2,59}", re.ASCII)
_BLANK = re.compile(r"[a-z][a-z0-9_]{0,29}", re.ASCII)


@dataclass(frozen=True, kw_only=True)
class DraftText:
    """A draft to be made: the text of an item's file, which may not be an item yet, and its scenarios' files by slug.

    `whole` says that it is an item that left from here, and can be proven as it stands.
    """

    slug: str
    spec: str
    scenarios: Mapping[str, str]
    whole: bool
    line: int


@dataclass(frozen=True, kw_only=True)
class Imported:
    """What a file holds: drafts, and what is to be said of them and of what did not come in, each at its line."""

    drafts: tuple[DraftText, ...]
    told: tuple[Located, ...]


def drafts_of(read: Read) -> Imported:
    """The questions of a file as drafts."""
    found = list(read.told)
    drafts: list[DraftText] = []
    taken: set[str] = set()
    for question in read.questions:
        draft = _draft(question, taken, found)
        if draft is not None:
            taken.add(draft.slug)
            drafts.append(draft)
    return Imported(drafts=tuple(drafts), told=tuple(sorted(found, key=lambda one: one.line)))


def _draft(question: Question, taken: set[str], found: list[Located]) -> DraftText | None:
    if question.mark:
        try:
            return _carried(unpack(question.mark), question.line, taken)
        except (BadMark, Unreadable) as error:
            said = error.errors[0].message if isinstance(error, Unreadable) else str(error)
            message = f"{question.name!r}: {said}; it comes in like a question of somebody else"
            found.append(told(question.line, "bad-mark", message))
    return _foreign(question, taken, found)


def _carried(carried: Carried, line: int, taken: set[str]) -> DraftText:
    """The item that a mark carries. Raises BadMark or Unreadable if it is none."""
    item = read_as(Item, carried.item)
    if set(carried.scenarios) != set(item.scenarios):
        raise BadMark("its mark carries other scenarios than its item names")
    for slug, text in carried.scenarios.items():
        if read_as(Scenario, text).slug != slug:
            raise BadMark(f"its mark carries a scenario that is not {slug!r}")
    if item.id in taken:
        raise BadMark(f"{item.id!r} came in before")
    return DraftText(slug=item.id, spec=carried.item, scenarios=carried.scenarios, whole=True, line=line)


def _foreign(question: Question, taken: set[str], found: list[Located]) -> DraftText | None:
    """A draft of what there is: no goals and no claims yet, and nothing of which option is said to be right."""
    slug = slug_of(question.name, taken)
    choices = [choice for blank in question.blanks for choice in blank.choices]
    data: dict[str, Any] = {"id": slug, "title": " ".join(question.name.split()), "prompt": question.text}
    if question.is_choice:
        data |= {"kind": "question", "options": [{"text": choice.text} for choice in choices]}
        data["prompt"] = "\n\n".join(filter(None, (question.text, question.code)))
    else:
        options = {
            name: [{"text": choice.text, "fill": choice.text} for choice in blank.choices]
            for name, blank in zip(_names(question), question.blanks, strict=True)
        }
        data |= {"kind": "task", "template": _renamed(question), "options": options}
        if not question.text:
            data["prompt"] = "Fill in the gaps."
    if notes := {choice.text: choice.feedback for choice in choices if len(choice.feedback) >= 3}:
        data["notes"] = notes
    try:
        spec = item_text(data)
        read_yaml(spec)
    except (Unreadable, ValueError) as error:
        said = error.errors[0].message if isinstance(error, Unreadable) else str(error)
        found.append(told(question.line, "not-carried", f"{question.name!r}: {said}; it is left out"))
        return None
    message = (
        f"{question.name!r} comes in without goals: which option was marked right there is not taken over. "
        "Give it code or claims, scenarios and goals; then runs decide"
    )
    found.append(told(question.line, "needs-goals", message))
    return DraftText(slug=slug, spec=spec, scenarios={}, whole=False, line=question.line)


def _names(question: Question) -> list[str]:
    """A name for each blank that an item may have."""
    return [
        blank.name if _BLANK.fullmatch(blank.name) else f"gap{number}"
        for number, blank in enumerate(question.blanks, start=1)
    ]


def _renamed(question: Question) -> str:
    code = question.code or "\n".join(f"⟦{blank.name}⟧" for blank in question.blanks)
    for name, blank in zip(_names(question), question.blanks, strict=True):
        code = code.replace(f"⟦{blank.name}⟧", f"⟦{name}⟧")
    return f"{code.rstrip()}\n"


def slug_of(name: str, taken: set[str]) -> str:
    """A slug for a name, which is not taken: letters, digits and dashes alone, whatever the name holds."""
    plain = unicodedata.normalize("NFKD", name).encode("ascii", "ignore").decode().lower()
    words = re.sub(r"[^a-z0-9]+", "-", plain).strip("-")[:50].strip("-")
    slug = words if _SLUG.fullmatch(words) else f"question-{words}".strip("-")
    number, made = 1, slug
    while made in taken:
        number += 1
        made = f"{slug}-{number}"
    return made
