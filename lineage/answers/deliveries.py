"""Delivered files behind a data set: the batches of a resource, who handed them over, who received them.

Lives here: batches as lineage recorded them, with the department's own acts beside them.
Add here: another fact about a delivery that an auditor asks for.
Stays out: the ledger of batches itself (``warehouse.batches``), rows of a batch.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from datetime import datetime

from config import clock
from config.settings import settings
from lineage.answers import words
from lineage.answers.chain import Chain, resource_of
from lineage.answers.handovers import handed_over
from lineage.answers.persons import Persons, Step
from lineage.graph.stated_facets import StatedFacets
from lineage.graph.view import View
from lineage.models import Mention, microseconds, moment
from scheme.catalog import CatalogEntry
from scheme.catalog_files import load_catalog
from scheme.names import staging_name
from warehouse import batches, versions
from warehouse.batches import Batch

LATEST = 60  # batches of one resource that an answer lists
_FACET = "suyuan_delivery"


@dataclass(frozen=True)
class BatchFact:
    """One delivered file and the row batch it became; ``is_in_use``: None where no version tells.

    ``delivered_by``: in the words of the ledger of batches; ``handed_over``: the acts in the portal, if it came so, on
    the ``handover`` of that number; ``schema_version``: of the catalog entry it was read by.
    """

    batch_id: str
    file_name: str
    sha256: str
    encoding: str
    rows_declared: int | None
    rows_landed: int | None
    rows_quarantined: int | None
    receiver: str
    landed_at: datetime
    is_in_use: bool | None
    delivered_by: str = ""
    handed_over: list[Step] = field(default_factory=list)
    handover: int | None = None
    schema_version: int | None = None

    @property
    def receiver_title(self) -> str:
        """How it was received, in words."""
        return words.receiver(self.receiver)

    @property
    def encoding_title(self) -> str:
        """Its encoding, in words."""
        return words.encoding(self.encoding)

    @property
    def schema_title(self) -> str:
        """The version of the catalog entry it was read by, in words."""
        return words.schema_version(self.schema_version)


@dataclass(frozen=True)
class Delivery:
    """A resource of a department that a data set comes from; ``batches``: newest first, ``left_out`` more."""

    dataset: str
    department: str
    department_name: str
    resource: str
    title: str
    columns: list[str]
    batches: list[BatchFact]
    left_out: int = 0


def deliveries(chain: Chain, persons: Persons) -> list[Delivery]:
    """Return the deliveries a walk upstream ended at; without batches where the viewer sees no files."""
    catalog, found = load_catalog(settings().catalog), []
    for node in chain.nodes:
        of = resource_of(node.name)
        if of is None:
            continue
        department = catalog.departments.get(of[0])
        entry = catalog.entries.get(".".join(of))
        landed, left_out = _batches(chain, node.name, entry, persons) if chain.who.sees_files else ([], 0)
        found.append(
            Delivery(
                node.name,
                of[0],
                department.name if department else of[0],
                ".".join(of),
                entry.name if entry else node.title,
                node.columns,
                landed,
                left_out,
            )
        )
    return found


def left_out(found: list[Delivery]) -> list[str]:
    """Say of each delivery how many of its batches are not listed."""
    return [f"{d.dataset} has {d.left_out} older batches that are not listed" for d in found if d.left_out]


def batches_in_use(view: View, entry: CatalogEntry) -> list[str] | None:
    """Return the batches in the version of a resource's standardised rows that was current, None if unknown."""
    name = staging_name(entry.department, entry.stem)
    found = view.find(str(name))
    if found is None:
        return None
    stated = view.facets(found, "suyuan_promotion").get("suyuan_promotion", {})
    statement = view.statement(found)
    current = stated.get("version") if stated.get("promoted") else None
    text = current or (statement.version if statement else "")
    version = versions.find(name, text) if isinstance(text, str) and _is_digest(text) else None
    return version.batches if version else None


def _batches(chain: Chain, name: str, entry: CatalogEntry | None, persons: Persons) -> tuple[list[BatchFact], int]:
    mentions = Mention.objects.filter(
        dataset_id=chain.number(name), facets__contains=_FACET, event_us__lte=microseconds(chain.view.at),
        seq__lte=chain.view.seq,
    )  # fmt: skip
    in_use = batches_in_use(chain.view, entry) if entry else None
    ledger = {b.batch_id: b for b in batches.landed(entry.department, entry.resource)} if entry else {}
    found: dict[str, BatchFact] = {}
    for mention in mentions.order_by("-event_us", "-seq")[:LATEST]:
        stated = StatedFacets(mentions.filter(pk=mention.pk)).contents(_FACET).get(_FACET, {})
        fact = _fact(stated, moment(mention.event_us), in_use)
        if fact.batch_id and fact.batch_id not in found:
            found[fact.batch_id] = _with_ledger(_brought(fact, entry, chain, persons), ledger.get(fact.batch_id))
    return list(found.values()), max(0, mentions.count() - LATEST)


def _brought(fact: BatchFact, entry: CatalogEntry | None, chain: Chain, persons: Persons) -> BatchFact:
    """Return a batch with the clerk's and the head's act on its very file, if it came through the portal."""
    until = chain.asked.until
    of = handed_over(fact.sha256, entry.department, entry.resource, until, persons) if entry else None
    return replace(fact, handed_over=of.steps, handover=of.pk) if of else fact


def _with_ledger(fact: BatchFact, batch: Batch | None) -> BatchFact:
    """Return a batch with what only the ledger of batches tells; events of old tell no version of the catalog."""
    if batch is None:
        return fact
    return replace(fact, delivered_by=batch.delivered_by, schema_version=fact.schema_version or batch.schema_version)


def _fact(stated: dict[str, object], at: datetime, in_use: list[str] | None) -> BatchFact:
    batch = _text(stated, "batchId")
    return BatchFact(
        batch, _text(stated, "fileName"), _text(stated, "sha256"), _text(stated, "encoding"),
        _count(stated, "rowsDeclared"), _count(stated, "rowsLanded"), _count(stated, "rowsQuarantined"),
        _text(stated, "receiver"), at.astimezone(clock.SHANGHAI), None if in_use is None else batch in in_use,
        schema_version=_count(stated, "schemaVersion"),
    )  # fmt: skip


def _text(stated: dict[str, object], key: str) -> str:
    found = stated.get(key)
    return found if isinstance(found, str) else ""


def _count(stated: dict[str, object], key: str) -> int | None:
    found = stated.get(key)
    return found if isinstance(found, int) and not isinstance(found, bool) and found >= 0 else None


def _is_digest(text: str) -> bool:
    return len(text) == 64 and all(c in "0123456789abcdef" for c in text)
