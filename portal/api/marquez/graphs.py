"""The graph around a data set or job, and the graph of columns.

Lives here: their routes.
Add here: the route of another graph.
Stays out: the portal's own graph.
"""

from __future__ import annotations

from typing import Annotated, Any

from fastapi import APIRouter, Query
from starlette.responses import Response

from lineage.marquez import column_graph, graph, nodes
from lineage.marquez.reader import Reader
from portal.api.errors import ProblemError
from portal.api.marquez import graph_shapes
from portal.api.marquez.asking import ERRORS, At, Depth, Reading, Text, answer

router = APIRouter(responses=ERRORS)
NodeId = Annotated[Text, Query(alias="nodeId")]


@router.get("/lineage/", include_in_schema=False)
@router.get("/lineage", response_model=graph_shapes.Graph, summary="数据集或作业的血缘图")
async def get_lineage(
    account: Reading, node_id: NodeId, depth: Depth = 20, at: At = "",
    aggregate: Annotated[bool, Query(alias="aggregateToParentRun", description="without effect here")] = False,
) -> Response:  # fmt: skip
    """Return data sets and jobs around a node, ``depth`` jobs far in both directions."""
    return await answer(
        account, at, lambda r: graph.around(r, nodes.find(r, node_id), depth), node=node_id, depth=depth
    )


@router.get("/column-lineage", response_model=graph_shapes.ColumnGraph, summary="数据项的血缘图")
async def get_column_lineage(
    account: Reading, node_id: NodeId, depth: Depth = 20, at: At = "",
    with_downstream: Annotated[bool, Query(alias="withDownstream")] = False,
) -> Response:  # fmt: skip
    """Return the columns that a data set, a column or a job's outputs come from; downstream as well if wanted."""

    def read(r: Reader) -> dict[str, Any]:
        node = nodes.find(r, node_id)
        if node.version:
            raise ProblemError(400, "此处不支持指定版本的 nodeId。查询过去时点请使用参数 at。")
        return column_graph.around(r, node, depth, with_downstream=with_downstream)

    return await answer(account, at, read, node=node_id, call="column-lineage", depth=depth)
