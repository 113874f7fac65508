"""Dialects: written forms of a rollout, read with located errors."""
