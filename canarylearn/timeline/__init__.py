"""Release timelines: a run drawn as a figure, told in words and as a table. Knows no Django."""
