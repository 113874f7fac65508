"""A run as one page that stands alone: timeline, table and figures, with its style inside it."""

from pathlib import Path

from canarylearn.cli.story import TOLD
from canarylearn.engine.measures import MEASURES
from canarylearn.engine.outcome import Outcome
from canarylearn.engine.scenario import Scenario
from canarylearn.timeline.drawing import draw
from canarylearn.timeline.html import Html, figure, tag

_STYLE = Path(__file__).with_name("report.css")
_HEAD = '<meta charset="utf-8"><meta name="viewport" content="width=device-width, initial-scale=1">'


def report(outcome: Outcome, scenario: Scenario, *, title: str, ending: str) -> str:
    """The page as text. `title` says what was run, `ending` how it went in a sentence."""
    # Style is no HTML to a browser: nothing in it may be escaped, and nothing in it comes from a person's file.
    style = Html(f"<style>\n{_STYLE.read_text(encoding='utf-8')}</style>")
    head = tag("head", Html(_HEAD), tag("title", f"{title} · canary run"), style)
    return f"<!doctype html>\n{tag('html', head, tag('body', _main(outcome, scenario, title, ending)), lang='en')}\n"


def _main(outcome: Outcome, scenario: Scenario, title: str, ending: str) -> Html:
    chart = draw(outcome, scenario, chart_id="run")
    about = f"In “{scenario.title}”. {' '.join(scenario.about.split())}"
    timeline = tag("section", tag("h2", ending), figure(chart, scenario.title), class_="verdict")
    measured = tag("section", tag("h2", "What it did"), _measures(outcome), class_="compare")
    return tag("main", tag("h1", title), tag("p", about, class_="lead"), timeline, measured)


def _measures(outcome: Outcome) -> Html:
    rows = [
        tag("tr", tag("th", MEASURES[name].label, scope="row"), tag("td", MEASURES[name].say(outcome.measures[name])))
        for name in TOLD
    ]
    return tag("table", tag("tbody", *rows))
