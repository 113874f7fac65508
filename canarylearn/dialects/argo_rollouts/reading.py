"""Reading a text of Argo documents: a Rollout, the AnalysisTemplates it names, the Services beside it."""

from dataclasses import replace

from canarylearn.dialects.argo_rollouts.analyses import Analyses
from canarylearn.dialects.argo_rollouts.findings import Findings
from canarylearn.dialects.argo_rollouts.notices import notice_canary
from canarylearn.dialects.argo_rollouts.planning import plan_canary
from canarylearn.dialects.argo_rollouts.spec import check_rollout, check_services
from canarylearn.dialects.argo_rollouts.templates import Templates
from canarylearn.dialects.errors import Located
from canarylearn.dialects.manifest import Context, Reading
from canarylearn.dialects.shape import Node, Problems, root
from canarylearn.dialects.yaml_text import Document
from canarylearn.engine.plan import Decides, Plan, Step
from canarylearn.engine.quantities import BUCKETS

_MOST_SAID = 400
_TEMPLATES = ("AnalysisTemplate", "ClusterAnalysisTemplate")


def read(documents: tuple[Document, ...], context: Context) -> Reading:
    """What the documents mean. Raises Unreadable with every error, each with its path and line."""
    problems, findings = Problems(), Findings(context=context)
    rollouts, templates, services = _sort(documents, problems)
    for rollout in rollouts[:1]:
        check_rollout(rollout)
        check_services(rollout, services)
    for rollout in rollouts[1:]:
        rollout.problem("a second Rollout begins here; one text holds one")
    analyses = Analyses(templates=templates, findings=findings)
    plan = _plan(rollouts[0], analyses, findings) if rollouts else _plan_of_templates(templates, analyses, findings)
    problems.found = [_short(error) for error in dict.fromkeys(problems.found)]
    problems.refuse()
    return Reading(
        plan=plan,
        notes=tuple(sorted((_short(note) for note in findings.notes), key=lambda located: located.line)),
        unmeasured=tuple(findings.unmeasured),
    )


def _short(located: Located) -> Located:
    """Names come from the text and may be of any length."""
    if len(located.message) <= _MOST_SAID and len(located.path) <= _MOST_SAID:
        return located
    return replace(located, message=_cut(located.message), path=_cut(located.path))


def _cut(text: str) -> str:
    return text if len(text) <= _MOST_SAID else f"{text[:_MOST_SAID]}…"


def _sort(documents: tuple[Document, ...], problems: Problems) -> tuple[list[Node], Templates, list[Node]]:
    rollouts: list[Node] = []
    services: list[Node] = []
    templates = Templates()
    for document in documents:
        node = root(document, problems)
        kind = node.get("kind").value
        if kind in _TEMPLATES:
            templates.add(node)
        elif kind == "Service":
            services.append(node)
        elif kind == "Rollout":
            rollouts.append(node)
    if not rollouts and not templates.found:
        root(documents[0], problems).problem("there is no Rollout and no AnalysisTemplate in this text", path="kind")
    return rollouts, templates, services


def _plan(rollout: Node, analyses: Analyses, findings: Findings) -> Plan:
    spec = rollout.get("spec")
    strategy = spec.get("strategy")
    if strategy.has("canary"):
        plan = plan_canary(spec, analyses, findings)
        notice_canary(spec, plan, findings)
        return plan
    if strategy.has("blueGreen"):
        at = strategy.get("blueGreen")
        findings.note(at, "blueGreen moves everyone at once; its preview, pauses and analyses are not simulated")
    return Plan(steps=(Step(weight=BUCKETS, hold=0.0),), decides=Decides.CHECKS)


def _plan_of_templates(templates: Templates, analyses: Analyses, findings: Findings) -> Plan:
    """Templates alone release nothing: their checks would watch a canary that nobody has begun."""
    for spec in templates.found.values():
        findings.note(spec, "there is no Rollout in this text, so nothing is released")
        analyses.notice(spec)
    return Plan(steps=(Step(weight=0, hold=None),), decides=Decides.CHECKS)
