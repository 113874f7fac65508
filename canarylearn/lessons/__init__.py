"""Pages to read: text with runs in it, and questions that are judged where they stand."""
