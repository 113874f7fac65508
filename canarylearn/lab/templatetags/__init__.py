"""Tags that other pages use to lead into the lab."""
