"""The fields of an item's form, each declared with its label, its help and what it is. Knows no Django but for its
translations."""

from django.utils.translation import gettext_lazy as _

from canarylearn.authoring.fields import Node, Words
from canarylearn.authoring.groups import Part, Rows, Table
from canarylearn.authoring.item_nodes import GoalNode, OptionNode
from canarylearn.items.spec import HINTS

OPTIONS_OF_EACH = Rows(
    label=_("Options of each blank"),
    one=_("blank"),
    row=Part(
        label=_("Blank"),
        fields={
            "blank": Words(label=_("Blank"), kind="input"),
            "options": Rows(label=_("Its options"), one=_("option"), row=OptionNode(claims=False), shown=2),
        },
    ),
)
AS_WRITTEN: dict[str, Node] = {
    "id": Words(label=_("Name in addresses"), kind="input", help=_("Such as first-users.")),
    "kind": Words(
        label=_("Kind"),
        kind="select",
        choices=(
            ("task", _("task: fill the blanks of a script")),
            ("question", _("question: choose one option")),
            ("order", _("order: put lines in order")),
        ),
    ),
    "room": Words(
        label=_("Where it is met"),
        kind="select",
        choices=(("", _("practice")), ("challenge", _("the challenge")), ("test", _("the test"))),
    ),
    "concept": Words(label=_("What it teaches"), kind="select", choices="concepts"),
    "level": Words(
        label=_("Level"),
        kind="select",
        choices=(("", _("choose")), ("easy", _("easy")), ("medium", _("medium")), ("hard", _("hard"))),
    ),
    "seconds": Words(label=_("Seconds planned, in the challenge alone"), kind="input", keeps=False),
    "title": Words(label=_("Title"), kind="text", wide=True),
    "prompt": Words(
        label=_("What is asked"),
        kind="text",
        lines=4,
        help=_(
            "The situation, and what there is to do. Markdown. No number of a run can stand here: nothing was run yet."
        ),
    ),
    "template": Words(
        label=_("Code, with a mark for each blank"),
        kind="code",
        lines=4,
        help=_(
            "A blank is written ⟦name⟧. A question may hold ⟦choice⟧; lines to put in order go where ⟦lines⟧ stands."
        ),
    ),
    "options": Rows(
        label=_("Options"),
        one=_("option"),
        row=OptionNode(),
        shown=2,
        help=_(
            "At least two, none alike. In a task each fills a blank with code; in a question it may claim something "
            "about the runs instead."
        ),
    ),
    "each": OPTIONS_OF_EACH,
    "lines": Rows(
        label=_("Lines to put in order"),
        one=_("line"),
        shown=3,
        row=OptionNode(claims=False),
        help=_("3 to 6, in an order that fails."),
    ),
    "faulty": Table(
        label=_("The code that fails, in a task to mend"),
        one=_("piece of code"),
        key="blank",
        value="code",
        folded=True,
        row=Part(
            label=_("Piece"),
            fields={
                "blank": Words(label=_("Blank"), kind="input"),
                "code": Words(label=_("What stands in it"), kind="code", wide=True),
            },
        ),
    ),
    "runs": Table(
        label=_("Named runs beside the learner's own"),
        one=_("run"),
        key="name",
        value="code",
        folded=True,
        row=Part(
            label=_("Run"),
            fields={
                "name": Words(label=_("Name"), kind="input"),
                "code": Words(label=_("Script"), kind="code", wide=True),
            },
        ),
    ),
    "scenarios": Rows(
        label=_("Scenarios"),
        one=_("scenario"),
        shown=1,
        help=_("What is true in the world. Every answer is run in each of them."),
        row=Words(label=_("Scenario"), kind="select", choices="scenarios"),
    ),
    "goals": Rows(
        label=_("Goals"),
        one=_("goal"),
        shown=1,
        row=GoalNode(),
        help=_("An answer is right if all of them hold."),
    ),
    "passing_answers": Words(label=_("How many answers pass (empty: one)"), kind="input", keeps=False),
    "hints": Rows(
        label=_("Hints"),
        one=_("hint"),
        exactly=HINTS,
        labels=(
            _("Hint 1: where to look"),
            _("Hint 2: which quantity decides"),
            _("Hint 3: an example with other numbers"),
        ),
        row=Words(label=_("Hint"), kind="text", lines=2),
    ),
    "mistakes": Rows(
        label=_("Common mistakes"),
        one=_("mistake"),
        shown=1,
        help=_("Each in a sentence. Shown after the answer."),
        row=Words(label=_("Mistake"), kind="text", wide=True),
    ),
    "notes": Table(
        label=_("Notes on single options"),
        one=_("note"),
        key="option",
        value="note",
        help=_("Shown beside an answer that holds the option. Numbers come from its run: {{scenario: measure}}."),
        folded=True,
        row=Part(
            label=_("Note"),
            fields={
                "option": Words(label=_("Option"), kind="select", choices="options"),
                "note": Words(label=_("Note"), kind="text", lines=2, wide=True),
            },
        ),
    ),
    "solution": Rows(
        label=_("Solution, step by step"),
        one=_("step"),
        shown=1,
        row=Words(label=_("Step"), kind="text", wide=True),
        help=_("Numbers come from the passing run: {{scenario: measure}}."),
    ),
    "quick_check": Words(label=_("Quick check: the rule in one line"), kind="text", wide=True),
    "parameters": Table(
        label=_("Parameters: numbers that change from variant to variant"),
        one=_("parameter"),
        key="name",
        folded=True,
        help=_("Write ‹name› where the number belongs. Either values (10, 12, 15) or from, to and step."),
        row=Part(
            label=_("Parameter"),
            fields={
                "name": Words(label=_("Name"), kind="input"),
                "values": Words(label=_("Values"), kind="input"),
                "from": Words(label=_("From"), kind="input", keeps=False),
                "to": Words(label=_("To"), kind="input", keeps=False),
                "step": Words(label=_("Step"), kind="input", keeps=False),
                "authored": Words(label=_("As authored"), kind="input", keeps=False),
            },
        ),
    ),
    "variants": Words(label=_("How many variants"), kind="input", keeps=False),
    "afterwards": Rows(
        label=_("Shown afterwards"),
        one=_("part"),
        folded=True,
        row=Part(
            label=_("Part"),
            fields={
                "title": Words(label=_("Title"), kind="text"),
                "intro": Words(label=_("Words before it"), kind="text", wide=True),
                "script": Words(label=_("A script that is run, or else"), kind="code", wide=True),
                "templates": Table(
                    label=_("other templates with the same blanks"),
                    one=_("template"),
                    key="name",
                    value="code",
                    row=Part(
                        label=_("Template"),
                        fields={
                            "name": Words(label=_("Name"), kind="input"),
                            "code": Words(label=_("Template"), kind="code", wide=True),
                        },
                    ),
                ),
            },
        ),
    ),
}
VARIES = Rows(
    label=_("Fields of scenarios that vary"),
    one=_("field"),
    folded=True,
    row=Part(
        label=_("Field"),
        fields={
            "scenario": Words(label=_("Scenario"), kind="select", choices="scenarios"),
            "field": Words(label=_("Field, such as faults.0.rate"), kind="input"),
            "value": Words(label=_("Value, such as ‹fails›%"), kind="text", keeps=False),
        },
    ),
)

ITEM_FIELDS: dict[str, Node] = {**AS_WRITTEN, "varies": VARIES}
