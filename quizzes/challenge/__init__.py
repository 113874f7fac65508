"""The challenge: incidents on a clock of the server."""
