"""What a call can get wrong."""


class Usage(Exception):
    """A call that cannot be carried out as it stands; its text says what is wrong and what to do."""
