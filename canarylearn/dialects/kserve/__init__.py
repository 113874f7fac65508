"""KServe: InferenceService in Knative and in Standard mode, InferenceGraph, and Knative's own traffic."""

from canarylearn.dialects.kserve.reading import read
from canarylearn.dialects.kserve.writing import render

__all__ = ["read", "render"]
