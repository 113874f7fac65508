"""Canary script: a small, closed, Python-like language in which releases are written."""

from canarylearn.dialects.script.interpreter import Interpreter, Refused, ScriptRun, run_script
from canarylearn.dialects.script.limits import LIMITS, Limits
from canarylearn.dialects.script.reading import Program, read
from canarylearn.dialects.script.trace import TraceLine

__all__ = ["LIMITS", "Interpreter", "Limits", "Program", "Refused", "ScriptRun", "TraceLine", "read", "run_script"]
