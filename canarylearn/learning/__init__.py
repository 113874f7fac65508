"""Topics, items, learners and attempts: what is kept, who writes it, who reads it."""
