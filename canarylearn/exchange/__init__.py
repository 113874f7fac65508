"""Exchange: questions go out to other systems, and come in from them as drafts."""
