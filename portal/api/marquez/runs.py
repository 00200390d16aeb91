"""Runs of a job, one run, and the facets of a run or its job.

Lives here: their routes.
Add here: another route about runs.
Stays out: starting or ending a run (``refused``).
"""

from __future__ import annotations

from typing import Annotated, Any, Literal
from uuid import UUID

from fastapi import APIRouter, Query
from starlette.responses import Response

from lineage.marquez import jobs, nodes, runs
from lineage.marquez.reader import Reader
from portal.api.marquez import shapes
from portal.api.marquez.asking import ERRORS, At, Limit, Offset, Reading, Segment, answer

router = APIRouter(responses=ERRORS)


@router.get("/namespaces/{namespace}/jobs/{job}/runs", response_model=shapes.Runs, summary="作业的运行")
async def list_runs(
    account: Reading, namespace: Segment, job: Segment, limit: Limit = 100, offset: Offset = 0, at: At = ""
) -> Response:
    """List the runs of a job, newest first."""

    def read(r: Reader) -> dict[str, Any]:
        found, total = runs.of_job(r, jobs.find(r, namespace, job), limit, offset)
        return {"runs": found, "totalCount": total}

    return await answer(account, at, read, node=nodes.job_id(namespace, job), call="runs", limit=limit, offset=offset)


@router.get("/jobs/runs/{run}", response_model=shapes.MarquezRun, summary="一次运行")
async def get_run(account: Reading, run: UUID, at: At = "") -> Response:
    """Return one run."""
    return await answer(account, at, lambda r: runs.one(r, run), node=f"run:{run}")


@router.get("/runs/{run}", response_model=shapes.MarquezRun, summary="一次运行")
async def get_run_by_id(account: Reading, run: UUID, at: At = "") -> Response:
    """Return one run."""
    return await answer(account, at, lambda r: runs.one(r, run), node=f"run:{run}")


@router.get("/jobs/runs/{run}/facets", response_model=shapes.RunFacets, summary="运行或其作业的要素")
async def get_facets(
    account: Reading, run: UUID, kind: Annotated[Literal["run", "job"], Query(alias="type")], at: At = ""
) -> Response:
    """Return the facets that the events of a run stated of the run or of its job."""
    return await answer(
        account, at, lambda r: runs.facets(r, runs.find(r, run), kind), node=f"run:{run}", call=f"facets/{kind}"
    )
