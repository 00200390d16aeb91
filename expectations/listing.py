"""Failing rows of the rules that Great Expectations found failed, from the table it judged.

Lives here: the conditions over ``judged``, and writing the rows by reference.
Add here: nothing that decides: a rule is only listed after the verdict.
Stays out: reading what was written (``problem_rows``), the verdict (``evaluate``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Any

from expectations.rules import Rule
from expectations.workbench import REFERENCE
from warehouse import atomic, paths
from warehouse.engine import literal
from warehouse.versions import Version


def place(version: Version, basis: str) -> Path:
    """Return where the problem rows of a judgement are kept; with history each batch has its own."""
    return paths.problem_rows(version.name, version.version, basis, version.batches[-1] if version.is_history else "")


def can_list(connection: Any) -> bool:
    """Whether the judged rows have references (an integrated base's have none)."""
    names = {row[0] for row in connection.execute("DESCRIBE judged").fetchall()}
    return set(REFERENCE) <= names


def write(connection: Any, rules: list[Rule], path: Path) -> dict[str, int]:
    """Write (rule, _batch_id, _row_number) of every failing row, in this order, as Parquet; all or nothing.

    Returns rule → how many rows are listed.
    """
    listed = [f"SELECT {literal(r.rule)} AS rule, _batch_id, _row_number FROM judged AS this WHERE {_where(r)}"
              for r in rules]  # fmt: skip
    nothing = "SELECT '' AS rule, '' AS _batch_id, 0::BIGINT AS _row_number WHERE false"
    with atomic.new_file(path) as scratch:
        connection.execute(
            f"COPY (SELECT rule, _batch_id, _row_number FROM ({' UNION ALL '.join(listed) or nothing}) "
            f"ORDER BY rule, _batch_id, _row_number) TO {literal(scratch)} (FORMAT parquet, ROW_GROUP_SIZE 61440)"
        )
        found = connection.execute(f"SELECT rule, count(*) FROM read_parquet({literal(scratch)}) GROUP BY rule")
        counts = dict(found.fetchall())
    return {r.rule: counts.get(r.rule, 0) for r in rules}


def _where(rule: Rule) -> str:
    return f"({rule.failing}\n)" if rule.is_native else f'NOT "ok__{rule.rule}"'
