"""The resource catalog as DCAT-AP（JSON-LD）.

Lives here: entry → dcat:Dataset, with a context of its own, so that a reader needs no network.
Add here: another property of the profile.
Stays out: what an entry means (``scheme.catalog``), writing the file.

Source: DCAT-AP 3.0; items as CSVW columns; grades, sharing and operation keep the Chinese wording of the compile
guide as literals. Foreign samples are not the district's and are left out.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from scheme.catalog import Catalog, CatalogEntry, Department, Item, UpdateCycle

_FREQUENCY = "http://publications.europa.eu/resource/authority/frequency/"
_RIGHTS = "http://publications.europa.eu/resource/authority/access-right/"
_CYCLES = {
    UpdateCycle.realtime: "UPDATE_CONT", UpdateCycle.daily: "DAILY", UpdateCycle.weekly: "WEEKLY",
    UpdateCycle.monthly: "MONTHLY", UpdateCycle.bimonthly: "BIMONTHLY", UpdateCycle.quarterly: "QUARTERLY",
    UpdateCycle.yearly: "ANNUAL", UpdateCycle.irregular: "IRREG",
}  # fmt: skip
_OPENING = {"无条件开放": "PUBLIC", "有条件开放": "RESTRICTED", "不予开放": "NON_PUBLIC"}
_TYPES = {"C": "string", "N": "decimal", "I": "integer", "D": "date", "T": "dateTime", "L": "boolean"}
_MEDIA = {
    "csv": "text/csv", "json": "application/json", "parquet": "application/vnd.apache.parquet",
    "xls": "application/vnd.ms-excel",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}  # fmt: skip
_CONTEXT: dict[str, Any] = {
    "dcat": "http://www.w3.org/ns/dcat#", "dct": "http://purl.org/dc/terms/", "foaf": "http://xmlns.com/foaf/0.1/",
    "csvw": "http://www.w3.org/ns/csvw#", "xsd": "http://www.w3.org/2001/XMLSchema#",
    "owl": "http://www.w3.org/2002/07/owl#",
    "suyuan": "https://github.com/suyuan/suyuan/catalog#",
}  # fmt: skip


def catalog_document(catalog: Catalog, district: str, today: date) -> dict[str, Any]:
    """Return the district's own catalog as one JSON-LD document."""
    own = [e for e in catalog.entries.values() if catalog.departments[e.department].counts]
    root = f"suyuan://{district}/catalog"
    return {
        "@context": _CONTEXT,
        "@id": root,
        "@type": "dcat:Catalog",
        "dct:title": _chinese("公共数据资源目录"),
        "dct:description": _chinese("区公共数据资源目录，由数源部门编制、区大数据主管部门审核发布。"),
        "dct:publisher": {"@id": f"{root}#bureau", "@type": "foaf:Agent", "foaf:name": _chinese("区大数据主管部门")},
        "dct:modified": {"@value": today.isoformat(), "@type": "xsd:date"},
        "dcat:dataset": [_dataset(e, catalog.departments[e.department], root) for e in own],
    }


def _dataset(entry: CatalogEntry, department: Department, root: str) -> dict[str, Any]:
    return {
        "@id": f"{root}/{entry.department}/{entry.resource}",
        "@type": "dcat:Dataset",
        "dct:identifier": entry.code,
        "dct:title": _chinese(entry.name),
        "dct:description": _chinese(entry.abstract),
        "dct:publisher": {
            "@id": f"{root}#{department.code}", "@type": "foaf:Agent", "foaf:name": _chinese(department.name),
        },
        "dct:accrualPeriodicity": {"@id": _FREQUENCY + _CYCLES[entry.update_cycle]},
        "dct:accessRights": {"@id": _RIGHTS + _OPENING[entry.opening]},
        "dct:language": {"@id": "http://publications.europa.eu/resource/authority/language/ZHO"},
        "owl:versionInfo": str(entry.version),
        **_published(entry, root),
        "suyuan:sharing": entry.sharing,
        "suyuan:sharingMethod": entry.sharing_method,
        **({"suyuan:sharingCondition": entry.sharing_condition} if entry.sharing_condition else {}),
        "suyuan:operation": entry.operation,
        "suyuan:obtainedBy": entry.obtained_by,
        "suyuan:grade": entry.grade if entry.grade is not None else "未定级",
        "dcat:distribution": [_distribution(entry, kind, root) for kind in entry.delivery.formats],
        "csvw:column": {"@list": [_column(item, entry, root) for item in entry.items]},
    }  # fmt: skip


def _published(entry: CatalogEntry, root: str) -> dict[str, Any]:
    found: dict[str, Any] = {}
    if entry.published_on:
        found["dct:issued"] = {"@value": entry.published_on.isoformat(), "@type": "xsd:date"}
    if entry.related:
        found["dct:relation"] = [{"@id": f"{root}/{r.replace('.', '/')}"} for r in entry.related]
    return found


def _distribution(entry: CatalogEntry, kind: str, root: str) -> dict[str, Any]:
    return {
        "@id": f"{root}/{entry.department}/{entry.resource}#{kind}",
        "@type": "dcat:Distribution",
        "dcat:mediaType": {"@id": f"https://www.iana.org/assignments/media-types/{_MEDIA[kind]}"},
        "dcat:accessURL": {"@id": f"{root}/{entry.department}/{entry.resource}"},
    }


def _column(item: Item, entry: CatalogEntry, root: str) -> dict[str, Any]:
    return {
        "@id": f"{root}/{entry.department}/{entry.resource}#{item.code}",
        "@type": "csvw:Column",
        "csvw:name": item.code,
        "csvw:title": _chinese(item.name),
        "csvw:datatype": _TYPES[item.type.value],
        "csvw:required": item.required,
        **({"suyuan:grade": item.grade} if item.grade else {}),
    }


def _chinese(text: str) -> dict[str, str]:
    return {"@value": text, "@language": "zh"}
