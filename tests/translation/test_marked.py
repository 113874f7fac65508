"""Every text that a template shows can be translated, and no sheet of styles knows left from right."""

import re
from pathlib import Path

import pytest

from tests.translation.wording import templates, unmarked

ROOT = Path(__file__).resolve().parent.parent.parent
TEMPLATES = list(templates(ROOT / "templates"))

_PHYSICAL = re.compile(
    r"(?<![\w-])(?:(?:margin|padding|border|scroll-margin|scroll-padding)-(?:left|right)(?:-\w+)?|left|right"
    r"|border-(?:top|bottom)-(?:left|right)-radius)\s*:"
    r"|(?<![\w-])(?:text-align|float|clear)\s*:\s*(?:left|right)\b"
)
_FOUR_SIDES = re.compile(
    r"(?<![\w-])(?:margin|padding|inset)\s*:\s*([^\s;}]+)\s+([^\s;}]+)\s+([^\s;}]+)\s+([^\s;}]+)\s*[;}]"
)
_FOUR_CORNERS = re.compile(r"(?<![\w-])border-radius\s*:\s*([^\s;}]+)\s+([^\s;}]+)\s+([^\s;}]+)\s+([^\s;}]+)\s*[;}]")


def physical(sheet: str) -> list[str]:
    """What in a sheet stays at its side when a page is written from the right."""
    plain = re.sub(r"/\*.*?\*/", "", sheet, flags=re.DOTALL)
    found = [match[0] for match in _PHYSICAL.finditer(plain)]
    found += [match[0] for match in _FOUR_SIDES.finditer(plain) if match[2] != match[4]]
    return found + [match[0] for match in _FOUR_CORNERS.finditer(plain) if (match[1], match[3]) != (match[2], match[4])]


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: path.relative_to(ROOT / "templates").as_posix())
def test_a_template_shows_no_text_that_cannot_be_translated(path: Path) -> None:
    assert unmarked(path.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "source",
    [
        "<p>Deploy it</p>",
        '<p>{% translate "Deploy" %} it</p>',
        '<a title="Deploy it">{{ name }}</a>',
        '<button data-said="Not saved yet.">{{ name }}</button>',
        '<img src="{{ url }}" alt="A bird">',
        "<p>{{ number }} attempt{{ number|pluralize }}</p>",
        '<p>{{ name|default:"nobody" }}</p>',
        '{% include "learning/_code.html" with label="The script" %}',
        "{% block title %}Lab{% endblock %}",
        "{% if passed %}Solved{% else %}{{ word }}{% endif %}",
        "{% blocktranslate %}Known{% endblocktranslate %} and unknown",
    ],
)
def test_a_text_that_is_not_marked_is_found(source: str) -> None:
    assert unmarked(source) != []


@pytest.mark.parametrize(
    "source",
    [
        '<p class="quiet" data-lost="unreached">{% translate "Deploy" %} · {{ name }} <code>set_weight(5)</code></p>',
        "{% blocktranslate count n=n %}{{ n }} try{% plural %}{{ n }} tries{% endblocktranslate %}",
        "{# a remark #}<!-- another --><p>CanaryLearn: {{ one }} % v2</p><script>const word = 1;</script>",
        '{% if kind == "task" %}{{ task }}{% endif %}<input name="answer" value="yes">',
    ],
)
def test_what_is_marked_or_the_same_everywhere_is_left_alone(source: str) -> None:
    assert unmarked(source) == []


@pytest.mark.parametrize("sheet", sorted((ROOT / "static").rglob("*.css")), ids=lambda path: path.name)
def test_a_sheet_lays_out_by_logical_properties(sheet: Path) -> None:
    assert physical(sheet.read_text(encoding="utf-8")) == []


@pytest.mark.parametrize(
    "rule",
    [
        "p { margin-left: 1rem; }",
        "p { border-right-color: red }",
        "p { left: 0; }",
        "p { text-align: right; }",
        "p { float: left }",
        "p { padding: 0 1rem 0 0; }",
        "p { border-radius: 0 8px 8px 0; }",
        "p { border-top-left-radius: 8px; }",
    ],
)
def test_a_rule_that_knows_left_from_right_is_found(rule: str) -> None:
    assert physical(rule) != []


def test_rules_for_both_directions_are_left_alone() -> None:
    rules = "p { margin-inline-start: 1rem; padding: 1rem 2rem 0 2rem; border-radius: 0 0 8px 8px; text-align: start; }"
    assert physical(f"{rules} /* left: 0; */ .tries .left {{ top: 0; inset-inline-end: 0; }}") == []
