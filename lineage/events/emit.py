"""One step of the pipeline → one OpenLineage run event in the log.

Lives here: building the event with openlineage-python and appending it through ``lineage.events.ingest``.
Add here: another kind of event of ours.
Stays out: facets (``lineage.events.facets``), what a step did (``orchestration.pipeline.events``).
"""

from __future__ import annotations

import json
from datetime import datetime
from typing import Any
from uuid import UUID, uuid4

from config.settings import settings
from lineage.events import facets
from lineage.events.ingest import ingest_many
from lineage.models import Event
from scheme.names import lineage_namespace
from scheme.protocols import LineageNode

_PIPELINE = "suyuan.pipeline"
_OUTPUT_ONLY = {"outputStatistics"}


def step(
    job: str, run_id: UUID, *, inputs: list[LineageNode], outputs: list[LineageNode], started: datetime,
    ended: datetime, job_type: str, sql: str | None = None, description: str = "",
) -> Event:  # fmt: skip
    """Record a completed step of a run of the pipeline: START and COMPLETE, in one transaction; return the latter."""
    own = uuid4()  # nobody can guess it beforehand and begin it elsewhere
    begun = _event("START", job, own, run_id, started, [], [], job_type, None, "")
    done = _event("COMPLETE", job, own, run_id, max(ended, started), inputs, outputs, job_type, sql, description)
    return ingest_many([begun, done])[-1]


def failed(job: str, run_id: UUID, *, at: datetime, job_type: str, message: str) -> Event:
    """Record a failed step; ``message`` carries no personal data."""
    from openlineage.client.facet_v2 import error_message_run

    error = {"errorMessage": error_message_run.ErrorMessageRunFacet(message[:500], "python")}
    return ingest_many([_event("FAIL", job, uuid4(), run_id, at, [], [], job_type, None, "", error)])[-1]


def act(job: str, *, at: datetime, run_facets: dict[str, Any]) -> Event:
    """Record an act on the catalog itself, which reads and writes no data set."""
    from openlineage.client.generated import base
    from openlineage.client.serde import Serde

    event = base.RunEvent(
        eventTime=at.isoformat(timespec="milliseconds"),
        producer=facets.PRODUCER,
        run=base.Run(str(uuid4()), run_facets),
        job=base.Job(lineage_namespace(settings().district), job),
        eventType=base.EventType.COMPLETE,
    )
    return ingest_many([json.dumps(Serde.to_dict(event), ensure_ascii=False, separators=(",", ":")).encode()])[0]


def _event(
    state: str, job: str, own: UUID, run_id: UUID, at: datetime, inputs: list[LineageNode],
    outputs: list[LineageNode], job_type: str, sql: str | None, description: str,
    run_facets: dict[str, Any] | None = None,
) -> bytes:  # fmt: skip
    from openlineage.client.facet_v2 import documentation_job, job_type_job, parent_run, sql_job
    from openlineage.client.generated import base
    from openlineage.client.serde import Serde

    namespace = lineage_namespace(settings().district)
    parent = parent_run.ParentRunFacet(parent_run.Run(str(run_id)), parent_run.Job(namespace, _PIPELINE))
    job_facets: dict[str, Any] = {"jobType": job_type_job.JobTypeJobFacet("BATCH", "SUYUAN", job_type)}
    if sql:
        job_facets["sql"] = sql_job.SQLJobFacet(sql, "duckdb")
    if description:
        job_facets["documentation"] = documentation_job.DocumentationJobFacet(description)
    event = base.RunEvent(
        eventTime=at.isoformat(timespec="milliseconds"),
        producer=facets.PRODUCER,
        run=base.Run(str(own), {"parent": parent, **(run_facets or {})}),
        job=base.Job(namespace, job, job_facets),
        eventType=base.EventType(state),
        inputs=[base.InputDataset(namespace, n.name, facets=_dataset_facets(n, namespace)) for n in inputs],
        outputs=[
            base.OutputDataset(
                namespace, n.name, facets=_dataset_facets(n, namespace),
                outputFacets={k: v for k, v in n.facets.items() if k in _OUTPUT_ONLY},
            )
            for n in outputs
        ],
    )  # fmt: skip
    return json.dumps(Serde.to_dict(event), ensure_ascii=False, separators=(",", ":")).encode()


def _dataset_facets(node: LineageNode, namespace: str) -> dict[str, Any]:
    return {
        **facets.schema(node.columns),
        **facets.version(node.version),
        **facets.documentation(node.title),
        **facets.column_lineage(node.edges, namespace),
        **{k: v for k, v in node.facets.items() if k not in _OUTPUT_ONLY},
    }
