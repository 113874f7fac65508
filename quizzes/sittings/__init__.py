"""The ten-question test: a sitting from its first question to its verdict."""
