"""Blanks: where in a template an answer goes."""

import re

BLANK = re.compile(r"⟦([a-z][a-z0-9_]{0,29})⟧")
"""A blank in a template: a name between white square brackets."""

LINES = "⟦lines⟧"
"""Where the lines of an 'order' item go in its template."""

CHOICE = "choice"
"""The one blank of a question: which of its options was picked."""


def in_order(template: str, lines: list[str]) -> str:
    """The template with these lines where they belong, each as far in as the mark stands."""
    place = template.index(LINES)
    before = template[template.rfind("\n", 0, place) + 1 : place]
    indent = before if not before.strip() else ""
    script = "\n".join(line.rstrip("\n") for line in lines)
    return template.replace(LINES, script.replace("\n", f"\n{indent}"))
