"""Dated parameters of desensitization.

Lives here: reading the YAML files beside this module.
"""

from __future__ import annotations

from datetime import date
from importlib.resources import files
from typing import Any

import yaml


class NoParameterError(LookupError):
    """No parameter holds on this day: nothing is guessed."""


def gate(day: date) -> dict[str, Any]:
    """Return the gate's parameters on a day.

    Raises:
        NoParameterError: none does.
    """
    rows = yaml.safe_load(files(__name__).joinpath("gate.yml").read_text("utf-8"))
    rows = [r for r in rows if r["valid_from"] <= day]
    if not rows:
        raise NoParameterError(f"no parameters of the gate hold on {day.isoformat()}")
    return max(rows, key=lambda r: r["valid_from"])
