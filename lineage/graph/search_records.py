"""Data sets found by the records around them: deliveries, grants, agreements, parties, releases, catalog codes.

Lives here: numbers and digests an auditor holds in hand → names of data sets and why.
Add here: another kind of record, in ``RECORDS``.
Stays out: names, columns and versions, which the graph itself knows (``lineage.graph.search``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import Any

from config.settings import settings
from registry.models import GrantRecord, Party, Release
from scheme.catalog_files import CatalogError, load_catalog
from scheme.names import authorized_name, delivery_name, landing_name, product_name
from warehouse import batches
from warehouse.batches import Batch


@dataclass(frozen=True)
class Question:
    """What was typed, and in small letters; ``digest``: the same if it can be the beginning of a sha256."""

    text: str
    folded: str
    digest: str


@dataclass(frozen=True)
class RecordHit:
    """A data set by its name of ours, ``""`` if it never came to one; ``why`` it was found, in words.

    ``link``: the page of a record that is about no data set, for whoever reads the hit.
    """

    kind: str
    name: str
    why: str
    title: str = ""
    link: str = ""


def by_batch(question: Question) -> Iterator[RecordHit]:
    """Find deliveries by batch id, file name or digest of the file; refused ones too."""
    for department, resource in batches.resources():
        for batch in reversed(batches.landed(department, resource)):
            kind = _batch_kind(batch, question)
            if kind:
                why = f"批次 {batch.batch_id}，交付文件 {batch.file_name}"
                yield RecordHit(kind, str(landing_name(department, resource)), why)
                yield RecordHit(kind, str(delivery_name(department, resource)), why)
    for batch in reversed(batches.refusals()):
        kind = _batch_kind(batch, question)
        if kind:
            why = f"批次 {batch.batch_id}未予接收，没有入库"
            yield RecordHit(kind, "", why, title=f"{batch.department}.{batch.resource}　{batch.file_name}")


def _batch_kind(batch: Batch, question: Question) -> str:
    if question.digest and (batch.file_sha256 or "").startswith(question.digest):
        return "文件内容摘要"
    if question.folded in batch.batch_id.lower():
        return "批次"
    return "文件" if question.folded in batch.file_name.lower() else ""


def by_grant(question: Question) -> Iterator[RecordHit]:
    """Find subsets and products by grant, agreement, scenario, party, USCC, evidence or digest of the document."""
    codes = dict(Party.objects.exclude(uscc="").values_list("name", "uscc"))
    for record in GrantRecord.objects.order_by("grant"):
        found = _grant_reason(record, question, codes)
        if found:
            kind, why = found
            grant = record.grant
            for product in record.document.get("products", []):
                yield RecordHit(kind, str(product_name(grant, product["product"])), f"授权 {grant}：{why}")
            for table in record.document["tables"]:
                yield RecordHit(kind, str(authorized_name(grant, table["table"])), f"授权 {grant}：{why}")


def _grant_reason(record: GrantRecord, question: Question, codes: dict[str, str]) -> tuple[str, str] | None:
    document = record.document
    if question.folded == record.grant.lower():
        return "授权编号", f"授权编号 {record.grant}"
    if question.digest and record.sha256.startswith(question.digest):
        return "授权文件摘要", "授权文件内容摘要"
    for kind, text in _grant_texts(document, codes):
        if question.folded in text.lower():
            return kind, f"{kind} {text}"
    return None


def _grant_texts(document: dict[str, Any], codes: dict[str, str]) -> Iterator[tuple[str, str]]:
    yield "授权运营协议", document["operation_agreement"]["number"]
    yield "授权开发协议", document["development_agreement"]["number"]
    parties = [document[key] for key in ("developer", "primary_operator", "bureau")]
    for party in parties:
        yield "统一社会信用代码", party.get("uscc") or codes.get(party["name"], "")
    evidence = [*document.get("evidence", []), *document.get("utility_consents", {}).values()]
    for each in evidence:
        yield "佐证材料", each["number"]
    yield "应用场景", document["scenario"]["name"]
    for party in parties:
        yield "主体名称", party["name"]


def by_release(question: Question) -> Iterator[RecordHit]:
    """Find products by name or by the digest of a version's content."""
    for release in Release.objects.select_related("grant").order_by("-made_at", "-pk"):
        name = str(product_name(release.grant.grant, release.product))
        if question.digest and release.content_sha256.startswith(question.digest):
            yield RecordHit("产品内容摘要", name, f"产品版本内容摘要 {release.content_sha256[:16]}…")
        elif question.folded in release.name.lower():
            yield RecordHit("数据产品", name, f"产品名称 {release.name}")


def by_catalog(question: Question) -> Iterator[RecordHit]:
    """Find deliveries and landed data by resource code, resource name or department."""
    try:
        catalog = load_catalog(settings().catalog)
    except CatalogError:
        return
    for entry in catalog.entries.values():
        department = catalog.departments[entry.department]
        for kind, text in (("资源代码", entry.code or ""), ("资源名称", entry.name), ("数源部门", department.name),
                           ("数源部门", department.short)):  # fmt: skip
            if text and question.folded in text.lower():
                yield RecordHit(kind, str(landing_name(entry.department, entry.resource)), f"{kind} {text}")
                yield RecordHit(kind, str(delivery_name(entry.department, entry.resource)), f"{kind} {text}")
                break


RECORDS = {"批次、交付文件": by_batch, "授权、协议、主体、佐证材料": by_grant, "数据产品": by_release,
           "资源目录": by_catalog}  # fmt: skip
"""What is searched → how."""
