"""Measurements of CanaryLearn beside its peers, each one command: `python -m benchmarks engine`."""
