"""Searching names, also in the shape of the advanced search.

Lives here: their routes.
Add here: the route of another search of that interface.
Stays out: the portal's own search by documents, numbers and Chinese names.
"""

from __future__ import annotations

from typing import Annotated, Any, Literal

from fastapi import APIRouter, Query
from pydantic import BeforeValidator
from starlette.responses import Response

from lineage.marquez import searching
from lineage.marquez.reader import Reader
from portal.api.marquez import graph_shapes
from portal.api.marquez.asking import ERRORS, At, Limit, Reading, Text, answer

router = APIRouter(responses=ERRORS)
beta = APIRouter(prefix="/search", tags=["Marquez"], responses=ERRORS)


def _upper(value: Any) -> Any:
    return value.upper() if isinstance(value, str) else value


Filter = Annotated[Literal["DATASET", "JOB"] | None, BeforeValidator(_upper), Query()]
Sort = Annotated[Literal["NAME", "UPDATE_AT", "UPDATED_AT"], BeforeValidator(_upper), Query()]


@router.get("/search/", include_in_schema=False)
@router.get("/search", response_model=graph_shapes.SearchResults, summary="按名称查找")
async def search(
    account: Reading, q: Text, filter: Filter = None, sort: Sort = "NAME", limit: Limit = 10,
    namespace: Text | None = None, at: At = "",
) -> Response:  # fmt: skip
    """Return data sets and jobs whose name holds the text; ``%`` stands for anything."""
    by: searching.Sort = "name" if sort == "NAME" else "updated_at"

    def read(r: Reader) -> dict[str, Any]:
        found, total = searching.search(r, q, kind=filter, namespace=namespace, sort=by, limit=limit)
        return {"totalCount": total, "results": found}

    return await answer(account, at, read, call="search", limit=limit, sort=sort, filter=filter)


@beta.get("/jobs", response_model=graph_shapes.Hits, summary="查找作业")
async def search_jobs(account: Reading, q: Text, at: At = "") -> Response:
    """Return ten jobs whose name holds the text, with the facets of their latest run."""
    return await answer(account, at, lambda r: searching.jobs_advanced(r, q), call="search/jobs")


@beta.get("/datasets", response_model=graph_shapes.Hits, summary="查找数据集")
async def search_datasets(account: Reading, q: Text, at: At = "") -> Response:
    """Return ten data sets whose name holds the text, with their facets."""
    return await answer(account, at, lambda r: searching.datasets_advanced(r, q), call="search/datasets")
