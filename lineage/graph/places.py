"""Where a data set belongs: zone, provider, grant, as its name says.

Lives here: ``Place`` of a data set, from its name alone.
Add here: another thing a name tells.
Stays out: what the catalog of resources says of it (``scheme.catalog``).
"""

from __future__ import annotations

from dataclasses import dataclass

from config.settings import settings
from scheme.catalog_files import CatalogError, load_catalog
from scheme.names import ZONE_TITLES, lineage_namespace

FOREIGN = "foreign"
OUTSIDE = "平台外"
_LAYERS = {"staging": "标准化数据", "integrated": "融合数据", "reference": "参照数据"}


@dataclass(frozen=True)
class Place:
    """Zone and provider of a data set; ``grant``: id in capitals, of a subset or product."""

    zone: str
    zone_title: str
    provider: str
    provider_title: str
    grant: str = ""


class Places:
    """Reads many names; the departments are looked up once."""

    def __init__(self) -> None:
        self._own = lineage_namespace(settings().district)
        try:
            departments = load_catalog(settings().catalog).departments
            self._departments = {code: d.short for code, d in departments.items()}
        except CatalogError:  # the catalog says elsewhere what is wrong with it; lineage is read without it
            self._departments = {}

    def __call__(self, namespace: str, name: str) -> Place:
        """Return where a data set belongs."""
        zone, _, rest = name.partition(".")
        if namespace != self._own or zone not in ZONE_TITLES:
            return Place(FOREIGN, OUTSIDE, f"@{namespace}", namespace)
        schema, _, table = rest.partition(".")
        title = str(ZONE_TITLES[zone])
        if zone == "platform":
            title = f"{title}·{_LAYERS.get(schema, schema)}"
        if zone in ("authorized", "product"):
            grant = schema.upper()
            return Place(zone, title, f"grant:{grant}", f"授权 {grant}", grant)
        code = schema if zone != "platform" else table.removeprefix("stg_").partition("__")[0]
        if zone == "platform" and schema != "staging":
            return Place(zone, title, f"{zone}.{schema}", _LAYERS.get(schema, schema))
        return Place(zone, title, code, self._departments.get(code, code))
