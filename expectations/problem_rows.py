"""All problem rows by row reference.

Lives here: one scan compiled from the same conditions that Great Expectations judged.
Stays out: the verdict: a row is only listed for a rule that Great Expectations found failed.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from expectations import workbench
from expectations.findings import of_version
from expectations.rules import rules_of
from scheme.catalog import CatalogEntry
from warehouse.engine import connect
from warehouse.versions import Version

if TYPE_CHECKING:
    import pyarrow as pa


def problem_rows(version: Version, entry: CatalogEntry, rule: str | None = None) -> pa.Table:
    """Return (rule, _batch_id, _row_number) of every problem row of the failed rules, or of one of them."""
    failed = {o.rule for o in of_version(version) if o.state == "failed"}
    rules = [r for r in rules_of(entry) if r.rule in failed and rule in (None, r.rule)]
    connection = connect()
    try:
        connection.execute(workbench.macros())
        workbench.build(connection, version, workbench.judged_with(rules), whole=not entry.history)
        return connection.execute(_union(rules)).to_arrow_table()
    finally:
        connection.close()


def write_problem_rows(version: Version, entry: CatalogEntry, path: Path) -> int:
    """Write all problem rows as Parquet; return how many."""
    import pyarrow.parquet as pq

    table = problem_rows(version, entry)
    path.parent.mkdir(parents=True, exist_ok=True)
    pq.write_table(table, path)
    return table.num_rows


def _union(rules: list) -> str:
    nothing = "SELECT '' AS rule, '' AS _batch_id, 0::BIGINT AS _row_number WHERE false"
    if not rules:
        return nothing
    flags = ", ".join(f'({r.failing}) AS "{r.rule}"' for r in rules)
    listed = ", ".join(f"CASE WHEN \"{r.rule}\" THEN '{r.rule}' END" for r in rules)
    return (
        f"WITH flagged AS (SELECT _batch_id, _row_number, {flags} FROM this) "
        f"SELECT rule, _batch_id, _row_number FROM (SELECT unnest([{listed}]) AS rule, _batch_id, _row_number "
        "FROM flagged) WHERE rule IS NOT NULL ORDER BY rule, _batch_id, _row_number"
    )
