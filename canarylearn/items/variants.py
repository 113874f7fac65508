"""Variants: an item with other numbers, and its scenarios with the same ones."""

from collections.abc import Iterator, Mapping

from pydantic import ValidationError

from canarylearn.engine import Scenario
from canarylearn.items.spec import Item


class Unmade(ValueError):
    """The values of a variant make no item, or no scenario; the message says why."""


def vary(item: Item, scenarios: Mapping[str, Scenario], number: int) -> tuple[Item, Mapping[str, Scenario]]:
    """An item and its scenarios with the numbers of a variant; as authored for 0. Raises Unmade."""
    if number == 0:
        return item, scenarios
    try:
        varied = item.variant(number)
        fields = varied.varies
        return varied, {slug: scenarios[slug].varied(fields.get(slug, {})) for slug in item.scenarios}
    except ValidationError as error:
        raise Unmade(_said(error)) from None
    except (LookupError, ValueError) as error:
        raise Unmade(str(error)) from None


def misfits(item: Item, scenarios: Mapping[str, Scenario]) -> Iterator[tuple[tuple[str, ...], str]]:
    """Fields that an item varies and a scenario does not have, or has with another value than the authored one."""
    for slug, fields in item.varies.items():
        for path, value in fields.items() if slug in scenarios else ():
            if said := _misfit(scenarios[slug], path, value):
                yield ("varies", slug, path), said


def _misfit(scenario: Scenario, path: str, value: object) -> str:
    """What is wrong with an authored value for a field of a scenario; nothing if it is what the scenario says."""
    try:
        varied = scenario.varied({path: value})
    except ValidationError as error:
        return _said(error)
    except ValueError as error:
        return str(error)
    if varied.model_dump() == scenario.model_dump():
        return ""
    return f"with the authored values it is {value!r}, and the scenario {scenario.slug} says otherwise; make them agree"


def _said(error: ValidationError) -> str:
    first = error.errors()[0]
    place = ".".join(str(part) for part in first["loc"])
    said = str(first["msg"]).removeprefix("Value error, ")
    return f"{place}: {said}" if place else said
