"""Entries of lists, dicts and texts: how they are named, read and set."""

from canarylearn.dialects.script.values import Operations, Trouble, Value, kind, short


def entry(container: Value, key: Value) -> Value:
    """container[key]."""
    if isinstance(container, dict):
        name = entry_name(key)
        if name not in container:
            raise Trouble("no-entry", f"the dict has no entry {short(name)}")
        return container[name]
    if isinstance(container, (list, str)):
        return container[_position(container, key)]
    raise Trouble("wrong-type", f"{kind(container)} has no entries")


def set_entry(operations: Operations, container: Value, key: Value, value: Value) -> None:
    """container[key] = value. The value is copied, so that no container can come to contain itself."""
    if isinstance(container, dict):
        name = entry_name(key)
        if name not in container:
            operations.room_for_one_more(container)
        container[name] = operations.copy(value, 1)
    elif isinstance(container, list):
        container[_position(container, key)] = operations.copy(value, 1)
    else:
        raise Trouble("wrong-type", f"{kind(container)} has no entries that could be set")


def entry_name(key: Value) -> str | int:
    """What an entry of a dict may be named by."""
    if isinstance(key, str) or (isinstance(key, int) and not isinstance(key, bool)):
        return key
    raise Trouble("wrong-type", f"an entry is named by a text or a whole number, and not by {kind(key)}")


def _position(container: list[Value] | str, key: Value) -> int:
    if not isinstance(key, int) or isinstance(key, bool):
        raise Trouble("wrong-type", f"a position is a whole number, and not {kind(key)}")
    if not -len(container) <= key < len(container):
        raise Trouble("no-entry", f"there is no position {key}: there are {len(container)}, counted from 0")
    return key
