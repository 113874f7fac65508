"""Authoring: questions are written, proven while they are written, and published."""
