"""The weekly streak: gentle, in the learner's own weeks, and easily turned off."""

import datetime as dt
from collections.abc import Iterable
from dataclasses import dataclass

MOST_FREEZES = 2
"""How many free weeks can be saved up."""

EARNS = 4
"""So many weeks in a row earn one."""

_WEEK = dt.timedelta(weeks=1)


@dataclass(frozen=True, kw_only=True)
class Streak:
    """Weeks in a row with something learnt: how many, how many free weeks are left, and whether this week counts yet.

    A week without learning uses a free week up if there is one, and otherwise ends the streak. The current week cannot
    end it, since it is not over.
    """

    weeks: int = 0
    freezes: int = 0
    this_week: bool = False


def streak(days: Iterable[dt.date], today: dt.date) -> Streak:
    """The streak of somebody who learnt on these days, in their own time zone."""
    learnt = {_monday(day) for day in days if day <= today}
    if not learnt:
        return Streak()
    weeks = freezes = 0
    week, current = min(learnt), _monday(today)
    while week <= current:
        if week in learnt:
            weeks += 1
            if weeks % EARNS == 0:
                freezes = min(MOST_FREEZES, freezes + 1)
        elif week == current:
            break
        elif freezes:
            freezes -= 1
        else:
            weeks = freezes = 0
        week += _WEEK
    return Streak(weeks=weeks, freezes=freezes, this_week=current in learnt)


def _monday(day: dt.date) -> dt.date:
    return day - dt.timedelta(days=day.weekday())
