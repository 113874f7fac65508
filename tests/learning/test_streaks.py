"""The weekly streak: it forgives the week that is not over, earns free weeks, and never counts the future."""

import datetime as dt

import pytest
from hypothesis import given
from hypothesis import strategies as st

from canarylearn.learning.streaks import MOST_FREEZES, Streak, streak

MONDAY = dt.date(2026, 11, 2)


def weeks(*numbers: int) -> list[dt.date]:
    """A Wednesday in each of these weeks."""
    return [MONDAY + dt.timedelta(weeks=number, days=2) for number in numbers]


def at(week: int, day: int = 3) -> dt.date:
    return MONDAY + dt.timedelta(weeks=week, days=day)


@pytest.mark.parametrize(
    ("days", "today", "expected"),
    [
        pytest.param([], at(0), Streak(), id="nothing learnt"),
        pytest.param(weeks(0), at(0), Streak(weeks=1, this_week=True), id="the first week"),
        pytest.param(weeks(0, 1, 2), at(2), Streak(weeks=3, this_week=True), id="three in a row"),
        pytest.param(weeks(0, 1), at(2), Streak(weeks=2), id="this week is not over"),
        pytest.param(weeks(0, 1), at(3), Streak(), id="a week was missed"),
        pytest.param(weeks(0, 1, 3), at(3), Streak(weeks=1, this_week=True), id="begun again"),
        pytest.param(weeks(0, 1, 2, 3), at(3), Streak(weeks=4, freezes=1, this_week=True), id="four earn a free week"),
        pytest.param(weeks(0, 1, 2, 3, 5), at(5), Streak(weeks=5, this_week=True), id="the free week is used"),
        pytest.param(weeks(*range(20)), at(19), Streak(weeks=20, freezes=2, this_week=True), id="two at most"),
        pytest.param(weeks(5), at(2), Streak(), id="a day to come does not count"),
    ],
)
def test_weeks_in_a_row(days: list[dt.date], today: dt.date, expected: Streak) -> None:
    assert streak(days, today) == expected


@given(st.sets(st.integers(0, 400), max_size=80), st.integers(0, 400))
def test_more_learning_never_shortens_a_streak(days: set[int], more: int) -> None:
    dates = [MONDAY + dt.timedelta(days=day) for day in days]
    today = MONDAY + dt.timedelta(days=400)
    before, after = streak(dates, today), streak([*dates, MONDAY + dt.timedelta(days=more)], today)
    assert after.weeks >= before.weeks
    assert 0 <= after.freezes <= MOST_FREEZES
