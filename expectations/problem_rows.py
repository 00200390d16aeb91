"""All problem rows by row reference, as the judgement kept them.

Lives here: reading them: how many a rule, a page of one rule, all of them. A judgement whose file is gone is listed
again from its version.
Add here: another way to read them.
Stays out: the verdict: a row is only listed for a rule that Great Expectations found failed (``listing``).
"""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from expectations import listing, workbench
from expectations.findings import basis_of, of_version
from expectations.rules import rules_of
from scheme.catalog import CatalogEntry
from warehouse.engine import connect, literal
from warehouse.versions import Version

if TYPE_CHECKING:
    import pyarrow as pa


def problem_rows(version: Version, entry: CatalogEntry, rule: str | None = None) -> pa.Table:
    """Return (rule, _batch_id, _row_number) of every problem row of the failed rules, or of one of them."""
    where = "WHERE rule = $rule" if rule else ""
    with _read(version, entry, f"SELECT * FROM {{rows}} {where}", {"rule": rule} if rule else {}) as found:
        return found.to_arrow_table()


def problem_counts(version: Version, entry: CatalogEntry) -> dict[str, int]:
    """Return rule → how many problem rows are listed."""
    with _read(version, entry, "SELECT rule, count(*) FROM {rows} GROUP BY rule ORDER BY rule") as found:
        return dict(found.fetchall())


def problem_page(
    version: Version, entry: CatalogEntry, rule: str, limit: int, offset: int = 0
) -> list[tuple[str, int]]:
    """Return (batch, row number) of up to ``limit`` problem rows of a rule from ``offset``, in order.

    Only these are read, whatever the length of the list.
    """
    sql = "SELECT _batch_id, _row_number FROM {rows} WHERE rule = $rule LIMIT $limit OFFSET $offset"
    with _read(version, entry, sql, {"rule": rule, "limit": limit, "offset": offset}) as found:
        return found.fetchall()


def problem_file(version: Version, entry: CatalogEntry) -> Path:
    """Return the Parquet file (rule, _batch_id, _row_number) of the latest judgement, in order of rule and row."""
    path = listing.place(version, basis_of(version) or "none")
    if not path.exists():
        _list_again(version, entry, path)
    return path


def _list_again(version: Version, entry: CatalogEntry, path: Path) -> None:
    failed = {o.rule for o in of_version(version) if o.state == "failed"}
    rules = [r for r in rules_of(entry) if r.rule in failed and r.failing]
    connection = connect()
    try:
        errors = workbench.prepare(connection, version, rules, whole=not entry.history) if rules else {}
        listing.write(connection, [r for r in rules if r.rule not in errors], path)
    finally:
        connection.close()


@contextmanager
def _read(version: Version, entry: CatalogEntry, sql: str, given: dict[str, Any] | None = None) -> Iterator[Any]:
    """The file is read in the order in which it was written."""
    rows = f"read_parquet({literal(problem_file(version, entry))})"
    connection = connect()
    try:
        yield connection.execute(sql.format(rows=rows), given or {})
    finally:
        connection.close()
