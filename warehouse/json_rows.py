"""Rows of JSON documents, read by DuckDB.

Lives here: where rows stand in a document, which fields they have, and the relation that gives them as text cells.
Stays out: recognising a delivery's layout (``orchestration.ingest.json_file``).
"""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path

from warehouse.engine import connect, literal

_DEEPEST = 4
_OBJECT = 16 << 20
Field = tuple[str, ...]


class UnreadableError(ValueError):
    """The engine cannot read the file as what it was said to be."""


@dataclass(frozen=True)
class JsonRows:
    """A UTF-8 JSON file of objects; ``fields``: path of each column, ``at``: JSON path of the rows, "" = the top.

    A field ``("..", name)`` belongs to the document around the rows.
    """

    path: Path
    fields: list[Field]
    at: str = ""

    def relation(self) -> str:
        """Return SQL that gives the cells ``c0`` … as text."""
        inside = [f for f in self.fields if f[0] != ".."]
        outside = [f[1:] for f in self.fields if f[0] == ".."]
        cells = [
            f"around[{outside.index(f[1:]) + 1}] AS c{i}" if f[0] == ".." else f"cells[{inside.index(f) + 1}] AS c{i}"
            for i, f in enumerate(self.fields)
        ]
        around = f", json_extract_string(outside, {_paths(outside)}) AS around" if outside else ""
        parsed = f"SELECT json_extract_string(json, {_paths(inside)}) AS cells{around} FROM {_rows(self.path, self.at)}"
        return f"SELECT {', '.join(cells)} FROM ({parsed})"


def fields(path: Path, at: str) -> list[Field]:
    """Return the fields that occur in the rows, in order of first appearance; objects are opened.

    Raises:
        UnreadableError: it is not an array of objects, one object a line, or has no rows at ``at``.
    """
    return _below(_rows(path, at), ())


def arrays(path: Path) -> list[str]:
    """Return the fields of a wrapping document that hold arrays.

    Raises:
        UnreadableError: not JSON.
    """
    key = "'$.\"' || replace(key, '\"', '\\\"') || '\"'"
    return [
        str(row[0])
        for row in _fetch(
            f"SELECT key FROM (SELECT json, unnest(json_keys(json)) AS key FROM {_rows(path, '')}) "
            f"WHERE json_type(json, {key}) = 'ARRAY'"
        )
    ]


def _below(rows: str, outer: Field) -> list[Field]:
    value = f"json_extract(json, {literal(_path(outer))})" if outer else "json"
    key = "'$.\"' || replace(key, '\"', '\\\"') || '\"'"
    found = _fetch(
        f"SELECT key, bool_or(json_type(value, {key}) = 'OBJECT') FROM (SELECT value, unnest(json_keys(value)) AS key, "
        f"row_number() OVER () AS place FROM (SELECT {value} AS value FROM {rows}) "
        "WHERE json_type(value) = 'OBJECT') GROUP BY key ORDER BY min(place)"
    )
    result: list[Field] = []
    for name, is_object in found:
        field = (*outer, str(name))
        result += _below(rows, field) if is_object and len(field) < _DEEPEST else [field]
    return result


def _rows(path: Path, at: str) -> str:
    size = max(_OBJECT, path.stat().st_size + 1) if at else _OBJECT
    objects = f"read_json_objects({literal(path)}, format = 'auto', maximum_object_size = {size})"
    if not at:
        return objects
    return f"(SELECT json AS outside, unnest(json_extract(json, {literal(at)})) AS json FROM {objects})"


def _fetch(sql: str) -> list[tuple[object, ...]]:
    import duckdb

    connection = connect()
    try:
        return connection.execute(sql).fetchall()
    except duckdb.Error as error:
        raise UnreadableError(type(error).__name__) from None
    finally:
        connection.close()


def _paths(chosen: list[Field]) -> str:
    return "[" + ", ".join(literal(_path(f)) for f in chosen) + "]"


def _path(field: Field) -> str:
    return "$" + "".join('."' + part.replace('"', '\\"') + '"' for part in field)
