"""Stage 1: route(user_id, percent), a router that keeps its users, at an honest share of any of them."""

import math
from collections.abc import Callable, Mapping, Sequence

import numpy as np

from canarylearn.dialects.script import Refused
from canarylearn.dialects.script.host import HOST
from canarylearn.dialects.script.plain import HostFunction
from canarylearn.dialects.script.values import Value
from canarylearn.engine import BUCKETS, Release, bucket
from canarylearn.items.project.verdicts import Failed, Judged, Script, run_checks, shown, stopped
from canarylearn.items.project.worlds import SHORT

NEEDS = "route(user_id, percent)"
USERS = 600
SIGMAS = 5
"""How many standard deviations a share may lie from what was asked for; an honest router never does."""

ASKED = (5, 25)
_SMALL, _FOR_SMALL = 0.5, 2800
TEXT = "share-of-text-ids"
_NUMBERS = {
    "share-of-tens": "ids that end in 0",
    "share-of-odd-ids": "odd ids",
    "share-of-large-ids": "large ids",
    "share-of-consecutive-ids": "consecutive ids",
}
_POPULATIONS = {**_NUMBERS, TEXT: "ids that are texts"}
_ASKED_TWICE = 211


class _Router:
    """A learner's router. It notes the salt it was called with, so that users at the edges can be looked for."""

    def __init__(self, text: str, seed: int) -> None:
        self.seed = seed
        self.salt: str | None = None
        self._text = text
        self.begin()

    def begin(self) -> None:
        """Start the script anew, as a server does that is restarted."""
        listening = HostFunction(name="bucket", parameters=("user_id", "salt"), required=1, call=self._listen)
        self._script = Script(self._text, _release(self.seed), needs=NEEDS, host={"bucket": listening})

    def _listen(self, script: object, given: dict[str, Value]) -> Value:
        salt = given.get("salt", "canary")
        self.salt = salt if isinstance(salt, str) else None
        return HOST["bucket"].call(script, given)  # type: ignore[arg-type]

    def route(self, user: int | str, percent: float) -> str:
        """Where a user is sent."""
        example = f"route({shown(user)}, {percent})"
        try:
            answer = self._script.call(user, percent)
        except Refused as refused:
            if isinstance(user, str):
                said = f"An id can be a text, such as {shown(user)}, and there the script stops: {refused.at.message}."
                raise Failed("only-numbers", said, example=example, seed=self.seed, line=refused.at.line) from None
            raise stopped(refused.at, example, seed=self.seed) from None
        if answer is None:
            said = f"{example} gives nothing back: every way through the function needs a return."
            raise Failed("no-answer", said, example=example, seed=self.seed)
        if answer not in ("v1", "v2") or not isinstance(answer, str):
            said = f"{example} gives {shown(answer)}; a router says 'v1' or 'v2'."
            raise Failed("other-answer", said, example=example, seed=self.seed)
        return answer


def _release(seed: int) -> Release:
    return Release(SHORT["short-fine"].world(seed % 7))


def judge_router(text: str, seeds: Sequence[int], part: int | None = None) -> Judged:
    """A router, judged on users made from the seeds."""
    try:
        routers = [_Router(text, seed) for seed in seeds]
    except Failed as failed:
        return Judged(passed=False, finding=failed.finding)
    checks: Mapping[str, Callable[[], str]] = {
        "The same user gets the same answer": lambda: _each(routers, _keeps),
        "Also after a restart, in another order": lambda: _each(routers, _remembers_nothing),
        "The share is about what was asked for, on any ids": lambda: _each(routers, _is_honest),
        "0 % is nobody, 100 % is everybody": lambda: _each(routers, _reaches_its_ends),
        "Who is in at 5 % still is at 25 %": lambda: _each(routers, _nests),
        "Half a percent is not nobody": lambda: _each(routers, _is_fine_grained),
    }
    return run_checks(checks, part)


def _each(routers: Sequence[_Router], check: Callable[[_Router], str]) -> str:
    return [check(router) for router in routers][-1] + (f", under {len(routers)} seeds" if len(routers) > 1 else "")


def _keeps(router: _Router) -> str:
    users = _ids(router.seed, "share-of-consecutive-ids")[:_ASKED_TWICE]
    first = {user: router.route(user, 25) for user in users}
    for user in users:
        again = router.route(user, 25)
        if again != first[user]:
            said = f"User {user} was sent to {first[user]}, and a moment later to {again}, at the same 25 %."
            raise Failed("changes-its-mind", said, example=f"route({user}, 25)", seed=router.seed)
    return f"{_ASKED_TWICE} users, asked twice"


def _remembers_nothing(router: _Router) -> str:
    users = _ids(router.seed, "share-of-consecutive-ids")[:_ASKED_TWICE]
    router.begin()
    first = {user: router.route(user, 25) for user in users}
    router.begin()
    for user in reversed(users):
        again = router.route(user, 25)
        if again != first[user]:
            said = (
                f"User {user} was sent to {first[user]}; after a restart, when others had come first, to {again}. "
                "Where somebody goes may follow from who they are, and not from who came before."
            )
            raise Failed("depends-on-order", said, example=f"route({user}, 25)", seed=router.seed)
    return f"{_ASKED_TWICE} users, before and after a restart"


def _is_honest(router: _Router) -> str:
    sent = {(name, percent): _sent(router, name, percent) for name in _NUMBERS for percent in ASKED}
    _say_common_slips(router, sent)
    for (name, percent), users in sent.items():
        _hold_share(router, name, percent, len(users))
    # Ids that are texts come last: what stops at them is a mistake of its own.
    for percent in ASKED:
        _hold_share(router, TEXT, percent, len(_sent(router, TEXT, percent)))
    return f"{len(_POPULATIONS)} kinds of ids, {USERS:,} users of each, at 5 % and at 25 %"


def _sent(router: _Router, name: str, percent: int) -> list[int | str]:
    return [user for user in _ids(router.seed, name) if router.route(user, percent) == "v2"]


def _hold_share(router: _Router, name: str, percent: int, sent: int) -> None:
    expected = USERS * percent / 100
    if abs(sent - expected) > SIGMAS * (expected * (1 - percent / 100)) ** 0.5:
        some = _ids(router.seed, name)[0]
        said = (
            f"Of {USERS:,} users with {_POPULATIONS[name]}, {sent / USERS:.1%} were sent to v2 where {percent} % was "
            f"asked for; an honest router stays within {bound(percent):.1f} points."
        )
        raise Failed(name, said, example=f"route({shown(some)}, {percent})", seed=router.seed)


def bound(percent: float) -> float:
    """How many points the share of so many users may lie from what was asked for."""
    return SIGMAS * math.sqrt(percent / 100 * (1 - percent / 100) / USERS) * 100


def _say_common_slips(router: _Router, sent: Mapping[tuple[str, int], list[int | str]]) -> None:
    """Mistakes of the whole share, told apart from those that hang on the ids."""
    total = USERS * len(_NUMBERS)
    at = {percent: sum(len(users) for (_, asked), users in sent.items() if asked == percent) for percent in ASKED}
    how = {"example": "route(1, 25)", "seed": router.seed}
    if at[5] not in (0, total) and all(sent[name, 5] == sent[name, 25] for name in _NUMBERS):
        said = f"At 5 % and at 25 % the same {at[5] / total:.1%} of users are sent to v2: percent is not used."
        raise Failed("ignores-percent", said, **how)
    if at[25] == 0:
        raise Failed("nobody", f"At 25 % nobody of {total:,} users is sent to v2.", **how)
    if at[5] == total:
        said = f"At 5 % all {total:,} users are sent to v2. bucket() gives 0 to 9,999, so 1 % are 100 buckets."
        raise Failed("everybody", said, **how)
    if at[25] < total * 0.25 / 20:
        said = (
            f"At 25 % only {at[25] / total:.2%} of {total:,} users are sent to v2, a hundredth of what was asked for. "
            "bucket() gives 0 to 9,999, so 1 % are 100 buckets."
        )
        raise Failed("a-hundredth", said, **how)
    if at[5] > total * 0.9 and at[25] > total * 0.7:
        said = f"At 5 %, {at[5] / total:.0%} of users are sent to v2: the two versions have changed places."
        raise Failed("upside-down", said, **how)
    everyone = [user for name in _NUMBERS for user in _ids(router.seed, name) if isinstance(user, int)]
    chosen = {user for name in _NUMBERS for user in sent[name, 25]}
    left = [user for user in everyone if user not in chosen]
    if chosen and left and max(user for user in everyone if user in chosen) < min(left):
        said = (
            f"At 25 % everybody with an id below {min(left):,} is sent to v2, nobody above: who signed up first is "
            "no sample of all users, and how many they are hangs on how ids are given."
        )
        raise Failed("first-come", said, **how)


def _reaches_its_ends(router: _Router) -> str:
    for user in [*_ids(router.seed, "share-of-consecutive-ids")[:60], *_at_edges(router)]:
        if router.route(user, 0) != "v1":
            said = f"At 0 % user {user} is still sent to v2: a roll back to 0 would leave somebody there."
            raise Failed("zero-leaks", said, example=f"route({user}, 0)", seed=router.seed)
        if router.route(user, 100) != "v2":
            said = f"At 100 % user {user} is still sent to v1: a promotion would never be complete."
            raise Failed("hundred-misses", said, example=f"route({user}, 100)", seed=router.seed)
    return "60 users, and those in the first and the last bucket"


def _at_edges(router: _Router) -> list[int]:
    """Users in the first and in the last bucket of the salt that the router uses, if it uses one."""
    if router.salt is None:
        return []
    begin = router.seed % 1_000_000
    found = [_first_in(router.salt, edge, begin) for edge in (0, BUCKETS - 1)]
    return [user for user in found if user is not None]


def _first_in(salt: str, edge: int, begin: int) -> int | None:
    return next((user for user in range(begin, begin + 20 * BUCKETS) if bucket(salt, user) == edge), None)


def _nests(router: _Router) -> str:
    users = _ids(router.seed, "share-of-large-ids")[: USERS // 2]
    for user in users:
        if router.route(user, 5) == "v2" and router.route(user, 25) == "v1":
            said = (
                f"User {user} is sent to v2 at 5 % and to v1 at 25 %: whoever has met v2 would be taken back "
                "while the share grows."
            )
            raise Failed("not-nested", said, example=f"route({user}, 5), route({user}, 25)", seed=router.seed)
    return f"{len(users):,} users"


def _is_fine_grained(router: _Router) -> str:
    begin = router.seed % 1_000_000
    sent = sum(router.route(user, _SMALL) == "v2" for user in range(begin, begin + _FOR_SMALL))
    expected = _FOR_SMALL * _SMALL / 100
    if not 0 < sent <= expected + SIGMAS * expected**0.5:
        said = f"At {_SMALL} %, {sent} of {_FOR_SMALL:,} users are sent to v2, and about {expected:.0f} were asked for."
        raise Failed("rounds-small-shares", said, example=f"route({begin}, {_SMALL})", seed=router.seed)
    return f"{_FOR_SMALL:,} users at {_SMALL} %"


def _ids(seed: int, name: str) -> list[int | str]:
    """So many users of one kind, made from a seed."""
    rng = np.random.default_rng([seed, len(name)])
    begin = int(rng.integers(1, 900_000))
    if name == "share-of-tens":
        return [10 * (begin + number) for number in range(USERS)]
    if name == "share-of-odd-ids":
        return [2 * (begin + number) + 1 for number in range(USERS)]
    if name == "share-of-large-ids":
        return [int(one) for one in rng.integers(10**8, 10**9, size=USERS)]
    if name == "share-of-text-ids":
        return [f"user-{begin + number}" for number in range(USERS)]
    return [begin + number for number in range(USERS)]
