"""Classes: learners with a teacher, what they were asked to do, and what became of it."""
