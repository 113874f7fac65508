"""Routes of which one becomes the plan: what the tools have in common that only send requests to places."""

import re
from dataclasses import dataclass, field, replace
from fractions import Fraction

from canarylearn.dialects.errors import Located
from canarylearn.dialects.manifest import Reading, Share
from canarylearn.dialects.shape import Node
from canarylearn.dialects.split import plan_of_split
from canarylearn.engine.plan import Routing
from canarylearn.engine.quantities import BUCKETS

_ON_TRIAL = frozenset({"canary", "candidate", "challenger", "new", "next", "green", "latest"})
_SETTLED = frozenset({"stable", "primary", "baseline", "champion", "old", "current", "blue", "prev", "previous", "v1"})
_VERSION = re.compile(r"v(\d{1,4})")
_MOST_NOTED = 20


@dataclass(kw_only=True)
class Notes:
    """What a tool accepts and a person should know, as it is found."""

    found: list[Located] = field(default_factory=list)

    def add(self, node: Node, message: str) -> None:
        """Keep one more."""
        self.found.append(Located(line=node.line, column=None, code="note", message=message, path=node.say_path()))

    def told(self) -> tuple[Located, ...]:
        """All of them, each once, in the order of the lines."""
        return tuple(sorted(dict.fromkeys(self.found), key=lambda note: note.line))


@dataclass(frozen=True, kw_only=True)
class Route:
    """Where the requests that one rule is for go.

    `shares` are exact and sum to 1, or are none when nobody answers. `canary` is the target on trial where the tool
    says which; `copies` are the targets that get copies of requests and the share of requests that is copied.
    `narrow` says that the rule is for some requests only.
    """

    node: Node
    shares: tuple[Share, ...]
    canary: str | None = None
    copies: tuple[tuple[str, Fraction], ...] = ()
    narrow: bool = False
    routing: Routing = Routing.PER_REQUEST


def named_apart(names: list[str]) -> list[str]:
    """The same names, with a number behind those that came before."""
    counts: dict[str, int] = {}
    apart = []
    for name in names:
        counts[name] = counts.get(name, 0) + 1
        apart.append(name if counts[name] == 1 else f"{name} #{counts[name]}")
    return apart


def canary_among(names: list[str]) -> str:
    """Which of the targets is on trial.

    The last one whose name says so (canary, candidate, challenger, new, next, green, latest); else the one with the
    highest version (v2 beside v1, or beside none); else the last one whose name does not say that it is settled
    (stable, primary, baseline, old, blue ...); else the last one.
    """
    said = [name for name in names if _words(name) & _ON_TRIAL]
    if said:
        return said[-1]
    versions = [_version(name) for name in names]
    if versions.count(max(versions)) == 1 and len(names) > 1:
        return names[versions.index(max(versions))]
    open_ones = [name for name in names if not _words(name) & _SETTLED]
    return (open_ones or names)[-1]


def read_routes(routes: list[Route], notes: Notes) -> Reading:
    """The reading of a tool that only routes: the first route that splits or copies is the plan, the rest is noted."""
    chosen = _choose(routes)
    _note_others(routes, chosen, notes)
    if chosen.narrow:
        notes.add(chosen.node, "the plan and its shares are of the requests that match here, and of no others")
    canary, copied = _on_trial(chosen, notes)
    plan = replace(plan_of_split(chosen.shares, canary, mirror=copied), routing=chosen.routing)
    share = next((share.share for share in chosen.shares if share.target == canary), Fraction(0))
    if share * BUCKETS != plan.steps[0].weight:
        notes.add(
            chosen.node,
            f"{canary} gets {share.numerator}/{share.denominator} of the requests; here it is run with "
            f"{plan.steps[0].weight} of {BUCKETS:,}",
        )
    return Reading(plan=plan, shares=chosen.shares, notes=notes.told())


def _choose(routes: list[Route]) -> Route:
    def rank(route: Route) -> int:
        splits = sum(share.share > 0 for share in route.shares) > 1 or len(route.shares) > 1
        return 0 if splits else 1 if route.copies else 2 if route.shares and not route.narrow else 3

    return min(routes, key=rank)


def _note_others(routes: list[Route], chosen: Route, notes: Notes) -> None:
    others = [route for route in routes if route is not chosen]
    for route in others[:_MOST_NOTED]:
        notes.add(route.node, f"not in the plan, which is of {chosen.node.say_path() or 'another document'}")
    if len(others) > _MOST_NOTED:
        notes.add(others[_MOST_NOTED].node, f"and {len(others) - _MOST_NOTED} more are not in the plan")


def _on_trial(route: Route, notes: Notes) -> tuple[str | None, Fraction]:
    """The target on trial, and the share of requests that it gets copies of."""
    names = [share.target for share in route.shares]
    if route.canary is not None:
        return route.canary, Fraction(0)
    live = [share for share in route.shares if share.share]
    if route.copies and len(live) <= 1:
        target = canary_among([name for name, _ in route.copies])
        for name, _ in route.copies:
            if name != target:
                notes.add(route.node, f"the copies for {name} are not in the plan, which has one target on trial")
        return target, dict(route.copies)[target]
    for name, _ in route.copies:
        notes.add(route.node, f"the copies for {name} are not in the plan: a target that answers users is on trial")
    if not names:
        return None, Fraction(0)
    if len(names) == 1:
        settled = bool(_words(names[0]) & _SETTLED) and not _words(names[0]) & _ON_TRIAL
        said = "stable, by its name" if settled else "the version on trial, which everyone gets at once"
        notes.add(route.node, f"there is nothing to split: everything goes to {names[0]}, taken as {said}")
        return (None if settled else names[0]), Fraction(0)
    target = canary_among(names)
    if len(names) > 2 or not _words(target) & _ON_TRIAL:
        rest = "the others together" if len(names) > 2 else "the other"
        notes.add(route.node, f"{target} is taken as the canary, and {rest} as stable")
    return target, Fraction(0)


def _words(name: str) -> set[str]:
    return set(re.split(r"[^a-z0-9]+", name.lower()))


def _version(name: str) -> int:
    """The highest version that a name mentions, 1 where it mentions none."""
    found = [int(match[1]) for word in _words(name) if (match := _VERSION.fullmatch(word))]
    return max(found, default=1)
