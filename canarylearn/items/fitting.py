"""What has to fit between the fields of an item, beyond what each may hold by itself.

A rule raises a PydanticCustomError, told at the field that has to change, for the first thing that does not fit.
"""

from collections.abc import Callable
from typing import TYPE_CHECKING

from pydantic_core import PydanticCustomError

from canarylearn.items.blanks import BLANK, CHOICE, LINES
from canarylearn.items.options import Contracts, Option
from canarylearn.items.parameters import combinations

if TYPE_CHECKING:
    from canarylearn.items.spec import Item

MOST_ASSIGNMENTS = 4096

MOST_LINES = 6
"""How many lines there may be to put in order: 720 orders."""


def misfit(field: str, message: str, *place: str | int) -> PydanticCustomError:
    """What is wrong between fields, told at the field that has to change, or at a place in its list."""
    return PydanticCustomError("misfit", "{message}", {"message": message, "where": (field, *place)})


def blanks_and_options_match(item: "Item") -> None:
    """Each blank has options, each list of options has a blank, and no two options are alike."""
    if item.kind == "order":
        return
    if not item.blanks:
        raise misfit("template", "the template has no blank; mark one with ⟦name⟧")
    if not item.options:
        raise misfit("options", "there are no options; give at least two")
    if isinstance(item.options, dict) and set(item.options) != set(item.blanks):
        raise misfit(
            "options", f"options are given for {sorted(item.options)}, and the blanks are {sorted(item.blanks)}"
        )
    count = 1
    for blank in item.blanks:
        options = item.options_for(blank)
        _refuse_twins(options)
        count *= len(options)
    if count > MOST_ASSIGNMENTS:
        raise misfit(
            "options", f"{count} possible answers are more than {MOST_ASSIGNMENTS}; use fewer blanks or options"
        )


def lines_belong_to_an_order(item: "Item") -> None:
    """An item to put in order has lines of code, no options, and one place in its template where they go."""
    if item.kind != "order":
        if item.lines:
            raise misfit("lines", f"lines belong to items of the kind 'order', and this is a {item.kind}")
        return
    for field in ("options", "faulty", "notes", "afterwards"):
        if getattr(item, field):
            raise misfit(field, f"an item to put in order has lines, and no {field}")
    if not 3 <= len(item.lines) <= MOST_LINES:
        raise misfit("lines", f"{len(item.lines)} lines; give 3 to {MOST_LINES} to put in order")
    _refuse_twins(item.lines, "lines")
    for number, line in enumerate(item.lines):
        if line.fill is None:
            raise misfit("lines", "a line is code in quotes, or a text with 'fill'", number)
    template = item.template or LINES
    if template.count(LINES) != 1 or len(BLANK.findall(template)) != 1:
        raise misfit("template", f"the template of an item to put in order holds {LINES} once, and no other blank")


def parameters_make_enough_variants(item: "Item") -> None:
    """Parameters are for variants, variants need parameters, and there are combinations enough for all."""
    if bool(item.parameters) != bool(item.variants):
        raise misfit("variants", "an item with parameters says how many 'variants' it wants, and no other item does")
    most = combinations(item.parameters) - 1
    if item.variants > most:
        raise misfit(
            "variants",
            f"{item.variants} variants are wanted, and beside the authored one the parameters make {most} "
            "combinations; widen a range or ask for fewer",
        )
    if strays := sorted(set(item.varies) - set(item.scenarios)):
        raise misfit("varies", f"{strays[0]!r} is not among the item's scenarios", strays[0])


def challenge_has_its_time(item: "Item") -> None:
    """An item of the challenge says how long it is planned to take, and no other item does."""
    if (item.room == "challenge") != (item.seconds is not None):
        raise misfit("seconds", "an item of the challenge plans 'seconds' for itself, and no other item does")


def question_has_one_choice(item: "Item") -> None:
    """A question has one list of options; if they fill code, the template has the blank ⟦choice⟧."""
    if item.kind == "question":
        found = set(BLANK.findall(item.template or ""))
        if not found <= {CHOICE}:
            raise misfit(
                "template", f"a question's template may hold the blank ⟦choice⟧ only, and it holds {sorted(found)}"
            )
        if any(option.fill for option in item.options_for(CHOICE)) != bool(found):
            raise misfit(
                "options", "options that fill code need the blank ⟦choice⟧ in the template, and the other way round"
            )
    elif any(option.claim for blank in item.blanks for option in item.options_for(blank)):
        raise misfit("options", "options of a task fill code; claims belong to questions")


def goals_and_notes_speak_of_what_is_there(item: "Item") -> None:
    """Goals name scenarios and runs of this item; notes name options of it; something decides."""
    claims = [goal for blank in item.blanks for option in item.options_for(blank) for goal in option.claim]
    for number, goal in enumerate((*item.goals, *claims)):
        try:
            goal.refuse_unknown(scenarios=item.scenarios, runs=tuple(item.runs))
        except ValueError as error:
            where = ("goals", str(error), number) if number < len(item.goals) else ("options", str(error))
            raise misfit(*where) from None
    texts = {option.text for blank in item.blanks for option in item.options_for(blank)}
    if strays := sorted(set(item.notes) - texts):
        raise misfit("notes", f"notes speak of {strays}, which are not options")
    if not item.goals and not claims:
        raise misfit("goals", "nothing decides this item; give it a goal")


def contracts_ask_for_the_same(item: "Item") -> None:
    """The other templates of contracts have the item's own blanks."""
    for part in item.afterwards:
        for name, template in part.templates.items() if isinstance(part, Contracts) else ():
            if (found := set(BLANK.findall(template))) != set(item.blanks):
                raise misfit(
                    "afterwards",
                    f"the template for {name!r} has the blanks {sorted(found)}, and the item {sorted(item.blanks)}",
                )


def faulty_code_fills_the_blanks(item: "Item") -> None:
    """The faulty code of a 'fix the error' task fills each blank of the template, and no other."""
    if item.faulty is not None and set(item.faulty) != set(item.blanks):
        raise misfit(
            "faulty", f"faulty code is given for {sorted(item.faulty)}, and the blanks are {sorted(item.blanks)}"
        )


def _refuse_twins(options: tuple[Option, ...], field: str = "options") -> None:
    if len(options) < 2:
        raise misfit("options", "one option is no choice; give at least two")
    texts = [" ".join(option.text.split()) for option in options]
    if twins := sorted({text for text in texts if texts.count(text) > 1}):
        raise misfit(field, f"two {field} are alike: {twins[0]!r}; change or remove one")


RULES: tuple[Callable[["Item"], None], ...] = (
    blanks_and_options_match,
    lines_belong_to_an_order,
    parameters_make_enough_variants,
    challenge_has_its_time,
    question_has_one_choice,
    goals_and_notes_speak_of_what_is_there,
    contracts_ask_for_the_same,
    faulty_code_fills_the_blanks,
)
"""All of them, in the order in which they are held."""
