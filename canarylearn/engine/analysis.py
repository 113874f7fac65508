"""What an analysis says at one moment, in words and numbers."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from enum import StrEnum


class State(StrEnum):
    """The states of an analysis. Only FAILED and ERROR abort; only SUCCESSFUL lets a release go on by itself."""

    NONE = "none"
    PENDING = "pending"
    RUNNING = "running"
    SUCCESSFUL = "successful"
    FAILED = "failed"
    INCONCLUSIVE = "inconclusive"
    ERROR = "error"


@dataclass(frozen=True, kw_only=True)
class Analysis:
    """The state of an analysis, the reason in one sentence, and the numbers behind it."""

    state: State
    reason: str = ""
    numbers: Mapping[str, float] = field(default_factory=dict)


UNWATCHED = Analysis(state=State.NONE)
