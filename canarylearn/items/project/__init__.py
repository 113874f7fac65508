"""Projects: a release written in stages, each judged under seeds that its author never saw. Knows no Django."""
