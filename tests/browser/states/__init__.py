"""Every page and every state a learner can see one in, each reached in a browser; a room's states are in its module."""

from tests.browser.states import (
    accounts,
    challenge,
    items,
    lab,
    lessons,
    progress,
    project,
    review,
    site,
    sittings,
)
from tests.browser.states.accounts import go_with_password, sign_up_in_browser, turn_app_on_in_browser
from tests.browser.states.items import LONGEST_QUESTION, QUESTION, TASK, WIDEST_TASK
from tests.browser.states.lab import fill_in_lab, run_in_lab
from tests.browser.states.reaching import NO_CONNECTION, State

_ROOMS = (challenge, items, progress, lab, project, site, accounts, lessons, review, sittings)

STATES: dict[str, State] = {name: state for room in _ROOMS for name, state in room.STATES.items()}
"""What each state is called, and how to get there."""

__all__ = [
    "LONGEST_QUESTION",
    "NO_CONNECTION",
    "QUESTION",
    "STATES",
    "TASK",
    "WIDEST_TASK",
    "State",
    "fill_in_lab",
    "go_with_password",
    "run_in_lab",
    "sign_up_in_browser",
    "turn_app_on_in_browser",
]
