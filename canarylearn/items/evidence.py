"""Evidence: answers with the texts they were given to, so that anyone can run and judge them once more.

A file of evidence holds every item and scenario as it was published, the answers, and the seed and the engine of the
verdicts. It claims nothing that cannot be run: whoever reads it judges each answer anew.
"""

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Annotated, Any, Literal, TypeVar

from pydantic import BaseModel, ConfigDict, Field, ValidationError

from canarylearn.dialects.errors import Unreadable
from canarylearn.engine import Scenario
from canarylearn.items.authored import Authored, Slug
from canarylearn.items.explaining import headline
from canarylearn.items.judging import judge
from canarylearn.items.reading import read_as
from canarylearn.items.spec import Item
from canarylearn.items.variants import Unmade, vary

Spec = TypeVar("Spec", bound=BaseModel)

FORMAT = "canarylearn evidence 1"

MOST_CHARACTERS = 1_000_000
_MOST_RUNS = 60

_Text = Annotated[str, Field(min_length=1, max_length=64_000)]
_Short = Annotated[str, Field(max_length=200)]


class BadEvidence(Exception):
    """A file that is no evidence; its text says why."""


class _Part(Authored):
    model_config = ConfigDict(strict=True)


class Answered(_Part):
    """One answer that passed: the item's text and its scenarios' as they were then, and which try it was."""

    id: Slug
    version: Annotated[int, Field(ge=1, le=100_000)]
    variant: Annotated[int, Field(ge=0, le=1000)]
    item: _Text
    scenarios: Annotated[dict[Slug, _Text], Field(min_length=1, max_length=8)]
    answer: Annotated[
        dict[Annotated[str, Field(max_length=60)], Annotated[int, Field(ge=0, le=100)]],
        Field(min_length=1, max_length=20),
    ]
    seed: Annotated[int, Field(ge=0, le=999_999_999)]
    engine: _Short
    tries: Annotated[int, Field(ge=1, le=3)]
    hints: Annotated[int, Field(ge=0, le=3)]
    clock: _Short


class Evidence(_Part):
    """Everything a badge stands on. `digest` is that of all the rest but `seal`, which only the site can check."""

    format: Literal["canarylearn evidence 1"]
    topic: Slug
    earned: _Short
    items: Annotated[list[Answered], Field(min_length=1, max_length=20)]
    digest: Annotated[str, Field(pattern=r"^[0-9a-f]{64}$")]
    seal: _Short = ""


@dataclass(frozen=True, kw_only=True)
class Rejudged:
    """What came of an answer now. `equal` says whether it still passes, `reason` what the run showed."""

    id: str
    title: str
    version: int
    equal: bool
    reason: str
    seeds: int


def digest_of(facts: Mapping[str, Any]) -> str:
    """The digest of the facts of a file of evidence, whatever the order and the spaces they are written with."""
    rest = {name: value for name, value in facts.items() if name not in ("digest", "seal")}
    return hashlib.sha256(json.dumps(rest, sort_keys=True).encode()).hexdigest()


def make_evidence(*, topic: str, earned: str, items: Sequence[Answered]) -> Evidence:
    """Evidence of these answers."""
    facts = {"format": FORMAT, "topic": topic, "earned": earned, "items": [one.model_dump() for one in items]}
    return Evidence.model_validate({**facts, "digest": digest_of(facts)})


def read_evidence(text: str) -> Evidence:
    """A file of evidence. Raises BadEvidence for a text that is none, or that was changed after it was made."""
    if len(text) > MOST_CHARACTERS:
        raise BadEvidence(f"the file is longer than {MOST_CHARACTERS:,} characters, which no evidence is")
    try:
        facts = json.loads(text, parse_constant=_refuse_constant, object_pairs_hook=_without_twins)
        text.encode()
        json.dumps(facts, ensure_ascii=False).encode()  # a lone half of a character is no text
    except RecursionError:
        raise BadEvidence("the file is nested too deeply") from None
    except ValueError as error:
        raise BadEvidence(f"the file is not readable as JSON: {error}") from None
    if not isinstance(facts, dict):
        raise BadEvidence("the file holds no JSON object")
    try:
        evidence = Evidence.model_validate(facts)
    except ValidationError as error:
        raise BadEvidence(_say(error)) from None
    if digest_of(facts) != evidence.digest:
        raise BadEvidence("the file was changed after it was made: its digest is not that of its contents")
    ids = [one.id for one in evidence.items]
    if len(set(ids)) < len(ids):
        raise BadEvidence("the file names an item twice")
    return evidence


def _refuse_constant(name: str) -> None:
    raise ValueError(f"{name} is no number")


def _without_twins(pairs: list[tuple[str, Any]]) -> dict[str, Any]:
    found = dict(pairs)
    if len(found) < len(pairs):
        raise ValueError("a name stands twice in one object")
    return found


def _say(error: ValidationError) -> str:
    first = error.errors(include_input=False, include_url=False)[0]
    path = ".".join(str(part)[:40] for part in first["loc"])
    return f"{path[:120] or 'the file'}: {first['msg']}"


def rejudge(evidence: Evidence, *, more_seeds: Iterable[int] = ()) -> list[Rejudged]:
    """Run and judge every answer again, under its own seed and these."""
    return [_rejudge(one, [one.seed, *more_seeds]) for one in evidence.items]


def _rejudge(one: Answered, seeds: Sequence[int]) -> Rejudged:
    """A text that is no item, or an answer that is none of its answers, is not equal: its reason says so."""
    title = one.id
    try:
        item, scenarios = _opened(one)
        title = item.title
        seeds = list(dict.fromkeys(seeds))
        for seed in seeds:
            judged = judge(item, scenarios, one.answer, seed)
            if not judged.passed:
                reason = f"under seed {seed} it does not pass: {headline(judged, scenarios)}"
                return _told(one, title, seeds, reason, equal=False)
    except BadEvidence as bad:
        return _told(one, title, seeds, str(bad), equal=False)
    first = judge(item, scenarios, one.answer, seeds[0])
    return _told(one, title, seeds, headline(first, scenarios), equal=True)


def _told(one: Answered, title: str, seeds: Sequence[int], reason: str, *, equal: bool) -> Rejudged:
    return Rejudged(id=one.id, title=title, version=one.version, equal=equal, reason=reason, seeds=len(seeds))


def _opened(one: Answered) -> tuple[Item, dict[str, Scenario]]:
    """The item and its scenarios. Raises BadEvidence where their texts are none, or do not fit together."""
    item = _read(Item, one.item, "the text of the item")
    scenarios = {
        slug: _read(Scenario, text, f"the text of the scenario {slug}") for slug, text in one.scenarios.items()
    }
    if item.id != one.id:
        raise BadEvidence(f"the text is that of another item, {item.id}")
    if set(scenarios) != set(item.scenarios):
        raise BadEvidence("the scenarios are not those of the item")
    if (1 + len(item.runs)) * len(scenarios) > _MOST_RUNS:
        raise BadEvidence("it would take more runs than any item does")
    try:
        item, varied = vary(item, scenarios, one.variant)
    except Unmade as unmade:
        raise BadEvidence(f"it has no variant {one.variant}: {unmade}") from None
    if one.answer not in item.assignments():
        raise BadEvidence("the answer is none of those that the item has")
    return item, dict(varied)


def _read(schema: type[Spec], text: str, what: str) -> Spec:
    try:
        return read_as(schema, text)
    except Unreadable as unreadable:
        raise BadEvidence(f"{what} cannot be read: {unreadable.errors[0].message}") from None
