"""Published items as a file for another system."""

from collections.abc import Sequence

from canarylearn.engine import Scenario
from canarylearn.exchange import Exported, Format, export_with_losses
from canarylearn.learning.models import Item
from canarylearn.learning.ready import ready


class NotTogether(ValueError):
    """Items that cannot go into one file."""


def export_items(items: Sequence[Item], format: Format) -> Exported:  # noqa: A002
    """These items, with the numbers as authored, and what the file does not carry; every answer is run.

    Raises NotTogether where two of them mean another scenario by the same name.
    """
    kept = [ready(row.current_id) for row in items if row.current_id is not None]
    scenarios: dict[str, Scenario] = {}
    for one in kept:
        for slug, scenario in one.scenarios.items():
            if scenarios.setdefault(slug, scenario) != scenario:
                raise NotTogether(f"{slug!r} is not one scenario for all of these items; export them one by one")
    return export_with_losses([one.item for one in kept], scenarios, format)
