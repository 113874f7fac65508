"""What an author writes: names, texts and code within limits, and no field that is not there."""

from typing import Annotated

from pydantic import BaseModel, ConfigDict, Field

Slug = Annotated[str, Field(pattern=r"^[a-z][a-z0-9-]{2,59}$")]
Prose = Annotated[str, Field(min_length=3, max_length=4000)]
Code = Annotated[str, Field(min_length=1, max_length=8192)]


class Authored(BaseModel):
    """A part of an authored file: an unknown field is an error, and nothing changes once it is read."""

    model_config = ConfigDict(frozen=True, extra="forbid")
