"""Scripts run for tests: in a small world, with what came of them."""

from canarylearn.dialects.errors import Located, Unreadable
from canarylearn.dialects.script import LIMITS, Interpreter, Limits, ScriptRun, read, run_script
from canarylearn.engine import Release
from tests.worlds import world

WORLD = world(window="20m", trial="10m", interval="5m", traffic={"requests_per_second": 2, "users": 100})


def deploy(source: str, *, limits: Limits = LIMITS, trace: bool = False) -> Located | ScriptRun:
    """The error of a script, or its run if nothing stopped it."""
    try:
        done = run_script(read(source, limits), WORLD, limits=limits, trace=trace)
    except Unreadable as unreadable:
        return unreadable.errors[0]
    return done.refused or done


def refused(source: str, *, limits: Limits = LIMITS) -> Located:
    """The error that a script was refused with."""
    error = deploy(source, limits=limits)
    assert isinstance(error, Located), f"nothing stopped it; it printed {error.output}"
    return error


def ran(source: str, *, trace: bool = False) -> ScriptRun:
    """The run of a script that was not refused."""
    done = deploy(source, trace=trace)
    assert isinstance(done, ScriptRun), f"refused: {done}"
    return done


def printed(source: str) -> str:
    """What a script printed."""
    return "\n".join(ran(source).output)


def release_after(source: str) -> Release:
    """The release as a script leaves it, before anything else decides."""
    interpreter = Interpreter(read(source), Release(WORLD))
    error = interpreter.run()
    assert error is None, f"refused: {error}"
    return interpreter.release
