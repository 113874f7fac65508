"""KServe's documents told apart, and the first split in them as the plan."""

from canarylearn.dialects.kserve.graph import read_graph
from canarylearn.dialects.kserve.knative import read_traffic
from canarylearn.dialects.kserve.service import read_service
from canarylearn.dialects.manifest import Context, Reading
from canarylearn.dialects.routes import Notes, Route, read_routes
from canarylearn.dialects.shape import Node, Problems, root
from canarylearn.dialects.yaml_text import Document

_CANARIES_SINCE = (0, 20)


def read(documents: tuple[Document, ...], context: Context) -> Reading:
    """What the documents mean to KServe. Raises Unreadable with every error."""
    problems, notes = Problems(), Notes()
    known = _knows_canaries(context.version)
    routes: list[Route] = []
    found = False
    for node in (root(document, problems) for document in documents):
        kind = node.get("kind").value
        if kind == "InferenceService":
            routes += read_service(node, canaries_known=known, notes=notes)
        elif kind == "InferenceGraph":
            routes += read_graph(node, notes)
        elif _is_knative(node):
            routes.append(read_traffic(node))
        else:
            continue
        found = True
    if not found:
        message = "there is no InferenceService and no InferenceGraph in this file"
        problems.add(documents[0].line(()), "", "semantics", message)
    problems.refuse()
    return read_routes(routes, notes)


def _is_knative(node: Node) -> bool:
    api, kind = node.get("apiVersion").value, node.get("kind").value
    return isinstance(api, str) and api.startswith("serving.knative.dev/") and kind in ("Service", "Route")


def _knows_canaries(version: str) -> bool:
    """Whether a version has spec.canary; one that is not written is the newest."""
    parts = version.removeprefix("v").split(".")
    if len(parts) < 2 or not all(part.isdecimal() for part in parts[:2]):
        return True
    return (int(parts[0][:6]), int(parts[1][:6])) >= _CANARIES_SINCE
