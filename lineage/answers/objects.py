"""What an act of the ledger was about, as data sets of lineage.

Lives here: object of an audit event → names of data sets; a data set → the objects that are about it.
Add here: a kind of object.
Stays out: acts (``lineage.answers.acts``). Orders and objections belong to another room: their pages name the data.
"""

from __future__ import annotations

from typing import Any

from config.settings import settings
from registry.models import GrantRecord, Handover, Release, UtilityConsent
from scheme.catalog_files import load_catalog
from scheme.grant import Grant
from scheme.names import ZONE_TITLES, authorized_name, delivery_name, landing_name, product_name, staging_name


def datasets_of(on: str, detail: dict[str, Any]) -> list[str]:
    """Return the data sets an act was about, by its object ``kind:key`` and detail; none for other kinds."""
    kind, _, key = on.partition(":")
    if kind == "dataset" or on.split(".")[0] in ZONE_TITLES:
        return [str(detail.get("node") or on)]
    reading = {"grant": _granted, "consent": _consented, "release": _released, "handover": _handed_over}.get(kind)
    if reading:
        return reading(key)
    if kind in ("resource", "catalog"):
        return _of_resource(key)
    return []


def _granted(grant: str) -> list[str]:
    record = GrantRecord.objects.filter(grant=grant).first()
    if record is None:
        return []
    document = Grant.model_validate(record.document)
    return [str(authorized_name(grant, t.table)) for t in document.tables]


def _consented(pk: str) -> list[str]:
    consent = UtilityConsent.objects.select_related("grant").filter(pk=_number(pk)).first()
    return _granted(consent.grant.grant) if consent else []


def _released(pk: str) -> list[str]:
    release = Release.objects.select_related("grant").filter(pk=_number(pk)).first()
    return [str(product_name(release.grant.grant, release.product))] if release else []


def _handed_over(pk: str) -> list[str]:
    found = Handover.objects.filter(pk=_number(pk)).first()
    return [str(delivery_name(found.department, found.resource))] if found else []


def _of_resource(resource: str) -> list[str]:
    entry = load_catalog(settings().catalog).entries.get(resource)
    if entry is None:
        return []
    names = (
        delivery_name(entry.department, entry.resource), landing_name(entry.department, entry.resource),
        staging_name(entry.department, entry.stem),
    )  # fmt: skip
    return [str(n) for n in names]


def _number(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 18 else -1
