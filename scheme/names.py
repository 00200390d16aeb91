"""Names of data sets: one function for the Dagster asset key, dbt relation and lineage name.

Lives here: ``DatasetName`` and the naming of each zone (design: Names).
Add here: a zone. Zones are DuckDB databases, so ``zone.schema.table`` is also the dbt relation.
Stays out: versions (a facet, never part of a name).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import Literal

Zone = Literal["delivery", "landing", "platform", "authorized", "product"]
IDENTIFIER = re.compile(r"[a-z][a-z0-9_]{0,62}")
_OWN = "suyuan:"  # scheme of lineage namespaces
ZONE_TITLES: dict[str, str] = {
    "delivery": "交付文件",
    "landing": "汇聚区",
    "platform": "一体化平台",
    "authorized": "授权子集",
    "product": "数据产品",
}


class NameRefusedError(ValueError):
    """A name is not lower-case letters, digits and underscores, or is too long."""


@dataclass(frozen=True, order=True)
class DatasetName:
    """``zone.schema.table``, without version."""

    zone: Zone
    schema: str
    table: str

    def __post_init__(self) -> None:
        for part in (self.schema, self.table):
            identifier(part)

    @property
    def asset_key(self) -> list[str]:
        """Path of the Dagster asset key."""
        return [self.zone, self.schema, self.table]

    @property
    def relation(self) -> str:
        """Quoted SQL relation."""
        return f'"{self.zone}"."{self.schema}"."{self.table}"'

    def __str__(self) -> str:
        return f"{self.zone}.{self.schema}.{self.table}"


def identifier(text: str) -> str:
    """Return ``text`` if it is a plain identifier.

    Raises:
        NameRefusedError: it is not; nothing else ever reaches SQL or a path.
    """
    if not IDENTIFIER.fullmatch(text):
        raise NameRefusedError(f"not a plain lower-case identifier: {text[:80]!r}")
    return text


def parse_name(text: str) -> DatasetName:
    """Read ``zone.schema.table``.

    Raises:
        NameRefusedError: wrong number of parts, unknown zone or bad identifier.
    """
    parts = text.split(".")
    if len(parts) != 3 or parts[0] not in ZONE_TITLES:
        raise NameRefusedError(f"not a data set name (zone.schema.table): {text[:120]!r}")
    return DatasetName(parts[0], parts[1], parts[2])  # type: ignore[arg-type]


def delivery_name(department: str, resource: str) -> DatasetName:
    """Delivered files of a resource: ``delivery.<department>.<resource>``."""
    return DatasetName("delivery", department, resource)


def landing_name(department: str, resource: str) -> DatasetName:
    """Landed rows: ``landing.<department>.landing__<department>__<resource>``."""
    return DatasetName("landing", department, f"landing__{department}__{resource}")


def staging_name(department: str, entity: str) -> DatasetName:
    """Standardised rows of one resource: ``platform.staging.stg_<department>__<entity>``."""
    return DatasetName("platform", "staging", f"stg_{department}__{entity}")


def reference_name(table: str) -> DatasetName:
    """Name of a reference register."""
    return DatasetName("platform", "reference", identifier(table))


def integrated_name(table: str) -> DatasetName:
    """An integrated base: ``platform.integrated.<table>``."""
    return DatasetName("platform", "integrated", table)


def authorized_name(grant: str, table: str) -> DatasetName:
    """One table of a grant's subset: ``authorized.<grant>.auth_<grant>__<table>``."""
    grant = grant.lower()
    return DatasetName("authorized", grant, f"auth_{grant}__{table}")


def product_name(grant: str, product: str) -> DatasetName:
    """A product made from a grant's subset: ``product.<grant>.<product>``."""
    return DatasetName("product", grant.lower(), product)


def lineage_namespace(district: str) -> str:
    """OpenLineage namespace of an installation: ``suyuan://<district>``."""
    return f"{_OWN}//{district}"


def is_own_namespace(namespace: str) -> bool:
    """Whether a lineage namespace is one of Suyuan's, of this district or another, however it is written."""
    return namespace.strip().lower().startswith(_OWN)
