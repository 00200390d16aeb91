"""A small catalog of other producers' events, as the tests of Marquez's interface read it.

Namespaces hold colons and slashes, names too. raw → clean → report, by two jobs; one failed and one running run.
"""

from __future__ import annotations

from uuid import UUID

from tests.unit.portal.marquez_interface import columns_from, dataset, facet, plant, run_event

DUCK, ETL, SPARK = "duckdb:///data/park.duckdb", "airflow://etl:8080/prod", "s3://bucket/a%2Fb"
CLEAN, REPORT, BROKEN = (ETL, "dag.clean"), (ETL, "dag.report: 日报"), (ETL, "dag.broken")
FIRST, SECOND, THIRD, FAILED, RUNNING = (UUID(int=i << 64 | 0x8000 << 48 | 7 << 76 | i) for i in range(1, 6))
BEFORE, BETWEEN = "2026-09-01T00:00:00Z", "2026-09-10T12:00:00Z"
SQL = "select person from raw where id > 3"


def plant_scene() -> None:
    """Take the events in."""
    raw = dataset(DUCK, "main.raw", ("person", "id"), documentation=facet(description="原始表"))
    clean = dataset(DUCK, "main.clean", ("person",), columnLineage=columns_from(raw, ("person", "person")),
                    version=facet(datasetVersion="v1"))  # fmt: skip
    clean["outputFacets"] = {"outputStatistics": facet(rowCount=7)}
    newer = {**clean, "facets": {**clean["facets"], "version": facet(datasetVersion="v2")}}
    report = dataset(SPARK, "report:daily/x", ("who",), columnLineage=columns_from(
        clean, ("who", "person"), subtype="TRANSFORMATION", masking=True, description="sha256(person)"))  # fmt: skip
    parent = facet(run={"runId": str(UUID(int=9))}, job={"namespace": ETL, "name": "dag"})
    job = {"sql": facet(query=SQL), "documentation": facet(description="清洗"),
           "sourceCodeLocation": facet(type="git", url="https://example.org/repo"),
           "jobType": facet(processingType="BATCH", integration="AIRFLOW", jobType="TASK")}  # fmt: skip
    nominal = facet(nominalStartTime="2026-09-10T00:00:00Z")
    plant(
        run_event(CLEAN, "START", "2026-09-10T01:00:00Z", run=FIRST, inputs=[raw],
                  run_facets={"parent": parent, "nominalTime": nominal}, job_facets=job),
        run_event(CLEAN, "COMPLETE", "2026-09-10T01:00:02.500Z", run=FIRST, inputs=[raw], outputs=[clean],
                  run_facets={"parent": parent}, job_facets=job),
        run_event(CLEAN, "START", "2026-09-20T01:00:00Z", run=SECOND, inputs=[raw]),
        run_event(CLEAN, "COMPLETE", "2026-09-20T01:00:01Z", run=SECOND, inputs=[raw], outputs=[newer],
                  run_facets={"parent": parent}, job_facets=job),
        run_event(REPORT, "COMPLETE", "2026-09-20T02:00:00Z", run=THIRD, inputs=[clean], outputs=[report]),
        run_event(BROKEN, "START", "2026-09-24T01:00:00Z", run=FAILED, inputs=[clean]),
        run_event(BROKEN, "FAIL", "2026-09-24T01:10:00Z", run=FAILED),
        run_event(REPORT, "START", "2026-09-24T01:20:00Z", run=RUNNING, inputs=[clean]),
    )  # fmt: skip
