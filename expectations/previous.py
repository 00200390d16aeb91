"""The batch before, with which the judged one is compared.

Lives here: which batch that is. With history the batches are in one version, else each is in a version of its own.
Add here: another choice of what to compare with.
Stays out: comparing (``drift``, and rules that read ``previous``).

A batch that failed a comparison is no yardstick: else a wrong unit that comes a second time would pass, and the batch
that puts it right would fail. It becomes one when the bureau accepts the change (异议成立, 已撤销), and at once if the
rule only gives a hint (提示), which nobody answers.
"""

from __future__ import annotations

from dataclasses import dataclass

from scheme.catalog import CatalogEntry
from scheme.names import staging_name
from warehouse import batches, versions
from warehouse.engine import literal
from warehouse.versions import Version

COMPARES = "_drift"
"""How the ids of rules on changes between batches end."""

ACCEPTED = ("异议成立", "已撤销")
"""States of an order by which the bureau accepts the change."""


@dataclass(frozen=True)
class Previous:
    """Rows to compare with, as SQL. ``columns``: those they have."""

    batch: str
    sql: str
    columns: frozenset[str]


def previous_of(version: Version) -> Previous | None:
    """Return what a version's last batch is compared with, or None if nothing came before it."""
    found = _batches_before(version) if version.is_history else _versions_before(version)
    if len(found) > 1:
        failed = _failed(version, [p.batch for p in found])
        found = [p for p in found if p.batch not in failed] or found
    return found[0] if found else None


def relation(version: Version) -> str:
    """Return SQL with the columns of ``this`` over the rows before; no rows if nothing came before."""
    found = previous_of(version)
    nothing = "SELECT * FROM this WHERE false"
    return f"{nothing} UNION ALL BY NAME {found.sql}" if found else nothing


def _batches_before(version: Version) -> list[Previous]:
    """Return the batches of one version but its last, newest first."""
    rows = f"SELECT * FROM read_parquet({literal(version.path)}) WHERE _batch_id = "
    return [Previous(b, rows + literal(b), frozenset(version.columns)) for b in reversed(version.batches[:-1])]


def _versions_before(version: Version) -> list[Previous]:
    """Return the versions of earlier batches, newest first, of each batch the one written last; none set aside."""
    aside, found = batches.set_aside(), {}
    for earlier in reversed(versions.written(version.name)):
        last = earlier.batches[-1] if earlier.batches else ""
        is_before = earlier.written_at <= version.written_at and last not in version.batches[-1:]
        if last and is_before and last not in aside and last not in found:
            sql = f"SELECT * FROM read_parquet({literal(earlier.path)})"
            found[last] = Previous(last, sql, frozenset(earlier.columns))
    return list(found.values())


def _failed(version: Version, candidates: list[str]) -> set[str]:
    """Return the batches that failed a comparison which somebody has to answer, and was not accepted."""
    from expectations.judgements import failures
    from expectations.models import Order

    entry = _entry(version)
    comparing = _comparing(entry) if entry else set()
    orders = Order.objects.filter(dataset=version.dataset, state__in=ACCEPTED).order_by("last_batch")
    accepted = dict(orders.values_list("rule", "last_batch"))
    return {
        batch
        for batch, rule in failures(version.dataset)
        if batch in candidates
        if (rule in comparing or rule.endswith(COMPARES)) and batch > accepted.get(rule, "")
    }


def _comparing(entry: CatalogEntry) -> set[str]:
    from expectations.rules import rules_of

    return {r.rule for r in rules_of(entry) if r.reads_previous}


def _entry(version: Version) -> CatalogEntry | None:
    from config.settings import settings
    from scheme.catalog_files import load_catalog

    entries = load_catalog(settings().catalog).entries.values()
    return next((e for e in entries if str(staging_name(e.department, e.stem)) == version.dataset), None)
