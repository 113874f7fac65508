"""The form of the lab: a scenario, and a plan that is filled in or typed."""

from collections.abc import Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django import forms
from django.forms import BoundField
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from canarylearn.engine import Decides, Routing
from canarylearn.engine.metrics import METRICS as ENGINE_METRICS
from canarylearn.lab.amounts import METRICS, DurationField, WeightField, read_value
from canarylearn.lab.beginning import CHECKS, FIELDS_OF, MEASURES, OF_ALL, SHOWN_STEPS, STEPS, used_fields
from canarylearn.lab.planning import MOST_LOOKS, CheckRow, StepRow, count_looks, make_plan
from canarylearn.lab.running import FORM, MANIFEST, SCRIPT, Job, Writing
from canarylearn.lab.scenarios import offered
from canarylearn.learning.closing import Closing

MOST_SEED = 999_999_999
LONGEST_SCRIPT = 8 * 1024
LONGEST_MANIFEST = 64 * 1024
LONGEST_NAME = 253

_WAYS = ((FORM, _("Fill in")), (MANIFEST, _("Type a manifest")), (SCRIPT, _("Type a canary script")))
_DECIDES = (
    (Decides.JUDGE, _("The judge compares v2 with v1 at every look")),
    (Decides.CHECKS, _("Checks: one that fails too often rolls back")),
    (Decides.FAILED_CHECKS, _("Checks: all failures are counted together, as Flagger does")),
    (Decides.NOBODY, _("Nobody: it only routes")),
)
_ROUTING = (
    (Routing.STICKY, _("By user: everybody stays with one version")),
    (Routing.PER_REQUEST, _("By request: chance decides each time")),
    (Routing.PODS, _("By pods: the share is what whole pods make of it")),
)
_EMPTY = {
    MANIFEST: _("Nothing stands here yet: type a manifest."),
    SCRIPT: _("Nothing stands here yet: type a script."),
}
_SENSES = (("at_most", _("at most")), ("at_least", _("at least")))


@dataclass(frozen=True, kw_only=True)
class Row:
    """Fields that stand beside each other."""

    number: int
    fields: list[BoundField]

    @property
    def errors(self) -> list[str]:
        """What is wrong with any of them."""
        return [str(error) for field in self.fields for error in field.errors]


class PlanForm(forms.Form):
    """A plan and where to deploy it. Once valid, `job` is what to run and `given` what to put into an address."""

    scenario = forms.ChoiceField(error_messages={"required": _("Choose a scenario.")})
    seed = forms.IntegerField(min_value=0, max_value=MOST_SEED, required=False)
    way = forms.ChoiceField(choices=_WAYS, widget=forms.RadioSelect)
    decides = forms.ChoiceField(choices=_DECIDES, widget=forms.RadioSelect, required=False)
    interval = DurationField()
    threshold = forms.IntegerField(min_value=1, max_value=1000, required=False)
    routing = forms.ChoiceField(choices=_ROUTING, widget=forms.RadioSelect, required=False)
    replicas = forms.IntegerField(min_value=1, max_value=1000, required=False)
    manifest = forms.CharField(strip=False, required=False, widget=forms.Textarea)
    script = forms.CharField(strip=False, required=False, widget=forms.Textarea)
    approve = DurationField()

    def __init__(self, *arguments: Any, closed: Mapping[str, Closing], **options: Any) -> None:
        super().__init__(*arguments, **options)
        self.closed = closed
        scenario = self.fields["scenario"]
        assert isinstance(scenario, forms.ChoiceField)  # it is declared above
        scenario.choices = [(name, one.scenario.title) for name, one in offered().items()]
        for number in range(1, STEPS + 1):
            self.fields[f"weight_{number}"] = WeightField()
            self.fields[f"hold_{number}"] = DurationField()
        for number in range(1, CHECKS + 1):
            self.fields[f"metric_{number}"] = forms.ChoiceField(
                choices=[("", _("no check")), *METRICS.items()], required=False
            )
            self.fields[f"sense_{number}"] = forms.ChoiceField(choices=_SENSES, required=False)
            self.fields[f"value_{number}"] = forms.CharField(max_length=20, required=False)
            self.fields[f"failures_{number}"] = forms.IntegerField(min_value=0, max_value=1000, required=False)
        for number in range(1, MEASURES + 1):
            self.fields[f"named_{number}"] = forms.CharField(max_length=LONGEST_NAME, required=False)
            self.fields[f"measures_{number}"] = forms.ChoiceField(
                choices=[("", _("choose")), *((name, METRICS.get(name, name)) for name in ENGINE_METRICS)],
                required=False,
            )
        self._describe()

    def _describe(self) -> None:
        """What browsers and screen readers are told of the fields."""
        short = {"autocomplete": "off", "spellcheck": "false", "autocapitalize": "off"}
        for name, field in self.fields.items():
            if isinstance(field.widget, forms.TextInput | forms.Textarea):
                field.widget.attrs |= short
            word, _, number = name.rpartition("_")
            if word in _SPOKEN:
                field.widget.attrs["aria-label"] = _SPOKEN[word] % {"number": number}

    def clean(self) -> dict[str, Any]:
        cleaned: dict[str, Any] = super().clean() or self.cleaned_data
        if (closing := self.closed.get(cleaned.get("scenario", ""))) is not None:
            said = gettext("This scenario is closed while you are at “%(title)s”.") % {"title": closing.title}
            self.add_error("scenario", said)
        if cleaned.get("way") in FIELDS_OF:
            used = (*OF_ALL, *used_fields(cleaned))
            for name in [name for name in self.fields if name not in used]:
                self.errors.pop(name, None)
                cleaned[name] = None
            checks = {FORM: self._check_form, MANIFEST: self._check_manifest, SCRIPT: self._check_script}
            checks[cleaned["way"]]()
        return cleaned

    def _check_form(self) -> None:
        self._check_steps()
        self._check_checks()
        if not self.errors and self.cleaned_data["decides"] == Decides.FAILED_CHECKS:
            scenario = offered()[self.cleaned_data["scenario"]].scenario
            interval = self.cleaned_data["interval"] or scenario.interval
            if count_looks(self.step_rows(), interval) > MOST_LOOKS:
                said = gettext("That would be more than %(most)s looks; look less often.")
                self.add_error("interval", said % {"most": f"{MOST_LOOKS:,}"})

    def _check_steps(self) -> None:
        found = 0
        for number in range(1, STEPS + 1):
            weight, hold = f"weight_{number}", f"hold_{number}"
            if weight in self.errors or hold in self.errors:
                found += 1
                continue
            given = [self.cleaned_data.get(name) is not None for name in (weight, hold)]
            found += any(given)
            if any(given) and not all(given):
                missing = hold if given[0] else weight
                said = (
                    gettext("Step %(number)s needs both: say how long, such as 10m.")
                    if given[0]
                    else gettext("Step %(number)s needs both: say how many percent, such as 5.")
                )
                self.add_error(missing, said % {"number": number})
        if not found:
            self.add_error("weight_1", gettext("A plan needs a step: say how many percent, and for how long."))

    def _check_checks(self) -> None:
        for number in range(1, CHECKS + 1):
            metric, name = self.cleaned_data.get(f"metric_{number}"), f"value_{number}"
            if not metric:
                continue
            try:
                self.cleaned_data[name] = read_value(metric, self.cleaned_data.get(name, ""))
            except ValueError as error:
                self.add_error(name, f"{error}.")

    def _check_manifest(self) -> None:
        self._check_text(MANIFEST, LONGEST_MANIFEST)

    def _check_script(self) -> None:
        self._check_text(SCRIPT, LONGEST_SCRIPT)

    def _check_text(self, name: str, longest: int) -> None:
        if name in self.errors:
            return
        text = self.cleaned_data[name] = self.cleaned_data[name].replace("\r\n", "\n").replace("\r", "\n")
        size = len(text.encode("utf-8", "replace"))
        if not text.strip():
            self.add_error(name, _EMPTY[name])
        elif size > longest:
            said = ngettext(
                "This has %(size)s byte, and %(longest)s is the most that is read here.",
                "This has %(size)s bytes, and %(longest)s is the most that is read here.",
                size,
            )
            self.add_error(name, said % {"size": f"{size:,}", "longest": f"{longest:,}"})

    @property
    def written(self) -> str:
        """The way the plan is written in."""
        return str(self.cleaned_data["way"])

    @property
    def job_scenario(self) -> str:
        """The name of the scenario."""
        return str(self.cleaned_data["scenario"])

    def job(self, *others: Writing) -> Job:
        """What to run: this plan, and others on the same users."""
        scenario = offered()[self.job_scenario].scenario
        return Job(scenario=scenario, seed=self.cleaned_data["seed"] or 0, writings=(self.writing, *others))

    @property
    def writing(self) -> Writing:
        """The plan as it was given."""
        data = self.cleaned_data
        if self.written == FORM:
            return Writing(way=FORM, plan=make_plan(data, self.step_rows(), self.check_rows(), self._interval))
        if self.written == SCRIPT:
            return Writing(way=SCRIPT, text=data["script"])
        pairs = ((data[f"named_{number}"], data[f"measures_{number}"]) for number in range(1, MEASURES + 1))
        measures = tuple((name, metric) for name, metric in pairs if name and metric)
        return Writing(way=MANIFEST, text=data["manifest"], measures=measures, approve_after=data["approve"])

    @property
    def _interval(self) -> float:
        scenario = offered()[self.job_scenario].scenario
        return float(self.cleaned_data["interval"] or scenario.interval)

    @property
    def given(self) -> dict[str, str]:
        """The fields that say this plan, as they were filled in: what goes into its address."""
        used = used_fields(self.cleaned_data)
        given = {name: str(self.data.get(name, "")).strip() for name in (*OF_ALL, *used)}
        given |= {name: self.cleaned_data[name] for name in (MANIFEST, SCRIPT) if name in used}
        return {name: value for name, value in given.items() if value}

    def step_rows(self) -> list[StepRow]:
        """The steps that were filled in."""
        data = self.cleaned_data
        rows = [(data.get(f"weight_{number}"), data.get(f"hold_{number}")) for number in range(1, STEPS + 1)]
        return [StepRow(weight=weight, hold=hold) for weight, hold in rows if weight is not None and hold is not None]

    def check_rows(self) -> list[CheckRow]:
        """The checks that were filled in."""
        data = self.cleaned_data
        return [
            CheckRow(
                metric=data[f"metric_{number}"],
                at_most=data[f"sense_{number}"] != "at_least",
                value=data[f"value_{number}"],
                failures=data[f"failures_{number}"] or 0,
            )
            for number in range(1, CHECKS + 1)
            if data[f"metric_{number}"]
        ]

    # For the page

    def first_steps(self) -> list[Row]:
        """The steps that are always shown."""
        return self._rows_of_steps(1, SHOWN_STEPS)

    def more_steps(self) -> list[Row]:
        """The steps that are folded away until they are wanted."""
        return self._rows_of_steps(SHOWN_STEPS + 1, STEPS)

    def has_more_steps(self) -> bool:
        """Whether anything stands in them."""
        return any(field.value() for row in self.more_steps() for field in row.fields)

    def _rows_of_steps(self, first: int, last: int) -> list[Row]:
        numbers = range(first, last + 1)
        return [Row(number=number, fields=[self[f"weight_{number}"], self[f"hold_{number}"]]) for number in numbers]

    def rows_of_checks(self) -> Iterator[Row]:
        """The checks, four fields to a row."""
        for number in range(1, CHECKS + 1):
            names = ("metric", "sense", "value", "failures")
            yield Row(number=number, fields=[self[f"{name}_{number}"] for name in names])


_SPOKEN = {
    "weight": _("Step %(number)s: percent to v2"),
    "hold": _("Step %(number)s: for how long"),
    "metric": _("Check %(number)s: what is measured"),
    "sense": _("Check %(number)s: at most or at least"),
    "value": _("Check %(number)s: the limit"),
    "failures": _("Check %(number)s: failures that are borne"),
}
