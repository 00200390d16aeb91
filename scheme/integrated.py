"""Integrated bases: which items each of their columns is made of, and the grade that follows.

Lives here: the models' own documents; their ``meta.sources`` (``<department>.<resource>.<item>`` or
``seed.<table>.<column>``), and the derived grade: the highest of its sources（就高从严, GB/T 43697-2024）.
Add here: nothing for a new base; its document says it.
Stays out: the models (``dbt_project/models/integrated``); that the lineage agrees is a test.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import yaml

from config.settings import PROJECT_ROOT
from scheme.catalog import Catalog

_FOLDER = PROJECT_ROOT / "dbt_project" / "models" / "integrated"
_REFERENCE_GRADE = 1  # reference registers are published code lists


@lru_cache(maxsize=1)
def integrated_models() -> dict[str, dict[str, Any]]:
    """Return every integrated model's document by its name."""
    documents = (yaml.safe_load(p.read_text("utf-8")) for p in sorted(_FOLDER.glob("*.yml")))
    return {model["name"]: model for document in documents for model in document.get("models", [])}


@lru_cache(maxsize=1)
def integrated_sources() -> dict[str, dict[str, tuple[str, ...]]]:
    """Return table → column → the items it is made of; columns that only describe the row are left out."""
    found: dict[str, dict[str, tuple[str, ...]]] = {}
    for name, model in integrated_models().items():
        columns = {c["name"]: tuple(c.get("meta", {}).get("sources", ())) for c in model.get("columns", [])}
        found[name] = {column: sources for column, sources in columns.items() if sources}
    return found


def column_titles(table: str) -> dict[str, str]:
    """Return an integrated model's columns with their Chinese titles; nothing for a table that is none."""
    return {c["name"]: c.get("description", "") for c in integrated_models().get(table, {}).get("columns", [])}


def departments_of_column(table: str, column: str) -> list[str]:
    """Return the departments that a column's values come from; ``reference`` = a reference register."""
    sources = integrated_sources().get(table, {}).get(column, ())
    return list(dict.fromkeys("reference" if s.startswith("seed.") else s.partition(".")[0] for s in sources))


def derived_grade(table: str, column: str, catalog: Catalog) -> int | None:
    """Return the grade of an integrated column, None if it or one of its sources has none."""
    grades = [_grade(source, catalog) for source in integrated_sources().get(table, {}).get(column, ())]
    return None if not grades or None in grades else max(g for g in grades if g)


def _grade(source: str, catalog: Catalog) -> int | None:
    if source.startswith("seed."):
        return _REFERENCE_GRADE
    resource, _, code = source.rpartition(".")
    entry = catalog.entries.get(resource)
    return next((i.grade for i in entry.items if i.code == code), None) if entry else None
