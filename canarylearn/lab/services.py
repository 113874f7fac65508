"""Running plans in the process apart. The last few runs are remembered, since the same plan always runs the same."""

import json
from functools import lru_cache
from typing import Any

from pydantic import TypeAdapter

from canarylearn.lab.apart import WORKPLACE
from canarylearn.lab.running import Job, Told, carry_out

AS_SENT = TypeAdapter(list[Told])
"""What the process apart sends is plain data; it is checked against the shape before anything is made of it."""


def told(job: Job) -> list[Told]:
    """What came of each plan of a job. Raises Stopped and Busy, as the process apart does."""
    return AS_SENT.validate_json(_told(job))


@lru_cache(maxsize=32)
def _told(job: Job) -> str:
    """As text, so that what is remembered stays small and nobody can change it."""
    found: Any = WORKPLACE.call(carry_out, job)
    return json.dumps(found)
