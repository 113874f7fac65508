"""What learners make of the questions: their reports, and what their answers show, for those who write and teach."""
