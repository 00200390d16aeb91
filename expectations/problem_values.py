"""What stands in problem rows: the cells as they were delivered.

Lives here: the cells of one page of problem rows, in full or masked; the full list of a rule as one CSV file.
Add here: another form of the full list.
Stays out: who may see what (``portal``), which rows fail (``problem_rows``). In full this is raw data: only the
department itself may have it; anyone else reads the items that the rule is about, masked.
"""

from __future__ import annotations

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

from expectations.problem_rows import problem_file
from expectations.rules import Rule
from scheme.catalog import CatalogEntry, Item
from warehouse import atomic, batches, decisions
from warehouse.batches import Batch
from warehouse.engine import connect, literal
from warehouse.versions import Version

_BOM = "\ufeff".encode()
_FORMULA = "^[ ]*[=+@\t\r\n＝＋＠-]"
_GRADE_MASKED = 2


@dataclass(frozen=True)
class ProblemRow:
    """One problem row; ``cells`` in the order of the asked items, None where nothing was delivered."""

    batch: str
    row: int
    cells: list[str | None]


def concerned(entry: CatalogEntry, rule: Rule) -> list[Item]:
    """Return the items a rule is about: those its condition names, or its own."""
    words = set(re.findall(r"\w+", rule.failing))
    found = [i for i in entry.items if i.code == rule.item or i.code in words]
    return found or [i for i in entry.items if i.code in entry.key]


def cells(
    entry: CatalogEntry, refs: Sequence[tuple[str, int]], items: Sequence[Item], *, masked: bool
) -> list[ProblemRow]:
    """Return the cells of rows by reference (batch, row number), in the order of ``refs``."""
    found: dict[tuple[str, int], list[str | None]] = {}
    by_batch: dict[str, list[int]] = {}
    for batch, row in refs:
        by_batch.setdefault(batch, []).append(row)
    connection = connect()
    try:
        for batch in _known(entry, set(by_batch)):
            numbers = ", ".join(str(int(n)) for n in by_batch[batch.batch_id])  # constants: row groups are skipped
            sql = f"SELECT _row_number, {_columns(batch, items)} FROM ({_delivered(batch)}) "
            rows = connection.execute(f"{sql} WHERE _row_number IN ({numbers})").fetchall()
            found |= {(batch.batch_id, row[0]): list(row[1:]) for row in rows}
    finally:
        connection.close()
    nothing: list[str | None] = [None] * len(items)
    shown = [_masked if masked and _is_hidden(i) else _as_delivered for i in items]
    return [
        ProblemRow(b, r, [show(c, i) for c, i, show in zip(found.get((b, r), nothing), items, shown, strict=True)])
        for b, r in refs
    ]


def mask(cell: str | None, *, wholly: bool = False) -> str | None:
    """Return a cell of which only the first character and the length are left; of one character, or wholly, nothing."""
    if not cell:
        return cell
    return "＊" * len(cell) if wholly or len(cell) == 1 else cell[0] + "＊" * (len(cell) - 1)


def _is_hidden(item: Item) -> bool:
    return item.personal or item.grade is None or item.grade > _GRADE_MASKED


def _masked(cell: str | None, item: Item) -> str | None:
    """A code says all with its first character."""
    return mask(cell, wholly=bool(item.code_list))


def _as_delivered(cell: str | None, _: Item) -> str | None:
    return cell


def write_full_list(version: Version, entry: CatalogEntry, rule: str, path: Path, items: Sequence[Item]) -> int:
    """Write all problem rows of a rule as CSV with a byte order mark; return how many.

    ``items``: whose cells stand beside each reference; none for a list of references. A cell that an office program
    would run as a formula begins with an apostrophe. Written by the engine: a million rows take seconds.
    """
    listed = f"(SELECT _batch_id, _row_number FROM read_parquet({literal(problem_file(version, entry))}) "
    listed += f"WHERE rule = {literal(rule)})"
    names = ", ".join(f'{_safe(i)} AS "{i.name.replace(chr(34), "")}"' for i in items)
    with atomic.new_file(path) as scratch:
        connection = connect()
        try:
            rows = connection.execute(f"SELECT count(*) FROM {listed}").fetchall()[0][0]
            used = {r[0] for r in connection.execute(f"SELECT DISTINCT _batch_id FROM {listed}").fetchall()}
            source = " UNION ALL ".join(
                f"SELECT {literal(b.batch_id)} AS _batch_id, _row_number, {_columns(b, items)} FROM ({_delivered(b)})"
                for b in _known(entry, used)
            )
            joined = f"LEFT JOIN ({source}) AS d USING (_batch_id, _row_number)" if names and source else ""
            select = f'_batch_id AS "批次", _row_number AS "行号"' + (f", {names}" if joined else "")  # noqa: F541
            body = scratch.with_name(f"{scratch.name}.body")
            connection.execute(
                f"COPY (SELECT {select} FROM {listed} AS p {joined} ORDER BY 1, 2) TO {literal(body)} "
                "(FORMAT csv, HEADER true)"
            )
            _with_mark(body, scratch)
        finally:
            connection.close()
    return rows


def _with_mark(body: Path, target: Path) -> None:
    with target.open("wb") as out, body.open("rb") as text:
        out.write(_BOM)
        while chunk := text.read(1 << 20):
            out.write(chunk)
    body.unlink()


def _known(entry: CatalogEntry, wanted: set[str]) -> list[Batch]:
    return [b for b in batches.landed(entry.department, entry.resource) if b.batch_id in wanted]


def _delivered(batch: Batch) -> str:
    """SQL of the rows of a batch with their cells as delivered, those released from quarantine too."""
    cells = ", ".join(f'"{c}"' for c in batch.columns)
    sql = f"SELECT _row_number, {cells} FROM read_parquet({literal(batch.data)})"
    if decisions.file(batch).exists():
        released = f"read_parquet({literal(decisions.file(batch))}) WHERE decision <> {literal(decisions.REJECTED)}"
        sql += f" UNION ALL SELECT _row_number, {cells} FROM {released}"
    return sql


def _columns(batch: Batch, items: Sequence[Item]) -> str:
    return (
        ", ".join(
            f'CAST("{i.code}" AS VARCHAR) AS "{i.code}"' if i.code in batch.columns else f'NULL AS "{i.code}"'
            for i in items
        )
        or "NULL"
    )


def _safe(item: Item) -> str:
    cell = f'd."{item.code}"'
    return f"CASE WHEN regexp_matches({cell}, {literal(_FORMULA)}) THEN '''' || {cell} ELSE {cell} END"
