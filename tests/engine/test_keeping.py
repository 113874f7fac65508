"""The store of worlds: bounded by what it holds, and made once."""

from concurrent.futures import ThreadPoolExecutor
from functools import partial

from canarylearn.engine import materialise
from canarylearn.engine import world as worlds
from canarylearn.engine.keeping import Store
from tests.worlds import scenario


def test_what_is_kept_is_made_once() -> None:
    store: Store[str] = Store(100, len)
    made: list[str] = []

    def make(text: str) -> str:
        made.append(text)
        return text * 10

    assert [store.get(key, partial(make, key)) for key in "abab"] == ["a" * 10, "b" * 10, "a" * 10, "b" * 10]
    assert made == ["a", "b"]
    store.clear()
    store.get("a", lambda: make("a"))
    assert made == ["a", "b", "a"]


def test_what_was_used_longest_ago_goes_when_there_is_no_room() -> None:
    store: Store[str] = Store(25, len)
    for key in "ab":
        store.get(key, lambda: "x" * 10)
    store.get("a", lambda: "y" * 10)
    store.get("c", lambda: "x" * 10)
    assert store.get("a", lambda: "made anew") == "x" * 10
    assert store.get("b", lambda: "made anew") == "made anew"


def test_the_newest_stays_however_large_it_is() -> None:
    store: Store[str] = Store(25, len)
    store.get("small", lambda: "x")
    store.get("large", lambda: "x" * 1000)
    assert store.get("large", lambda: "made anew") == "x" * 1000
    assert store.get("small", lambda: "made anew") == "made anew"


def test_many_threads_get_equal_things() -> None:
    store: Store[int] = Store(10, lambda _: 1)
    with ThreadPoolExecutor(8) as pool:
        got = list(pool.map(lambda number: store.get(number % 20, lambda: number % 20), range(2000)))
    assert got == [number % 20 for number in range(2000)]


def test_worlds_are_kept_up_to_a_number_of_requests() -> None:
    worlds.forget()
    large = scenario(traffic={"requests_per_second": 300})  # 1.6 million requests
    first = materialise(large, 0)
    assert materialise(large, 0) is first
    for seed in range(1, 4):
        materialise(large, seed)
    assert materialise(large, 0) is not first
    worlds.forget()
