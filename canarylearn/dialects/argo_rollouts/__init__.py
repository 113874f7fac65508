"""Argo Rollouts: Rollout, AnalysisTemplate and ClusterAnalysisTemplate documents, read as the controller reads them."""

from canarylearn.dialects.argo_rollouts.reading import read as read
from canarylearn.dialects.argo_rollouts.rendering import render as render
