"""Documents of data sets and of their versions.

Lives here: ``Dataset`` and ``DatasetVersion`` as Marquez's interface describes them, for one and for many.
Add here: another field of either.
Stays out: which data sets are asked for (``lineage.marquez.listing``), runs (``lineage.marquez.runs``).

Source: MarquezProject/marquez, spec/openapi.yml, schemas Dataset and DatasetVersion; web/src/types/api.ts.
"""

from __future__ import annotations

from typing import Any

from django.db.models import OuterRef, Q, Subquery

from lineage.events import facet_reading
from lineage.graph.stated_facets import StatedFacets
from lineage.marquez import runs, stamps
from lineage.marquez.contents import chunks, latest
from lineage.marquez.reader import Facets, Reader, UnknownError
from lineage.models import WHOLE, Dataset, Event, Mention, Statement
from lineage.shown_facets import word

TABLE = "DB_TABLE"
Document = dict[str, Any]


def of_ids(reader: Reader, datasets: list[int]) -> dict[int, Document]:
    """Return the short documents of many data sets, as nodes of a graph carry them."""
    schemas, changes = (latest(reader, datasets, facet) for facet in ("schema", "lifecycleStateChange"))
    found: dict[int, Document] = {}
    for some in chunks(datasets):
        for row in _with_times(reader, Dataset.objects.filter(id__in=some)):
            schema = {"schema": schemas[row.id]} if row.id in schemas else {}
            change = facet_reading.text(changes.get(row.id, {}).get("lifecycleStateChange"))
            found[row.id] = _short(reader, row, schema, change)
    return found


def full(reader: Reader, ids: list[int]) -> list[Document]:
    """Return the documents of data sets, in the order of the ids."""
    found: dict[int, Document] = {}
    for some in chunks(ids):
        found |= {row.id: _full(reader, row) for row in _with_times(reader, Dataset.objects.filter(id__in=some))}
    return [found[i] for i in ids]


def one(reader: Reader, namespace: str, name: str) -> Document:
    """Return the document of one data set.

    Raises:
        UnknownError: no such data set is known or seen.
    """
    return full(reader, [reader.dataset(namespace, name)])[0]


def versions(reader: Reader, dataset: int, limit: int, offset: int) -> tuple[list[Document], int]:
    """Return the versions written of a data set, newest first, and how many there are."""
    reader.tells_history()
    if not reader.tells_versions(dataset):
        return [], 0
    rows = _statements(reader, dataset)
    page = list(rows.order_by("-event_us", "-seq", "-id").select_related("run")[offset : offset + limit])
    made = runs.of_rows(reader, [s.run for s in page if s.run])
    return [_version(reader, dataset, s, made) for s in page], rows.count()


def version(reader: Reader, dataset: int, text: str) -> Document:
    """Return one version of a data set, by its UUID here or by the version its producer stated.

    Raises:
        UnknownError: no such version is known, or the caller may read none of this data set.
    """
    if not reader.tells_versions(dataset):
        raise UnknownError("version")
    seq = stamps.sequence_of(text, reader.view.namespace(dataset), reader.view.name(dataset))
    rows = _statements(reader, dataset)
    rows = rows.filter(version=text, version__gt="") if seq is None else rows.filter(seq=seq)
    found = rows.order_by("-event_us", "-seq", "-id").select_related("run").first()
    if found is None:
        raise UnknownError("version")
    return _version(reader, dataset, found, runs.of_rows(reader, [found.run] if found.run else []))


def column_lineage(reader: Reader, dataset: int) -> list[Document]:
    """Return the columns of a data set with the columns each was made of, those that are seen."""
    fields: dict[str, list[Document]] = {}
    view = reader.view
    for edge in view.edges_into(dataset):
        if edge.column != WHOLE and reader.seen([edge.input]):
            source = {
                "namespace": view.namespace(edge.input), "dataset": view.name(edge.input),
                "field": edge.input_column, **transformation(reader, edge.type, edge.subtype, edge.masking,
                                                             edge.description),
            }  # fmt: skip
            fields.setdefault(edge.column, []).append(source)
    return [
        {"name": name, "inputFields": sources, **{k: sources[0][k] for k in _TRANSFORMATION}}
        for name, sources in fields.items()
    ]


_TRANSFORMATION = ("transformationDescription", "transformationType")


def transformation(reader: Reader, kind: str, subtype: str, masking: bool | None, text: str) -> Document:
    """Return how a column depends on another: Marquez's two fields, with type, subtype and masking in them.

    Where SQL text is hidden the producer's description, which often is an expression, is hidden too.
    """
    shown = text if reader.sees_sql else ""
    masked = {True: "masked", False: "not masked", None: "masking unknown"}[masking]
    told = f"{masked}: {shown}" if shown else masked
    way = (kind, subtype if reader.sees_sql else word(subtype))
    return {"transformationDescription": told, "transformationType": ":".join(p for p in way if p)}


def fields(schema: Facets) -> list[Document]:
    """Return the columns of facets with a schema."""
    named = facet_reading.schema_fields(schema) or []
    return [{"name": n, "type": t or None, "tags": [], "description": d or None} for n, t, d in named]


def _with_times(reader: Reader, rows: Any) -> Any:
    of = reader.mentions(dataset=OuterRef("id"))
    return rows.annotate(
        first_us=Subquery(of.order_by("event_us", "seq").values("event_us")[:1]),
        last_us=Subquery(of.order_by("-event_us", "-seq").values("event_us")[:1]),
        named_us=Subquery(Event.objects.filter(seq=OuterRef("first_seq")).values("event_us")),
        written_us=Subquery(_written(reader, OuterRef("id")).values("event_us")[:1]),
        written=Subquery(_written(reader, OuterRef("id")).values("seq")[:1]),
    )


def _written(reader: Reader, dataset: Any) -> Any:
    return _statements(reader, dataset).order_by("-event_us", "-seq", "-id")


def _statements(reader: Reader, dataset: Any) -> Any:
    return Statement.objects.filter(dataset=dataset, event_us__lte=reader.at_us, seq__lte=reader.view.seq)


def _short(reader: Reader, row: Any, schema: Facets, change: str) -> Document:
    is_known = reader.knows(row.id)
    first = row.named_us if row.first_us is None else row.first_us
    last = first if row.last_us is None else row.last_us
    return {
        "id": {"namespace": row.namespace, "name": row.name},
        "type": TABLE,
        "name": row.name,
        "physicalName": row.name,
        "createdAt": stamps.iso(first) if is_known else None,
        "updatedAt": stamps.iso(last) if is_known else None,
        "namespace": row.namespace,
        "sourceName": row.namespace,
        "fields": fields(schema),
        "tags": [],
        "lastModifiedAt": stamps.iso(row.written_us) if is_known else None,
        "lastLifecycleState": change if is_known else "",
        "description": row.title or None,
    }


def _full(reader: Reader, row: Any) -> Document:
    stated = reader.dataset_facets(reader.view.facets(row.id), row.id)
    change = facet_reading.text(stated.get("lifecycleStateChange", {}).get("lifecycleStateChange"))
    current = row.written if reader.tells_versions(row.id) else None
    return {
        **_short(reader, row, stated, change),
        "tags": _tags(stated),
        "currentVersion": stamps.version_id(row.namespace, row.name, current) if current else None,
        "columnLineage": column_lineage(reader, row.id),
        "facets": stated,
        "deleted": reader.knows(row.id) and reader.view.gone_at(row.id) is not None,
    }


def _tags(stated: Facets) -> list[str]:
    tags = facet_reading.sequence(facet_reading.mapping(stated.get("tags")).get("tags"))
    return sorted({key for tag in tags if (key := facet_reading.text(facet_reading.mapping(tag).get("key")))})


def _version(reader: Reader, dataset: int, statement: Statement, made: dict[int, Document]) -> Document:
    namespace, name = reader.view.namespace(dataset), reader.view.name(dataset)
    version_id = stamps.version_id(namespace, name, statement.seq)
    own = Q(dataset=dataset, event_us=statement.event_us, seq=statement.seq)
    if statement.run_id:
        own |= Q(run=statement.run_id, dataset=dataset) & ~Q(part=Mention.Part.INPUT)
    stated = StatedFacets(Mention.objects.filter(own)).contents()
    before = reader.mentions(dataset=dataset).filter(event_us__lte=statement.event_us)
    schema = stated if "schema" in stated else StatedFacets(before).contents("schema")
    shown = reader.dataset_facets(stated, dataset)
    change = facet_reading.text(shown.get("lifecycleStateChange", {}).get("lifecycleStateChange"))
    return {
        "id": {"namespace": namespace, "name": name, "version": version_id},
        "type": TABLE,
        "name": name,
        "physicalName": name,
        "createdAt": stamps.iso(statement.event_us),
        "version": version_id,
        "namespace": namespace,
        "sourceName": namespace,
        "fields": fields(schema),
        "tags": _tags(shown),
        "lifecycleState": change or statement.change,
        "description": reader.view.title(dataset) or None,
        "currentSchemaVersion": stamps.name_id(namespace, name, fields(schema)),
        "createdByRun": made.get(statement.run_id) if statement.run_id else None,
        "facets": shown,
    }
