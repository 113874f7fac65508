"""The pages of authors: each module is what one of them shows, and what its buttons do."""
