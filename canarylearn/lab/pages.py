"""The page of the lab: the scenarios to choose from, the form, and what came of the plan."""

import math
from collections.abc import Mapping
from dataclasses import dataclass, field
from itertools import groupby

from django.forms import BoundField
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from canarylearn.engine.quantities import say_duration
from canarylearn.lab.apart import Stopped
from canarylearn.lab.beginning import MEASURES
from canarylearn.lab.child import MEMORY, SECONDS
from canarylearn.lab.forms import PlanForm
from canarylearn.lab.marked import Excerpt, excerpts
from canarylearn.lab.running import FORM, Told, Writing, sentence
from canarylearn.lab.scenarios import Offered, offered
from canarylearn.learning.closing import Closing

NEVER = say_duration(math.inf)

_STOPPED = {
    "time": gettext_lazy(
        "Your plan was stopped: it took more than %(seconds)s seconds of computing. Take a scenario with less traffic,"
        " or a shorter plan."
    ),
    "memory": gettext_lazy(
        "Your plan was stopped: it needed more than %(memory)s MiB of memory. Take a scenario with less traffic, or a"
        " shorter plan."
    ),
    "fault": gettext_lazy(
        "Your plan could not be run. That is a fault of this site and not of what you wrote, and it was noted. A small"
        " change to the plan may help."
    ),
}


@dataclass(frozen=True, kw_only=True)
class Choice:
    """A scenario on the page."""

    name: str
    title: str
    about: str
    chosen: bool
    closing: Closing | None


@dataclass(frozen=True, kw_only=True)
class Group:
    """Scenarios under one title."""

    title: str
    choices: list[Choice]


def chosen_of(groups: list[Group]) -> Choice | None:
    """The scenario that is chosen."""
    return next((choice for group in groups for choice in group.choices if choice.chosen), None)


@dataclass(frozen=True, kw_only=True)
class Problem:
    """Something to mend in the form: what, and the place on the page that it is about."""

    place: str
    text: str


@dataclass(frozen=True, kw_only=True)
class Compared:
    """One figure of both plans."""

    label: str
    now: str
    before: str


@dataclass(frozen=True, kw_only=True)
class Measure:
    """A metric of a manifest that the engine does not know by its name, and the choice of what it measures."""

    name: str
    named_field: str
    choice: BoundField


@dataclass(frozen=True, kw_only=True)
class Result:
    """What is shown of a run: the plan's own, and the one before beside it."""

    told: Told
    scenario: Offered
    seed: int
    way: str
    here: str = ""
    excerpts: list[Excerpt] = field(default_factory=list)
    before: Told | None = None
    figures: list[Compared] = field(default_factory=list)
    measures: list[Measure] = field(default_factory=list)

    @property
    def title(self) -> str:
        """The scenario's title."""
        return sentence(self.scenario.scenario.title)

    @property
    def headline(self) -> str:
        """One line that says how it went."""
        if self.told.word:
            return self.told.sentence
        if self.told.too_large:
            return _("This plan is too large for this scenario")
        if self.told.unmeasured:
            return _("Say what is measured, and it can be run")
        number = len(self.told.found)
        return ngettext(
            "Nothing was released: one thing has to be mended",
            "Nothing was released: %(number)s things have to be mended",
            number,
        ) % {"number": number}

    @property
    def word(self) -> str:
        """How it ended, in a word or two; nothing where nothing was run."""
        return _(self.told.word) if self.told.word else ""

    @property
    def word_before(self) -> str:
        """How the plan before ended, within a sentence."""
        return _(self.before.word).lower() if self.before else ""

    @property
    def before_title(self) -> str:
        """What the timeline of the plan before is called."""
        return _("%(title)s, the plan before") % {"title": self.scenario.scenario.title}

    @property
    def telling_figures(self) -> list[dict[str, str]]:
        """The figures but for times that never came."""
        told = (figure for figure in self.told.figures if figure["value"] != NEVER)
        return [{**figure, "label": _(figure["label"])} for figure in told]


def stopped_words(stopped: Stopped) -> str:
    """Why a plan was stopped, and what to do."""
    return _STOPPED[stopped.why] % {"seconds": SECONDS, "memory": MEMORY // 2**20}


def show_result(form: PlanForm, tolds: list[Told], here: str) -> Result:
    """The result of a form that is valid; `here` is the address of this plan alone."""
    now, before = tolds[0], tolds[1] if len(tolds) > 1 and tolds[1].word else None
    writing: Writing = form.writing
    marked = {int(str(at["line"])) for at in now.found or now.notes}
    both = zip(now.figures, before.figures, strict=True) if before and now.word else ()
    return Result(
        told=now,
        scenario=offered()[form.job_scenario],
        seed=form.cleaned_data["seed"] or 0,
        way=writing.way,
        here=here,
        excerpts=excerpts(writing.text, writing.way, marked) if marked and writing.way != FORM else [],
        before=before if now.word else None,
        measures=show_measures(form, now.unmeasured),
        figures=[Compared(label=_(one["label"]), now=one["value"], before=other["value"]) for one, other in both],
    )


def show_problems(form: PlanForm) -> list[Problem]:
    """What has to be mended, in the order of the form."""
    return [
        # Radio buttons have no id of their own in all: the first of them is led to.
        Problem(place=field.id_for_label or f"{field.auto_id}_0", text=str(error))
        for field in form
        for error in field.errors
    ]


def show_measures(form: PlanForm, unknown: list[str]) -> list[Measure]:
    """The metrics that somebody has said the meaning of, and after them those that are still unknown."""
    said = dict(form.writing.measures)
    names = [*said, *(name for name in unknown if name not in said)][:MEASURES]
    shown = []
    for number, name in enumerate(names, start=1):
        field = f"measures_{number}"
        form.fields[field].widget.attrs |= {"form": "plan", "aria-label": _("What %(name)s measures") % {"name": name}}
        form.initial[field] = said.get(name, "")
        shown.append(Measure(name=name, named_field=f"named_{number}", choice=form[field]))
    return shown


def show_groups(form: PlanForm, closed: Mapping[str, Closing]) -> list[Group]:
    """The scenarios to choose from."""
    chosen = form["scenario"].value()
    return [
        Group(
            title=title,
            choices=[
                Choice(
                    name=one.name,
                    title=sentence(one.scenario.title),
                    about=one.scenario.about,
                    chosen=one.name == chosen,
                    closing=closed.get(one.name),
                )
                for one in group
            ],
        )
        for title, group in groupby(offered().values(), key=lambda one: one.group)
    ]
