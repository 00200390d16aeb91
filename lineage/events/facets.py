"""Facets of our events: the standard ones by openlineage-python's classes, our own by their schemas.

Lives here: plain facts → facet name → facet.
Add here: a facet; our own also needs ``schemas/<name>.json``.
Stays out: the event around them (``lineage.events.emit``).
"""

from __future__ import annotations

from typing import Any

from lineage.models import WHOLE
from scheme.grant import Grant
from scheme.protocols import ColumnCount, ColumnEdge, RuleOutcome

PRODUCER = "https://github.com/suyuan/suyuan"
OWN_SCHEMA = f"{PRODUCER}/lineage/schemas"


def delivery(
    *, batch_id: str, file_name: str, sha256: str | None, encoding: str | None, rows_declared: int | None,
    rows_landed: int, rows_quarantined: int, receiver: str, schema_version: int | None = None,
) -> dict[str, Any]:  # fmt: skip
    """Facts of the delivered file a data set version came with; ``schema_version``: of its catalog entry."""
    stated = {} if schema_version is None else {"schemaVersion": schema_version}
    return _own(
        "suyuan_delivery",
        batchId=batch_id, fileName=file_name, sha256=sha256 or "", encoding=encoding or "",
        rowsDeclared=rows_declared if rows_declared is not None else -1, rowsLanded=rows_landed,
        rowsQuarantined=rows_quarantined, receiver=receiver, **stated,
    )  # fmt: skip


def grant(document: Grant) -> dict[str, Any]:
    """Under which grant and agreements, and who is responsible（谁采集、持有、授权、运营、使用谁负责）."""
    return _own(
        "suyuan_grant",
        grant=document.grant, version=document.version, sha256=document.sha256,
        scenario=document.scenario.name, useClass=document.scenario.use_class,
        operationAgreement=document.operation_agreement.number,
        developmentAgreement=document.development_agreement.number,
        validFrom=document.valid_from.isoformat(), validTo=document.valid_to.isoformat(),
        authorizer=document.bureau.name, operatingParty=document.primary_operator.name,
        user=document.developer.name,
    )  # fmt: skip


def promotion(is_promoted: bool, version: str) -> dict[str, Any]:
    """Whether readers were given a version."""
    return _own("suyuan_promotion", promoted=is_promoted, version=version)


def pruning(*, sha256: str, before: str, by: str, reason: str, events: int) -> dict[str, Any]:
    """An act of retention on the log itself; ``sha256``: digest of the signed document of the act."""
    return _own("suyuan_pruning", sha256=sha256, before=before, by=by, reason=reason, events=events)


def statistics(rows: int) -> dict[str, Any]:
    """Row count of an output."""
    from openlineage.client.facet_v2 import output_statistics_output_dataset as facet

    return {"outputStatistics": facet.OutputStatisticsOutputDatasetFacet(rowCount=rows)}


def quality(outcomes: list[RuleOutcome], rows: int, columns: dict[str, ColumnCount]) -> dict[str, Any]:
    """What Great Expectations found, rule by rule, and the counts of each column.

    A rule that could not run is no assertion, neither held nor broken: it stands in a facet of our own. Metrics are
    counts only: least, greatest and quantiles are values.
    """
    from openlineage.client.facet_v2 import data_quality_assertions_dataset as assertions
    from openlineage.client.facet_v2 import data_quality_metrics_dataset as metrics

    severity = {"critical": "error", "warning": "warn", "info": "warn"}
    found = [
        assertions.Assertion(
            assertion=o.expectation or o.rule, success=o.state == "passed", column=o.item, name=o.rule,
            severity=severity[o.severity], description=o.meaning, expected="0", actual=str(o.unexpected_count),
        )
        for o in outcomes
        if o.state != "error"
    ]  # fmt: skip
    unable = [{"rule": o.rule, "error": o.error} for o in outcomes if o.state == "error"]
    return {
        **_own("suyuan_not_evaluated", rules=unable),
        "dataQualityAssertions": assertions.DataQualityAssertionsDatasetFacet(assertions=found),
        "dataQualityMetrics": metrics.DataQualityMetricsDatasetFacet(
            columnMetrics={
                name: metrics.ColumnMetrics(count=c.values, nullCount=c.empty, distinctCount=c.distinct, quantiles=None)
                for name, c in columns.items()
            },
            rowCount=rows,
        ),
    }


def schema(columns: tuple[Any, ...]) -> dict[str, Any]:
    """Columns of a data set."""
    from openlineage.client.facet_v2 import schema_dataset as facet

    fields = [facet.SchemaDatasetFacetFields(c.name, c.type, c.description or None) for c in columns]
    return {"schema": facet.SchemaDatasetFacet(fields=fields)} if fields else {}


def version(text: str | None) -> dict[str, Any]:
    """Version of a data set."""
    from openlineage.client.facet_v2 import dataset_version_dataset as facet

    return {"version": facet.DatasetVersionDatasetFacet(text)} if text else {}


def documentation(title: str) -> dict[str, Any]:
    """Chinese name of a data set."""
    from openlineage.client.facet_v2 import documentation_dataset as facet

    return {"documentation": facet.DocumentationDatasetFacet(title)} if title else {}


def column_lineage(edges: tuple[ColumnEdge, ...], namespace: str) -> dict[str, Any]:
    """Column dependencies; those of the column ``*`` concern the whole data set."""
    from openlineage.client.facet_v2 import column_lineage_dataset as facet

    grouped: dict[str, dict[tuple[str, str], list[Any]]] = {}
    for e in edges:
        step = facet.Transformation(e.type, e.subtype, e.description or None, e.masking)
        grouped.setdefault(e.column, {}).setdefault((e.source, e.source_column), []).append(step)
    fields = {
        column: [facet.InputField(namespace, s, c, steps) for (s, c), steps in sources.items()]
        for column, sources in grouped.items()
    }
    whole = fields.pop(WHOLE, [])
    if not fields and not whole:
        return {}
    named = {column: facet.Fields(inputs) for column, inputs in fields.items()}
    return {"columnLineage": facet.ColumnLineageDatasetFacet(fields=named, dataset=whole)}


def _own(name: str, **content: Any) -> dict[str, Any]:
    return {name: {"_producer": PRODUCER, "_schemaURL": f"{OWN_SCHEMA}/{name}.json", **content}}
