"""Projects: a canary release, written in stages and judged on seeds that nobody saw."""
