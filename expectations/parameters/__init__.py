"""Dated parameters and wording of quality rules.

Lives here: reading the YAML files beside this module.
Add here: a parameter the bureau sets, with the date from which it holds and its legal basis.
Stays out: rules of a resource (its catalog entry).
"""

from __future__ import annotations

from datetime import date
from functools import cache
from importlib.resources import files
from typing import Any

import yaml

from config import clock


class NoParameterError(LookupError):
    """No parameter holds on this day: nothing is guessed."""


def wording() -> dict[str, dict[str, str]]:
    """Return meaning, dimension and severity of generated rules by kind, as they stand today.

    The dimension follows from the characteristic, unless it is stated itself.

    Raises:
        NoParameterError: no mapping of GB/T 36344's characteristics onto the four dimensions holds today.
    """
    dimensions = scores(clock.today())["characteristics"]
    return {k: {"dimension": dimensions.get(w.get("characteristic")), **w} for k, w in _wording().items()}


@cache
def notices() -> dict[str, dict[str, str]]:
    """Return subject and text of notices on remediation orders, by occasion."""
    return yaml.safe_load(files(__name__).joinpath("notices.yml").read_text("utf-8"))


def promotion(day: date) -> dict[str, Any]:
    """Return the parameters of promotion that hold on a day.

    Raises:
        NoParameterError: none does.
    """
    return _holding("promotion", day)


def remediation(day: date) -> dict[str, Any]:
    """Return the parameters of remediation orders that hold on a day.

    Raises:
        NoParameterError: none does.
    """
    return _holding("remediation", day)


def drift(day: date) -> dict[str, Any]:
    """Return the limits of comparing a batch with the one before that hold on a day.

    Raises:
        NoParameterError: none does.
    """
    return _holding("drift", day)


def scores(day: date) -> dict[str, Any]:
    """Return the weights of scores, and the dimensions of GB/T 36344's characteristics, that hold on a day.

    Raises:
        NoParameterError: none does.
    """
    return _holding("scores", day)


def monthly(day: date) -> dict[str, Any]:
    """Return the parameters of the monthly report that hold on a day.

    Raises:
        NoParameterError: none does.
    """
    return _holding("monthly", day)


def _holding(name: str, day: date) -> dict[str, Any]:
    rows = [r for r in _dated(f"{name}.yml") if r["valid_from"] <= day]
    if not rows:
        raise NoParameterError(f"no parameters of {name} hold on {day.isoformat()}")
    return max(rows, key=lambda r: r["valid_from"])


@cache
def _wording() -> dict[str, dict[str, str]]:
    return yaml.safe_load(files(__name__).joinpath("wording.yml").read_text("utf-8"))


@cache
def _dated(name: str) -> list[dict[str, Any]]:
    return yaml.safe_load(files(__name__).joinpath(name).read_text("utf-8"))
