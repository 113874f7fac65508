"""How much a script may use. Every limit names what it bounds; passing one is an error with a line, not a crash."""

from dataclasses import dataclass


@dataclass(frozen=True, kw_only=True)
class Limits:
    """Bounds on one script: its text, its run, and its values. docs/canary-script.md says what each of them counts."""

    source_bytes: int = 8 * 1024
    bracket_depth: int = 40
    tokens_in_statement: int = 500
    nesting: int = 60
    steps: int = 20_000
    call_depth: int = 30
    levels: int = 200
    number: float = 1e9
    text: int = 2_000
    elements: int = 1_000
    nested_values: int = 8
    allocated: int = 400_000
    printed_lines: int = 200
    actions: int = 200
    traced_lines: int = 2_000
    traced_characters: int = 200_000


LIMITS = Limits()
