"""Arguments of a call, put to the parameters they are meant for."""

from collections.abc import Container

from canarylearn.dialects.script.values import Trouble, Value


def bind_arguments(
    function: str,
    parameters: tuple[str, ...],
    optional: Container[str],
    positional: list[Value],
    named: dict[str, Value],
) -> dict[str, Value]:
    """The arguments by parameter. Trouble for too many, unknown, doubled or missing ones, naming the parameter."""
    if len(positional) > len(parameters):
        most = (
            "no arguments"
            if not parameters
            else "one argument"
            if len(parameters) == 1
            else f"{len(parameters)} arguments"
        )
        message = f"{function}() takes {most}{' at most' * (len(parameters) > 1)}, and it got {len(positional)}"
        raise Trouble("wrong-arguments", message)
    given = dict(zip(parameters, positional, strict=False))
    for name, value in named.items():
        if name not in parameters:
            known = ", ".join(parameters) or "none"
            raise Trouble("wrong-arguments", f"{function}() has no parameter {name!r}; its parameters are: {known}")
        if name in given:
            raise Trouble("wrong-arguments", f"{function}({name}=...) is given twice: keep one")
        given[name] = value
    if missing := [name for name in parameters if name not in given and name not in optional]:
        raise Trouble("wrong-arguments", f"{function}() needs a value for {' and '.join(missing)}")
    return given
