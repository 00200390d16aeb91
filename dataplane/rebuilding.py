"""Making a product again from the subset it was made of, to compare: nothing is published, nothing is kept.

Lives here: which product is made how from an open subset, and measuring the subset's tables anew.
Add here: another product that can be made again.
Stays out: which versions were recorded (lineage, by who asks), opening (``dataplane.opening``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING

from dataplane import elderly_care_report, verification
from dataplane.opening import open_kept
from scheme.bundle import Bundle
from scheme.names import authorized_name
from warehouse.grant_file import REFERENCE
from warehouse.versions import columns_of, content_hash

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True)
class Rebuilt:
    """What came of it: the product's content, and each table's version as measured and as the bundle states it."""

    content: str
    measured: dict[str, str]
    stated: dict[str, str]


def rebuild(grant: str, product: str, subset: str) -> Rebuilt:
    """Make a product again from the kept subset of this content.

    Raises:
        GrantRefusedError: the subset is not kept or not what the bureau signed.
        KeyError: no product of this name can be made again.
    """
    make = MAKERS[grant, product]
    with open_kept(grant, subset) as (bundle, connection):
        named = {str(authorized_name(grant, table)): table for table in bundle.tables}
        named |= {dataset: table for table, dataset in REFERENCE.items()}
        measured = {dataset: _version(connection, table) for dataset, table in named.items()}
        content = make(bundle, connection)
    stated = {str(authorized_name(grant, t)): held.version for t, held in bundle.tables.items()}
    return Rebuilt(content, measured, stated)


def _version(connection: duckdb.DuckDBPyConnection, table: str) -> str:
    relation = f'"{table}"'
    return content_hash(connection, relation, columns_of(connection, relation), [])[0]


def _report(bundle: Bundle, connection: duckdb.DuckDBPyConnection) -> str:
    tables, _ = elderly_care_report.tables_of(bundle, connection)
    return elderly_care_report.content_of(tables)


def _definition(bundle: Bundle, connection: duckdb.DuckDBPyConnection) -> str:
    """Data change daily, the questions do not: what was released is the definition."""
    return verification.definition(bundle.grant)


MAKERS: dict[tuple[str, str], Callable[[Bundle, duckdb.DuckDBPyConnection], str]] = {
    (elderly_care_report.GRANT, elderly_care_report.PRODUCT): _report,
    (verification.GRANT, verification.PRODUCT): _definition,
}
