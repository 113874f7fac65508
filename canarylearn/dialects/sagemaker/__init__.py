"""Amazon SageMaker: production variants, shadow variants, and deployment guardrails with their alarms."""

from canarylearn.dialects.sagemaker.reading import read
from canarylearn.dialects.sagemaker.writing import render

__all__ = ["read", "render"]
