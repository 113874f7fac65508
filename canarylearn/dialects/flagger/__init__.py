"""Flagger: a Canary with its MetricTemplates."""

from canarylearn.dialects.flagger.reading import read
from canarylearn.dialects.flagger.writing import render

__all__ = ["read", "render"]
