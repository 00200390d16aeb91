"""Namespaces, sources, data sets and their versions, jobs, tags.

Lives here: their routes.
Add here: the route of another document of the catalog.
Stays out: runs, graphs, searching, everything that writes.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from starlette.responses import Response

from lineage.marquez import datasets, jobs, listing, namespaces, nodes
from lineage.marquez.reader import Reader
from portal.api.marquez import graph_shapes, shapes
from portal.api.marquez.asking import ERRORS, At, Limit, Offset, Reading, Segment, answer

router = APIRouter(responses=ERRORS)
TAGS_ELSEWHERE = "tags are kept with each data set and job only"
State = Literal["NEW", "RUNNING", "COMPLETED", "FAILED", "ABORTED"]


@router.get("/namespaces", response_model=shapes.Namespaces, summary="命名空间")
async def list_namespaces(account: Reading, limit: Limit = 100, offset: Offset = 0, at: At = "") -> Response:
    """List namespaces in the order of their names."""
    return await answer(
        account, at, lambda r: {"namespaces": namespaces.page(r, limit, offset)}, call="namespaces", limit=limit,
        offset=offset,
    )  # fmt: skip


@router.get("/namespaces/{namespace}", response_model=shapes.Namespace, summary="一个命名空间")
async def get_namespace(account: Reading, namespace: Segment, at: At = "") -> Response:
    """Return one namespace."""
    return await answer(account, at, lambda r: namespaces.one(r, namespace), node=f"namespace:{namespace}")


@router.get("/sources", response_model=shapes.Sources, summary="数据源")
async def list_sources(account: Reading, limit: Limit = 100, offset: Offset = 0, at: At = "") -> Response:
    """List sources: the systems that namespaces of data sets name."""
    return await answer(
        account, at, lambda r: {"sources": namespaces.sources(r, limit, offset)}, call="sources", limit=limit,
        offset=offset,
    )  # fmt: skip


@router.get("/sources/{source}", response_model=shapes.Source, summary="一个数据源")
async def get_source(account: Reading, source: Segment, at: At = "") -> Response:
    """Return one source."""
    return await answer(account, at, lambda r: namespaces.source(r, source), node=f"source:{source}")


@router.get("/namespaces/{namespace}/datasets", response_model=shapes.Datasets, summary="数据集")
async def list_datasets(
    account: Reading, namespace: Segment, limit: Limit = 100, offset: Offset = 0, at: At = ""
) -> Response:
    """List the data sets of a namespace in the order of their names."""
    return await answer(
        account, at, lambda r: _page("datasets", listing.datasets_of(r, namespace, limit, offset)),
        node=f"namespace:{namespace}", call="datasets", limit=limit, offset=offset,
    )  # fmt: skip


@router.get("/namespaces/{namespace}/datasets/{dataset}", response_model=shapes.Dataset, summary="一个数据集")
async def get_dataset(account: Reading, namespace: Segment, dataset: Segment, at: At = "") -> Response:
    """Return one data set."""
    node = nodes.dataset_id(namespace, dataset)
    return await answer(account, at, lambda r: datasets.one(r, namespace, dataset), node=node)


@router.get(
    "/namespaces/{namespace}/datasets/{dataset}/versions", response_model=shapes.DatasetVersions,
    summary="数据集的版本",
)  # fmt: skip
async def list_versions(
    account: Reading, namespace: Segment, dataset: Segment, limit: Limit = 100, offset: Offset = 0, at: At = ""
) -> Response:
    """List the versions written of a data set, newest first."""

    def read(r: Reader) -> dict[str, Any]:
        return _page("versions", datasets.versions(r, r.dataset(namespace, dataset), limit, offset))

    return await answer(
        account, at, read, node=nodes.dataset_id(namespace, dataset), call="versions", limit=limit, offset=offset
    )


@router.get(
    "/namespaces/{namespace}/datasets/{dataset}/versions/{version}", response_model=shapes.DatasetVersion,
    summary="数据集的一个版本",
)  # fmt: skip
async def get_version(
    account: Reading, namespace: Segment, dataset: Segment, version: Segment, at: At = ""
) -> Response:
    """Return one version: by its UUID here, or by the version its producer stated."""
    node = nodes.dataset_id(namespace, dataset)
    return await answer(
        account, at, lambda r: datasets.version(r, r.dataset(namespace, dataset), version), node=node, call="version"
    )


@router.get("/jobs", response_model=shapes.Jobs, summary="全部作业")
async def list_all_jobs(
    account: Reading, limit: Limit = 100, offset: Offset = 0, at: At = "",
    last_run_states: Annotated[State | None, Query(alias="lastRunStates")] = None,
) -> Response:  # fmt: skip
    """List all jobs in the order of their names."""
    return await answer(
        account, at, lambda r: _page("jobs", listing.jobs_of(r, None, last_run_states, limit, offset)), call="jobs",
        state=last_run_states, limit=limit, offset=offset,
    )  # fmt: skip


@router.get("/namespaces/{namespace}/jobs", response_model=shapes.Jobs, summary="作业")
async def list_jobs(
    account: Reading, namespace: Segment, limit: Limit = 100, offset: Offset = 0, at: At = "",
    last_run_states: Annotated[State | None, Query(alias="lastRunStates")] = None,
) -> Response:  # fmt: skip
    """List the jobs of a namespace in the order of their names."""

    def read(r: Reader) -> dict[str, Any]:
        return _page("jobs", listing.jobs_of(r, namespace, last_run_states, limit, offset))

    return await answer(
        account, at, read, node=f"namespace:{namespace}", call="jobs", state=last_run_states, limit=limit,
        offset=offset,
    )  # fmt: skip


@router.get("/namespaces/{namespace}/jobs/{job}", response_model=shapes.MarquezJob, summary="一个作业")
async def get_job(account: Reading, namespace: Segment, job: Segment, at: At = "") -> Response:
    """Return one job."""
    return await answer(account, at, lambda r: jobs.one(r, namespace, job), node=nodes.job_id(namespace, job))


@router.get("/tags", response_model=graph_shapes.Tags, summary="标签")
async def list_tags(account: Reading, limit: Limit = 100, offset: Offset = 0) -> Response:
    """Return no tags: the catalog keeps them with each data set and job, not as a list of their own."""

    def read(r: Reader) -> dict[str, Any]:
        r.lacks(TAGS_ELSEWHERE)
        return {"tags": []}

    return await answer(account, "", read, call="tags")


def _page(name: str, found: tuple[list[dict[str, Any]], int]) -> dict[str, Any]:
    return {name: found[0], "totalCount": found[1]}
