"""What changed between a batch and the one before: volume, share of empty cells, make-up of coded items.

Lives here: measuring the changes, and the rules that limit them (limits: ``parameters/drift.yml``).
Add here: another measure between two batches.
Stays out: which batch is the one before (``previous``), changes of single rows (rules that read ``previous``).
"""

from __future__ import annotations

import json
from datetime import date
from importlib.resources import files
from string import Template
from typing import Any

from expectations.parameters import drift, wording
from expectations.previous import previous_of
from expectations.rules import Rule
from scheme.catalog import CatalogEntry
from warehouse.versions import Version

VOLUME = "volume_drift"
_EXACT = 9  # decimals: a share that equals its limit is not above it by the error of a division


def drift_rules(entry: CatalogEntry, day: date) -> list[Rule]:
    """Return the rules on changes between batches; each judges the measure of its own name."""
    limits = drift(day)
    return [
        _rule(VOLUME, None, "volume_drift", "", limits["volume_change"]),
        *(_rule(_nulls(i), i, "null_drift", entry.item(i).name, limits["null_rate_rise"]) for i in _optional(entry)),
        *(_rule(_codes(i), i, "category_drift", entry.item(i).name, limits["category_shift"]) for i in _coded(entry)),
    ]


def measure(connection: Any, version: Version, entry: CatalogEntry, day: date) -> dict[str, float]:
    """Return rule → measure, as shares (0.05 is 5 percentage points), over the views ``this`` and ``previous``.

    A measure that does not apply is left out: nothing came before, either side has fewer rows than ``least_rows``
    (of the volume: only the side before), or the item is new.
    """
    found = previous_of(version)
    if found is None:
        return {}
    items = [i for i in _optional(entry) if i in found.columns]
    now, earlier = (_counts(connection, view, items) for view in ("this", "previous"))
    least = int(drift(day)["least_rows"])
    measures: dict[str, float] = {}
    if earlier[""] >= least:
        measures[VOLUME] = abs(now[""] / earlier[""] - 1)
    if min(now[""], earlier[""]) >= least:
        measures |= {_nulls(i): earlier[i] / earlier[""] - now[i] / now[""] for i in items}
        measures |= _shifts(connection, [i for i in _coded(entry) if i in found.columns])
    return {rule: round(share, _EXACT) for rule, share in measures.items()}


def _shifts(connection: Any, items: list[str]) -> dict[str, float]:
    text = Template(files("expectations").joinpath("sql/category_shift.sql").read_text("utf-8"))
    found = {_codes(i): connection.execute(text.substitute(item=i)).fetchone()[0] for i in items}
    return {rule: shift for rule, shift in found.items() if shift is not None}


def _counts(connection: Any, view: str, items: list[str]) -> dict[str, int]:
    """Return item → rows with a value; under the empty name all rows. One scan."""
    cells = ", ".join(["count(*)", *(f'count("{i}")' for i in items)])
    return dict(zip(["", *items], connection.execute(f"SELECT {cells} FROM {view}").fetchone(), strict=True))


def _optional(entry: CatalogEntry) -> list[str]:
    """Items that may be empty: of a required item every empty cell is found anyway."""
    return [i.code for i in entry.items if not i.required and i.code not in entry.key]


def _coded(entry: CatalogEntry) -> list[str]:
    return [i.code for i in entry.items if i.code_list]


def _nulls(item: str) -> str:
    return f"{item}__null_drift"


def _codes(item: str) -> str:
    return f"{item}__category_drift"


def _rule(rule: str, item: str | None, kind: str, name: str, limit: str) -> Rule:
    words = wording()[kind]
    points = f"{float(limit) * 100:g}{'%' if kind == VOLUME else '个百分点'}"
    return Rule(
        rule, item, words["dimension"], words["severity"], words["meaning"].format(name=name, limit=points), "",
        "ExpectColumnValuesToBeBetween", json.dumps({"column": rule, "max_value": float(limit)}),
    )  # fmt: skip
