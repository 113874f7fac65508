"""A version made ready to judge and to show: read once a process, since versions never change."""

from collections.abc import Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache

from canarylearn.dialects.errors import unreadable
from canarylearn.engine import Scenario
from canarylearn.items import Answer, Item, Judgement, judge
from canarylearn.items.files import read_as
from canarylearn.items.judging import deploy, shown_seed
from canarylearn.items.variants import Unmade, vary
from canarylearn.learning.models import Version


@dataclass(frozen=True, kw_only=True)
class FaultyCode:
    """Code that does not run: the line it stops at, and why."""

    code: str
    line: int
    message: str


@dataclass(frozen=True, kw_only=True, eq=False)
class Ready:
    """A version's item and scenarios, read and checked, with the numbers of a variant.

    `variants` are the numbers of the variants that are proven, 0 (as authored) first; `seeds` is how many runs each
    verdict was proven by.
    """

    version_id: int
    number: int
    topic_slug: str
    seeds: int
    item: Item
    scenarios: Mapping[str, Scenario]
    variant: int = 0
    variants: tuple[int, ...] = (0,)

    @cached_property
    def faulty(self) -> FaultyCode | None:
        """The code that a 'fix the error' task begins with, and the error it stops with when it is run."""
        if self.item.faulty is None:
            return None
        code = self.item.with_faulty_code
        refused = deploy(code, self.scenarios[self.item.scenarios[0]], shown_seed(self.item)).refused
        return FaultyCode(code=code, line=refused.line, message=refused.message) if refused else None

    def judge(self, answer: Answer) -> Judgement:
        """Deploy an answer; the judgement of an answer given before is remembered."""
        return _judged(self, tuple(sorted(answer.items())))


@lru_cache(maxsize=256)
def ready(version_id: int, variant: int = 0) -> Ready:
    """The version of that number in the database, made ready with the numbers of a variant.

    Raises LookupError for a variant that is not proven.
    """
    if variant:
        return _with_other_numbers(ready(version_id), variant)
    version = Version.objects.select_related("item__topic").get(pk=version_id)
    return Ready(
        version_id=version_id,
        variants=tuple(version.proof.get("variants", (0,))),
        number=version.number,
        topic_slug=version.item.topic.slug,
        seeds=version.proof["seeds"],
        item=item_as_kept(version.spec),
        scenarios={slug: read_as(Scenario, text) for slug, text in version.scenarios.items()},
    )


def _with_other_numbers(authored: Ready, variant: int) -> Ready:
    if variant not in authored.variants:
        raise LookupError(f"version {authored.version_id} has no variant {variant}; it has {authored.variants}")
    try:
        item, scenarios = vary(authored.item, authored.scenarios, variant)
    except Unmade as error:
        raise LookupError(f"variant {variant} of version {authored.version_id} cannot be made: {error}") from None
    return replace(authored, variant=variant, item=item, scenarios=scenarios)


@lru_cache(maxsize=256)
def item_as_kept(spec: str, variant: int = 0) -> Item:
    """The item in a version's file with the numbers of a variant, read once for each.

    Raises Unreadable if it is in a form of long ago, or has no such variant.
    """
    if variant == 0:
        return read_as(Item, spec)
    try:
        return item_as_kept(spec).variant(variant)
    except (LookupError, ValueError) as error:
        raise unreadable(1, "no-variant", str(error)) from None


@lru_cache(maxsize=2048)
def _judged(version: Ready, answer: tuple[tuple[str, int], ...]) -> Judgement:
    return judge(version.item, version.scenarios, dict(answer))
