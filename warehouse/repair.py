"""Repairing damaged cells（乱码）from the same key on other days.

Lives here: a quarantined row whose damaged cells each have exactly one undamaged value, fitting what is left of the
text, among the same key's rows in other batches is released with these values and marked as repaired. Anything
less certain stays in quarantine. Only for entries that say ``delivery.repair``.
Stays out: every other mending of data; a department corrects its register itself.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from scheme.catalog import CatalogEntry
from warehouse import batches, decisions
from warehouse.batches import Batch
from warehouse.engine import connect, literal

if TYPE_CHECKING:
    import duckdb

_DAMAGE = r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{FFFD}]+"


def repair(entry: CatalogEntry) -> int:
    """Repair what can be repaired in all batches of a resource; return how many rows."""
    if not entry.delivery.repair:
        return 0
    found = batches.accepted(entry.department, entry.resource)
    damaged = [b for b in found if "damaged_text" in decisions.still_open(b).values()]
    connection = connect()
    try:
        return sum(_repair(connection, entry, b, [o for o in found if o != b]) for b in damaged)
    finally:
        connection.close()


def _repair(connection: duckdb.DuckDBPyConnection, entry: CatalogEntry, batch: Batch, others: list[Batch]) -> int:
    items = [i for i in batch.columns if all(i in o.columns for o in others)]
    if not others or any(k not in items for k in entry.key):
        return 0
    connection.execute(f"CREATE OR REPLACE TEMP TABLE damaged AS {_damaged(batch)}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE elsewhere AS {_elsewhere(others, items)}")
    connection.execute(f"CREATE OR REPLACE TEMP TABLE mended AS {_mended(entry.key, batch.columns, items)}")
    count = connection.execute("SELECT count(*) FROM mended").fetchall()[0][0]
    if count:
        decisions.add_repaired(connection, batch, "mended")
    return count


def _damaged(batch: Batch) -> str:
    cells = ", ".join(f"json_extract_string(raw, '$[{i}]') AS \"{c}\"" for i, c in enumerate(batch.columns))
    return (
        f"SELECT _row_number, {cells} FROM read_parquet({literal(batch.quarantine)}) "
        "WHERE reason = 'damaged_text' AND raw IS NOT NULL"
    )


def _elsewhere(others: list[Batch], items: list[str]) -> str:
    cells = ", ".join(f'"{c}"' for c in items)
    return " UNION ALL ".join(f"SELECT {cells} FROM read_parquet({literal(o.data)})" for o in others)


def _mended(key: list[str], columns: list[str], items: list[str]) -> str:
    """Rows of which every damaged cell has one fitting value elsewhere; the key itself must be undamaged."""
    same = " AND ".join(f'd."{k}" = e."{k}"' for k in key)
    cells, names, uncertain = [], [], []
    for code in columns:
        bad = f"regexp_matches(coalesce(any_value(d.\"{code}\"), ''), '{_DAMAGE}')"
        values = f'list(DISTINCT e."{code}") FILTER (WHERE {_fits(code)})' if code in items else "[]::VARCHAR[]"
        cells.append(f'CASE WHEN {bad} THEN ({values})[1] ELSE any_value(d."{code}") END AS "{code}"')
        names.append(f"CASE WHEN {bad} THEN '{code}' END")
        uncertain.append(f"({bad} AND coalesce(len({values}), 0) <> 1)")
    return (
        f"SELECT d._row_number, list_filter([{', '.join(names)}], lambda c: c IS NOT NULL) AS repaired, "
        f"{', '.join(cells)} FROM damaged AS d JOIN elsewhere AS e ON {same} GROUP BY d._row_number "
        f"HAVING NOT ({' OR '.join(uncertain)})"
    )


def _fits(code: str) -> str:
    """Whether another day's value is the damaged one with something whole in each damaged place."""
    pattern = f"regexp_replace(regexp_escape(d.\"{code}\"), '(\\\\?{_DAMAGE})', '.+', 'g')"
    return f'NOT regexp_matches(e."{code}", \'{_DAMAGE}\') AND regexp_full_match(e."{code}", {pattern})'
