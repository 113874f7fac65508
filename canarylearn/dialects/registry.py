"""The dialects there are: one row each, and how a text is recognised as one."""

from dataclasses import dataclass
from importlib import import_module
from typing import cast

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.manifest import Context, Reading, Rendering, Tool
from canarylearn.dialects.yaml_text import Document, read_documents
from canarylearn.engine.plan import Plan


@dataclass(frozen=True, kw_only=True)
class Dialect:
    """One dialect.

    `versions` are the versions of the tool between which a rule changed, newest first. `kinds` are the pairs of
    apiVersion prefix and kind of its documents, and `marks` the top-level keys by which one without a kind is known.
    """

    name: str
    title: str
    versions: tuple[str, ...]
    kinds: tuple[tuple[str, str], ...] = ()
    marks: tuple[frozenset[str], ...] = ()

    @property
    def tool(self) -> Tool:
        """The dialect's module, loaded when it is first needed."""
        return cast("Tool", import_module(f"canarylearn.dialects.{self.name.replace('-', '_')}"))

    def knows(self, document: Document) -> bool:
        """Whether a document is one of this tool's."""
        value = document.value
        if not isinstance(value, dict):
            return False
        api, kind = str(value.get("apiVersion", "")), value.get("kind")
        if any(api.startswith(prefix) and kind == name for prefix, name in self.kinds):
            return True
        return "kind" not in value and any(mark <= set(value) for mark in self.marks)


DIALECTS = (
    Dialect(
        name="argo-rollouts",
        title="Argo Rollouts",
        versions=("1.9",),
        kinds=(
            ("argoproj.io/", "Rollout"),
            ("argoproj.io/", "AnalysisTemplate"),
            ("argoproj.io/", "ClusterAnalysisTemplate"),
        ),
    ),
    Dialect(
        name="flagger",
        title="Flagger",
        versions=("1.43",),
        kinds=(("flagger.app/", "Canary"), ("flagger.app/", "MetricTemplate")),
    ),
    Dialect(
        name="kserve",
        title="KServe",
        versions=("0.20", "0.15"),
        kinds=(
            ("serving.kserve.io/", "InferenceService"),
            ("serving.kserve.io/", "InferenceGraph"),
            ("serving.knative.dev/", "Service"),
            ("serving.knative.dev/", "Route"),
        ),
    ),
    Dialect(
        name="istio",
        title="Istio VirtualService",
        versions=("1.15", "1.14"),
        kinds=(("networking.istio.io/", "VirtualService"),),
    ),
    Dialect(
        name="gateway-api",
        title="Gateway API HTTPRoute",
        versions=("1.3",),
        kinds=(("gateway.networking.k8s.io/", "HTTPRoute"),),
    ),
    Dialect(
        name="sagemaker",
        title="Amazon SageMaker",
        versions=("2026",),
        marks=(
            frozenset({"ProductionVariants"}),
            frozenset({"DesiredWeightsAndCapacities"}),
            frozenset({"DeploymentConfig"}),
            frozenset({"BlueGreenUpdatePolicy"}),
            frozenset({"RollingUpdatePolicy"}),
            frozenset({"ShadowModeConfig"}),
        ),
    ),
    Dialect(
        name="azure-ml",
        title="Azure ML online endpoint",
        versions=("2",),
        marks=(frozenset({"traffic"}), frozenset({"mirror_traffic"})),
    ),
    Dialect(
        name="vertex-ai",
        title="Vertex AI endpoint",
        versions=("2",),
        marks=(
            frozenset({"traffic_split"}),
            frozenset({"trafficSplit"}),
            frozenset({"traffic_percentage"}),
            frozenset({"existing", "undeploy"}),
        ),
    ),
)
BY_NAME = {dialect.name: dialect for dialect in DIALECTS}


def dialect_of(documents: tuple[Document, ...]) -> Dialect:
    """The dialect of a text. Raises Unreadable when none of the tools would know it."""
    found = next((dialect for dialect in DIALECTS for document in documents if dialect.knows(document)), None)
    if found is None:
        known = ", ".join(BY_NAME)
        message = f"this is no document of a tool that is known here; say which with --dialect: {known}"
        raise Unreadable((Located(line=documents[0].line(()), column=None, code="unknown-dialect", message=message),))
    return found


def read_manifest(text: str, dialect: Dialect | None = None, context: Context | None = None) -> tuple[Dialect, Reading]:
    """The dialect of a text and what it means. Raises Unreadable with every error located."""
    documents = read_documents(text)
    dialect = dialect or dialect_of(documents)
    context = context or Context()
    context = Context(version=context.version or dialect.versions[0], measures=context.measures)
    return dialect, dialect.tool.read(documents, context)


def render_plan(plan: Plan, dialect: Dialect) -> Rendering:
    """The plan written in a dialect."""
    return dialect.tool.render(plan)
