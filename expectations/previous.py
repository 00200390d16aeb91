"""The batch before the one that is judged.

Lives here: which rows a batch is compared with: with history the batch before in the same version, else the rows of
the version written before from other batches.
Add here: another choice of what to compare with.
Stays out: comparing (``drift``, and rules that read ``previous``).
"""

from __future__ import annotations

from dataclasses import dataclass

from warehouse import batches, versions
from warehouse.engine import literal
from warehouse.versions import Version


@dataclass(frozen=True)
class Previous:
    """Rows to compare with, as SQL. ``columns``: those they have; ``name``: tells one choice from another."""

    sql: str
    columns: frozenset[str]
    name: str


def previous_of(version: Version) -> Previous | None:
    """Return what a version's last batch is compared with, or None if nothing came before it.

    Batches that were set aside are no yardstick.
    """
    if not version.batches:
        return None
    if version.is_history:
        return _batch_before(version)
    aside = batches.set_aside()
    for earlier in reversed(versions.written(version.name)):
        is_before = earlier.written_at <= version.written_at and earlier.version != version.version
        last = earlier.batches[-1] if earlier.batches else None
        if is_before and last and last not in version.batches[-1:] and last not in aside:
            return _whole(earlier)
    return None


def relation(version: Version) -> str:
    """Return SQL with the columns of ``this`` over the rows before; no rows if nothing came before."""
    found = previous_of(version)
    nothing = "SELECT * FROM this WHERE false"
    return f"{nothing} UNION ALL BY NAME {found.sql}" if found else nothing


def _batch_before(version: Version) -> Previous | None:
    if len(version.batches) < 2:
        return None
    batch = version.batches[-2]
    sql = f"SELECT * FROM read_parquet({literal(version.path)}) WHERE _batch_id = {literal(batch)}"
    return Previous(sql, frozenset(version.columns), batch)


def _whole(earlier: Version) -> Previous:
    sql = f"SELECT * FROM read_parquet({literal(earlier.path)})"
    return Previous(sql, frozenset(earlier.columns), earlier.version)
