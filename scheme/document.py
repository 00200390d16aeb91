"""What every document of the scheme is: strict, frozen, and free of templates.

Lives here: the base class and the form of codes and names. Stays out: the documents (``catalog``, ``grant``).
"""

from __future__ import annotations

import re
from typing import Annotated, Self

from pydantic import BaseModel, ConfigDict, StringConstraints, model_validator

_TEMPLATE = re.compile(r"\{[{%#]")
_CONTROL = r"\x00-\x1f\x7f-\x9f\u2028\u2029"
Name = Annotated[str, StringConstraints(pattern=rf"^[^{_CONTROL}]+$")]
"""A name on one line: no control characters."""
FileName = Annotated[str, StringConstraints(pattern=rf"^[^/\\{_CONTROL}]+$")]
"""A name that files are called by: no separators of paths either."""
Code = Annotated[str, StringConstraints(pattern=r"^[a-z][a-z0-9_]{0,62}$")]


class Strict(BaseModel):
    """A document that refuses unknown fields, and text that a template of dbt would run."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    @model_validator(mode="after")
    def _no_template(self) -> Self:
        for name, value in self:
            texts = value if isinstance(value, list) else [value]
            if any(isinstance(t, str) and _TEMPLATE.search(t) for t in texts):
                raise ValueError(f"{name}: {{{{, {{% and {{# may not stand in a text")
        return self
