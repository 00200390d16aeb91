"""What the sender declares with a file（交付清单）.

Lives here: the sidecar ``<file>.declared.json`` in the inbox. It is written after the file, so its presence
says that the hand-over is complete; a file without one waits.
Stays out: checking the declared count (a quality rule of ``expectations``).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Literal

from pydantic import AwareDatetime, BaseModel, ConfigDict, Field, ValidationError

from config import clock
from warehouse import atomic
from warehouse.refusal import DeliveryRefusedError

SUFFIX = ".declared.json"


class Declaration(BaseModel):
    """Who hands over what."""

    model_config = ConfigDict(extra="forbid", frozen=True)

    rows_declared: int | None = Field(default=None, ge=0)
    delivered_by: str = Field(default="", max_length=200)
    declared_secrecy: Literal["非涉密", "涉密"] = "非涉密"
    mode: Literal["full", "increment"] = "full"
    handed_over_at: AwareDatetime | datetime = Field(default_factory=clock.now)

    @property
    def moment(self) -> datetime:
        """Hand-over time in Asia/Shanghai."""
        at = self.handed_over_at
        return at.astimezone(clock.SHANGHAI) if at.tzinfo else at.replace(tzinfo=clock.SHANGHAI)


def sidecar(file: Path) -> Path:
    """Where a file's declaration lies."""
    return file.with_name(file.name + SUFFIX)


def write(file: Path, declaration: Declaration) -> None:
    """Write the declaration beside a file."""
    atomic.write_bytes(sidecar(file), declaration.model_dump_json().encode())


def read(file: Path) -> Declaration:
    """Read a file's declaration.

    Raises:
        DeliveryRefusedError: it is unreadable, so secrecy is unknown, so the answer is no.
    """
    try:
        return Declaration.model_validate_json(sidecar(file).read_bytes())
    except (ValidationError, OSError):
        raise DeliveryRefusedError("undeclared") from None
