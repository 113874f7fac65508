"""The process apart: what is run in it cannot take long, cannot grow, holds nothing, and hurts nobody after it."""

import logging
import os
import signal
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from threading import Thread

import pytest

from canarylearn.lab import apart
from canarylearn.lab.apart import Busy, Stopped, Workplace
from tests.lab import calls

SECONDS = 3.5
"""A call is given up after 2.5; the rest is for a busy machine."""


@pytest.fixture(scope="module")
def workplace() -> Iterator[Workplace]:
    """A process apart of these tests' own, started and warm."""
    workplace = Workplace()
    assert workplace.call(calls.give_back, "warm") == "warm"
    yield workplace
    workplace.end()


def calls_under_way(workplace: Workplace) -> list[str]:
    """The processes of calls that have not ended, after the time that a busy machine may need to give them theirs."""
    pid, deadline = workplace.process_id, time.monotonic() + 10
    while children := Path(f"/proc/{pid}/task/{pid}/children").read_text().split():
        if time.monotonic() > deadline:
            return children
        time.sleep(0.01)
    return []


def stopped(workplace: Workplace, function: Callable[..., object], argument: object = None) -> str:
    """Why a call was stopped, which has to be soon; and the next call has to work as if nothing had been."""
    began = time.monotonic()
    with pytest.raises(Stopped) as caught:
        workplace.call(function, argument)
    assert time.monotonic() - began < SECONDS
    assert calls_under_way(workplace) == []
    assert workplace.call(calls.give_back, 1) == 1
    return caught.value.why


def test_a_call_gives_plain_data_back(workplace: Workplace) -> None:
    assert workplace.call(calls.give_back, {"a": [1, 2.5, None, "ä"]}) == {"a": [1, 2.5, None, "ä"]}


def test_a_call_in_a_warm_process_takes_milliseconds(workplace: Workplace) -> None:
    took = []
    for number in range(20):
        began = time.perf_counter()
        workplace.call(calls.give_back, number)
        took.append(time.perf_counter() - began)
    assert sorted(took)[10] < 0.1


def test_a_call_holds_no_database_no_key_and_no_file_of_the_site(
    workplace: Workplace, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SECRET_KEY", "the site's own")
    monkeypatch.setenv("DATABASE_URL", "sqlite:////somewhere")
    fresh = Workplace()
    seen = fresh.call(calls.look_around, None)
    fresh.end()
    assert isinstance(seen, dict)
    assert {entry.partition("=")[0] for entry in seen["environment"] if entry} == set(apart.ENVIRONMENT)
    assert seen["modules"] == []
    others = [file for file in seen["files"] if not file.startswith(("socket:", "/dev/null", "pipe:", "/proc"))]
    assert [file for file in others if "sqlite" in file or "canarylearn" in file] == []
    # Its own end of the call's socket alone: the way to other calls is closed.
    assert len([file for file in seen["files"] if file.startswith("socket:")]) == 1


@pytest.mark.parametrize("function", [calls.loop, calls.loop_in_c, calls.ignore_the_alarm])
def test_an_endless_call_is_stopped(workplace: Workplace, function: Callable[..., object]) -> None:
    assert stopped(workplace, function) == "time"


def test_a_call_that_only_waits_is_stopped_too(workplace: Workplace) -> None:
    assert workplace.call(calls.wait, 0.05) == 0.05
    assert stopped(workplace, calls.wait, 30.0) == "time"


def test_a_call_cannot_take_more_than_its_memory(workplace: Workplace) -> None:
    assert workplace.call(calls.grow_at_once, 256) == 256 * calls.MEBIBYTE
    assert stopped(workplace, calls.grow_at_once, 600) == "memory"
    assert stopped(workplace, calls.grow_bit_by_bit) == "memory"


def test_a_reply_that_is_too_long_is_not_read(workplace: Workplace) -> None:
    assert stopped(workplace, calls.answer_too_much) == "memory"


def test_a_call_cannot_write_a_file_nor_open_many(
    workplace: Workplace, tmp_path_factory: pytest.TempPathFactory
) -> None:
    path = tmp_path_factory.mktemp("apart") / "file"
    assert stopped(workplace, calls.write_a_file, str(path)) == "fault"
    assert not path.exists() or path.stat().st_size == 0
    assert stopped(workplace, calls.open_many_files) == "fault"


@pytest.mark.parametrize("function", [calls.break_down, calls.answer_no_data])
def test_a_call_that_breaks_is_noted(
    workplace: Workplace, function: Callable[..., object], caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.ERROR):
        assert stopped(workplace, function) == "fault"
    assert "A call of the lab failed" in caplog.text
    assert function.__name__ in caplog.text or "not JSON serializable" in caplog.text


@pytest.mark.parametrize("function", [calls.die, calls.crash])
def test_a_call_that_dies_takes_nobody_with_it(workplace: Workplace, function: Callable[..., object]) -> None:
    assert stopped(workplace, function) in ("time", "fault")


def test_a_call_that_recurses_is_a_fault_and_no_crash(workplace: Workplace) -> None:
    assert stopped(workplace, calls.recurse, 0) == "fault"


def test_a_process_that_went_away_is_started_again() -> None:
    workplace = Workplace()
    workplace.begin()
    first = workplace.process_id
    assert first is not None
    assert workplace.call(calls.give_back, 1) == 1
    os.kill(first, signal.SIGKILL)
    assert workplace.call(calls.give_back, 2) == 2
    assert workplace.process_id != first
    workplace.end()
    assert workplace.process_id is None
    assert workplace.call(calls.give_back, 3) == 3
    workplace.end()


def test_two_calls_at_a_time_and_the_third_waits_or_is_turned_away(workplace: Workplace) -> None:
    told: list[object] = []

    def call(seconds: float) -> None:
        try:
            told.append(workplace.call(calls.wait, seconds))
        except (Busy, Stopped) as refused:
            told.append(type(refused))

    short = [Thread(target=call, args=(0.3,)) for _ in range(4)]
    for thread in short:
        thread.start()
    for thread in short:
        thread.join()
    assert told == [0.3] * 4
    told.clear()
    # Two that fill both places for as long as a call may last, and more than can wait for them.
    long = [Thread(target=call, args=(30.0,)) for _ in range(6)]
    for thread in long:
        thread.start()
    for thread in long:
        thread.join()
    assert told.count(Stopped) >= 2
    assert Busy in told
