"""The measurements of benchmarks/ with tiny sizes: each runs, and what does not hang on the machine holds."""

import re
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import ParamSpec, TypeVar

import pytest

from benchmarks import answer, clients, command, engine, page, pages, plain, proving, start
from benchmarks.__main__ import MEASUREMENTS
from benchmarks.answering import CANARY, FLOOR
from benchmarks.figures import Table, percentile, ratio, say
from benchmarks.sites import static_files
from canarylearn.engine import Plan, Step, materialise, run

Options = ParamSpec("Options")
Found = TypeVar("Found")


def beside(measure: Callable[Options, Found], *given: Options.args, **named: Options.kwargs) -> Found:
    """Measure in a thread of its own: a browser of other tests may keep an event loop in this one."""
    with ThreadPoolExecutor(1) as thread:
        return thread.submit(measure, *given, **named).result()


@pytest.fixture(scope="module")
def static() -> Iterator[Path]:
    with static_files() as folder:
        yield folder


def test_the_peers_simulate_what_the_engine_simulates() -> None:
    scenario = engine._scenario(60_000)
    rollout = Plan(steps=(Step(weight=engine.WEIGHT, hold=scenario.trial),))
    ours = run(rollout, materialise(scenario, engine.SEED)).trace[0]
    for simulate in (plain.loop, plain.with_simpy):
        trace = simulate(scenario, engine.WEIGHT, 60_000)
        assert len(trace) == scenario.window / scenario.interval
        assert sum(arm[0] for interval in trace for arm in interval.values()) == pytest.approx(60_000, abs=10)
        for canary, arm in ((True, ours.canary), (False, ours.baseline)):
            requests, errors, p95 = trace[0][canary]
            assert requests == pytest.approx(arm.requests, rel=0.2)
            assert errors == pytest.approx(arm.errors, abs=30)
            assert p95 == pytest.approx(arm.p95, rel=0.2)


def test_the_engine_is_measured_beside_its_peers() -> None:
    (rates,) = engine.measure(sizes=(20_000,), rounds=1)
    assert rates.following[0] > rates.simpy[0]
    assert len(engine.table([rates]).rows) == 4


def test_an_answer_is_measured_beside_the_floor_and_sends_few_statements(static: Path) -> None:
    found = answer.measure(static, answers=10, rounds=1)
    assert found.floor.statements == 5
    assert found.memoised.statements <= 7
    assert len(found.fresh.all) == len(found.floor.all) == 10
    shares = answer.measure_judging()
    assert len(shares.first) == len(shares.following) > 50
    assert [len(table.rows) for table in answer.tables(found, shares)] == [3, 2]


def test_clients_are_answered_without_errors_on_both_sites_and_databases(static: Path) -> None:
    loads = beside(clients.measure, static, clients=(2,), answers=8, rounds=1)
    assert [load.app for load in loads] == [FLOOR, CANARY] * 2
    assert [(load.times.errors, len(load.times.seconds)) for load in loads] == [(0, 8)] * 4
    assert len(clients.table(loads).rows) == 4


def test_a_tasks_page_is_light_and_asks_for_little(static: Path) -> None:
    floor, first, following = beside(page.measure, static, rounds=1)
    assert floor.requests == [1]
    assert first.requests[0] <= 4
    assert following.bytes[0] < first.bytes[0] < 60_000
    assert len(page.table([floor, first, following]).rows) == 3


def test_the_pages_of_every_mode_are_light_and_ask_the_database_little(static: Path) -> None:
    """At most 60 kB, and 8 statements for guests and for whoever is signed in, of which two say who that is."""
    floor, *ours = pages.measure(static, rounds=1, times=1)
    assert floor.statements == 3
    assert {one.name: one.statements for one in ours if one.statements > 8} == {}
    assert {one.name: one.signed for one in ours if one.signed > 8} == {}
    assert {one.name: one.kilobytes for one in ours if one.kilobytes > 60} == {}
    modes = ["introduction", "why", "deep-dive", "visualise", "task", "challenge", "project", "review", "cost", "test"]
    assert {mode for mode in modes if not any(one.name.startswith(mode) for one in ours)} == set()
    assert len(pages.table([floor, *ours]).rows) == 1 + len(ours)


def test_start_and_memory_are_measured_on_both_sites(static: Path) -> None:
    starts, numbers = beside(start.measure, static, rounds=1, answers=1)
    assert all(one.answered[0] > one.healthy[0] for one in starts)
    assert min(one.memory[0] for one in starts) > 0 < numbers
    assert len(start.table((starts, numbers)).rows) == 3


def test_the_command_line_is_measured_beside_a_bare_start() -> None:
    assert len(command.starts(rounds=1).rows) == 3
    assert len(command.power(seeds=2, rounds=1).rows) == 2


def test_the_page_names_every_measurement_and_prints_its_tables(repository: Path) -> None:
    text = (repository / "docs" / "performance.md").read_text()
    assert set(re.findall(r"python -m benchmarks (\w+)", text)) == set(MEASUREMENTS)


def test_figures_are_ranks_medians_and_few_digits() -> None:
    assert percentile([3.0, 1.0, 2.0, 4.0], 0.5) == 2.0
    assert percentile([1.0], 0.99) == 1.0
    assert ratio([2.0, 3.0, 50.0], [1.0, 1.0, 10.0]) == 3.0
    assert [say(value) for value in (0, 0.123, 12.34, 1234.5)] == ["0", "0.12", "12.3", "1,234"]
    table = Table(title="T", columns=["a", "b"], rows=[["1", "2"]])
    assert str(table) == "**T**\n\n| a | b |\n| --- | ---: |\n| 1 | 2 |"


def test_answers_are_measured_while_an_item_is_proven(static: Path) -> None:
    found = beside(proving.measure, static, options=3, answers=6, rounds=1)
    assert (len(found.before), len(found.during), len(found.after)) == (6, 6, 6)
    assert (found.errors, found.total) == (0, 3**4 * 59)
    assert found.state in ("cancelled", "done")
    assert len(proving.table(found).rows) == 3
