"""What is kept while a text is read, beside its mistakes."""

from dataclasses import dataclass, field

from canarylearn.dialects.argo_rollouts.saying import note
from canarylearn.dialects.errors import Located
from canarylearn.dialects.manifest import Context
from canarylearn.dialects.shape import Node


@dataclass(kw_only=True)
class Findings:
    """Notes for a person, and the names of checks whose metric the engine does not know."""

    context: Context
    notes: dict[Located, None] = field(default_factory=dict)
    unmeasured: list[str] = field(default_factory=list)

    def note(self, node: Node, message: str) -> None:
        """Keep something that Argo accepts and a person should know; the same thing only once."""
        self.notes[note(node, message)] = None

    def leave_out(self, node: Node, name: str, why: str) -> None:
        """Keep that a check is not in the plan."""
        self.note(node, why)
        if name not in self.unmeasured:
            self.unmeasured.append(name)
