"""The page of a stage: what is asked, the editor, and what came of the text."""

from dataclasses import dataclass, field

from django.urls import reverse
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _

from canarylearn.items.project.files import Project, bind
from canarylearn.items.project.stages import NEEDS, Tried, cases_of
from canarylearn.items.project.verdicts import Finding, Judged
from canarylearn.learning.markup import CodeLine, highlight, render
from canarylearn.learning.models import Topic
from canarylearn.projects.selectors import Standing
from canarylearn.projects.services import Broken

_AROUND = 4


@dataclass(frozen=True, kw_only=True)
class StageStep:
    """A stage in the row of stages."""

    name: str
    number: int
    title: str
    url: str
    passed: bool
    current: bool = False


@dataclass(frozen=True, kw_only=True)
class FoundView:
    """A finding, with the lines of the text around the one it is about, and what sees it again."""

    finding: Finding
    lines: tuple[CodeLine, ...] = ()
    first: int = 0
    case: str = ""


@dataclass(frozen=True, kw_only=True)
class Came:
    """What came of a text: exactly one of a message, a trial, a verdict and a search."""

    message: str = ""
    error: bool = False
    tried: Tried | None = None
    judged: Judged | None = None
    broken: Broken | None = None
    found: FoundView | None = None
    seed: int | None = None


@dataclass(frozen=True, kw_only=True)
class HintView:
    """An opened hint."""

    level: int
    text_html: SafeString


@dataclass(frozen=True, kw_only=True)
class StagePage:
    """Everything that the page of a stage shows."""

    topic: Topic
    project: Project
    name: str
    standing: Standing
    text: str
    base: int
    came: Came = field(default_factory=Came)
    seed: int = 1
    case: str = ""
    conflict: bool = False

    @property
    def stage(self) -> object:
        """The stage as its file has it."""
        return self.project.stages[self.name]

    @property
    def prompt_html(self) -> SafeString:
        """What is asked, with the numbers of the judging in it."""
        return render(bind(self.project.stages[self.name].prompt))

    @property
    def steps(self) -> list[StageStep]:
        """The row of stages."""
        return stage_steps(self.project, self.topic, self.standing, self.name)

    @property
    def passed(self) -> bool:
        """Whether the stage was passed, with this text or an earlier one."""
        return self.name in self.standing.passed

    @property
    def next(self) -> StageStep | None:
        """The stage after this one."""
        steps = self.steps
        number = next(step.number for step in steps if step.current)
        return steps[number] if number < len(steps) else None

    @property
    def needs(self) -> str:
        """The function that is asked for."""
        return NEEDS[self.name]

    @property
    def is_last(self) -> bool:
        """Whether it is the stage that the break-it step belongs to."""
        return self.name == "release"

    @property
    def cases(self) -> list[tuple[str, str, bool]]:
        """The cases to try the text out in."""
        return [(name, title, name == self.case) for name, title in cases_of(self.name).items()]

    @property
    def hints(self) -> list[HintView]:
        """The hints that are open."""
        hints = self.project.stages[self.name].hints[: self._hints_opened]
        return [HintView(level=level, text_html=render(bind(text))) for level, text in enumerate(hints, start=1)]

    @property
    def next_hint(self) -> int:
        """The hint that can be opened; 0 when all are."""
        return self._hints_opened + 1 if self._hints_opened < len(self.project.stages[self.name].hints) else 0

    @property
    def other(self) -> str:
        """A text that was set aside; where two have just met, the one that is not in the editor."""
        draft = self.standing.drafts.get(self.name)
        if draft is None:
            return ""
        return draft.text if self.conflict else draft.other

    @property
    def _hints_opened(self) -> int:
        draft = self.standing.drafts.get(self.name)
        return draft.hints_opened if draft else 0


def stage_steps(project: Project, topic: Topic, standing: Standing, current: str = "") -> list[StageStep]:
    """The stages of a project, each with whether it was passed."""
    return [
        StageStep(
            name=name,
            number=number,
            title=stage.title,
            url=reverse("projects:stage", args=[topic.slug, name]),
            passed=name in standing.passed,
            current=name == current,
        )
        for number, (name, stage) in enumerate(project.stages.items(), start=1)
    ]


def show_finding(finding: Finding | None, text: str, stage: str) -> FoundView | None:
    """A finding, ready to be shown."""
    if finding is None:
        return None
    lines: tuple[CodeLine, ...] = ()
    if finding.line:
        near = range(finding.line - _AROUND, finding.line + _AROUND + 1)
        lines = tuple(line for line in highlight(text[:20_000], finding.line) if line.number in near)
    return FoundView(finding=finding, lines=lines, case=cases_of(stage).get(finding.case, ""))


def say_saved(name: str) -> str:
    """What the page says of saving, by its name."""
    return {
        "saved": _("Saved."),
        "same": _("Saved."),
        "conflict": _(
            "A newer text of this stage was saved meanwhile, in another tab or on another device. Nothing is lost: "
            "yours is here and is kept, the newer one is below. Saving once more puts yours in its place."
        ),
    }[name]
