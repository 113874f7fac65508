"""What every dialect gives back: the plan that a text means, its effective shares, and what was lost in writing one."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from fractions import Fraction
from typing import Protocol

from canarylearn.dialects.errors import Located
from canarylearn.dialects.yaml_text import Document
from canarylearn.engine.plan import Plan


@dataclass(frozen=True, kw_only=True)
class Share:
    """The part of all requests that one target really gets: exact, from 0 to 1."""

    target: str
    share: Fraction


@dataclass(frozen=True, kw_only=True)
class Reading:
    """A text that the tool accepts.

    `plan` is what the engine can run. `shares` are the effective shares of the targets of a split, and empty for a
    tool that moves weights by itself (its steps are in the plan). `notes` are things that the tool accepts and a
    person should know, each with its line. `unmeasured` names checks whose metric is not known to the engine: they are
    not in the plan, and it must not be run before somebody says what they measure.
    """

    plan: Plan
    shares: tuple[Share, ...] = ()
    notes: tuple[Located, ...] = ()
    unmeasured: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Rendering:
    """A plan written in a dialect, and what it cannot say, each loss in a sentence."""

    text: str
    lost: tuple[str, ...] = ()


@dataclass(frozen=True, kw_only=True)
class Context:
    """What is known beside the text: the tool's version, and which of the engine's metrics a named one measures."""

    version: str = ""
    measures: Mapping[str, str] = field(default_factory=dict)


class Tool(Protocol):
    """What the module of a dialect offers."""

    def read(self, documents: tuple[Document, ...], context: Context) -> Reading:
        """What the documents mean. Raises Unreadable with every error, each with its path and line."""

    def render(self, plan: Plan) -> Rendering:
        """The plan in this dialect."""
