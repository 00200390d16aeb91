"""Which batches of a version are at fault when it cannot be promoted.

Lives here: from the listed problem rows of the rules that block, the batches they came with.
Add here: another way to tell.
Stays out: setting them aside (``orchestration.pipeline.promotion``), the verdict (``evaluate``).
"""

from __future__ import annotations

from collections.abc import Collection

from expectations.evaluate import limit_of
from expectations.problem_rows import problem_file
from expectations.rules import rules_of
from scheme.catalog import CatalogEntry
from scheme.protocols import RuleOutcome
from warehouse.engine import connect, literal
from warehouse.versions import Version


def batches_at_fault(
    version: Version, entry: CatalogEntry, outcomes: list[RuleOutcome], candidates: Collection[str]
) -> list[str]:
    """Return those of ``candidates``, batches of the version, for which it cannot be promoted.

    Of each blocking rule the batches whose own share of problem rows is above the rule's limit; if none is, the one
    with most of them. A rule without rows of its own (an empty table) is the newest candidate's fault.
    """
    blocking = {o.rule for o in outcomes if o.state == "failed" and o.blocks}
    rules = {r.rule: r for r in rules_of(entry) if r.rule in blocking}
    if len(candidates) < 2 or version.is_history or blocking - set(rules):
        return list(candidates)[-1:]
    found: set[str] = set()
    shares = _shares(version, entry)
    for rule in rules.values():
        of = {b: s for (r, b), s in shares.items() if r == rule.rule and b in candidates}
        above = {b for b, (_, share) in of.items() if share > limit_of(rule)}
        found |= above or {b for b in of if of[b] == max(of.values())}
    return [b for b in candidates if b in found]


def _shares(version: Version, entry: CatalogEntry) -> dict[tuple[str, str], tuple[int, float]]:
    """Return (rule, batch) → problem rows, and their share of the batch's rows in the version."""
    rows = f"SELECT _batch_id, count(*) AS total FROM read_parquet({literal(version.path)}) GROUP BY ALL"
    listed = f"read_parquet({literal(problem_file(version, entry))})"
    connection = connect()
    try:
        found = connection.execute(
            f"SELECT rule, _batch_id, count(*), count(*) / any_value(r.total) FROM {listed} JOIN ({rows}) AS r "
            "USING (_batch_id) GROUP BY ALL"
        ).fetchall()
    finally:
        connection.close()
    return {(rule, batch): (count, share) for rule, batch, count, share in found}
