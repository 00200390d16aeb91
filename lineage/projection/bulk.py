"""Writing many rows at once.

Lives here: inserting plain tuples into a projected table, on SQLite and PostgreSQL alike. The ORM makes an object and
several calls for each row; an event brings tens of rows, a rebuild millions.
Add here: another way of writing that a rebuild needs for millions of rows.
Stays out: which rows (``lineage.projection.projector``).
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import cache
from typing import Any

from django.db import connection, models

Row = tuple[Any, ...]


def columns(model: type[models.Model]) -> list[str]:
    """Return the column names in the order a row has them: as the model declares its fields, a made-up id left out."""
    return [str(f.column) for f in model._meta.concrete_fields if not isinstance(f, models.AutoField)]


def insert(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Insert rows; each has the values of ``columns`` in order."""
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_insert(model), rows)


def upsert(model: type[models.Model], rows: Sequence[Row]) -> None:
    """Insert rows, or replace those whose id is there."""
    if rows:
        with connection.cursor() as cursor:
            cursor.executemany(_upsert(model), rows)


@cache
def _insert(model: type[models.Model]) -> str:
    names = columns(model)
    marks = ", ".join(["%s"] * len(names))
    return f"INSERT INTO {model._meta.db_table} ({', '.join(_quoted(names))}) VALUES ({marks})"


@cache
def _upsert(model: type[models.Model]) -> str:
    changed = ", ".join(f"{n} = excluded.{n}" for n in _quoted(columns(model)) if n != '"id"')
    return f"{_insert(model)} ON CONFLICT (id) DO UPDATE SET {changed}"


def _quoted(names: list[str]) -> list[str]:
    return [f'"{n}"' for n in names]
