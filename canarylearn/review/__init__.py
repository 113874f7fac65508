"""Review: cards and missed items that come back in time."""
