"""``GET /provenance/closure``: everything a column depends on, or that depends on it, as of any time.

Lives here: the route's parameters. Add here: nothing; other questions are in ``portal.api.questions``.
Stays out: the walk (``lineage.graph.closure``), who sees what (``lineage.access``).
"""

from __future__ import annotations

from datetime import datetime
from typing import Annotated, Any, Literal

import orjson
from fastapi import APIRouter, Depends, Query
from starlette.responses import Response

from config import clock
from lineage.access import looked, viewer
from lineage.answers.reasons import all_in_chinese
from lineage.graph.closure import closure
from lineage.graph.trace import UnknownNodeError
from portal.api.database import in_database
from portal.api.errors import ProblemError
from portal.api.plain_text import PLAIN
from portal.api.who import Asking, requires

router = APIRouter(tags=["provenance"])
Reader = Annotated[Asking, Depends(requires("lineage"))]


@router.get("/provenance/closure", summary="数据项的来源或去向全集", responses={401: {}, 403: {}, 404: {}})
async def get_closure(
    reader: Reader,
    node: Annotated[
        str, Query(max_length=1000, description="数据集：zone.schema.table，或 dataset:命名空间:名称"), PLAIN
    ],
    column: Annotated[str, Query(max_length=500, description="数据项"), PLAIN],
    direction: Annotated[Literal["upstream", "downstream"], Query(description="来源或去向")] = "upstream",
    hops: Annotated[int, Query(ge=1, le=100, description="步数")] = 10,
    at: Annotated[datetime | None, Query(description="时点（ISO 8601），缺省为当前")] = None,
    known: Annotated[int | None, Query(ge=0, lt=2**63, description="以日志第几条血缘记录为止所知为准")] = None,
    edges: Annotated[bool, Query(description="是否列出依赖关系")] = False,
    purpose: Annotated[str, Query(max_length=200, description="查询目的"), PLAIN] = "",
) -> Response:
    """Return data sets, columns with distance and, if wanted, edges; says as of when and whether it is complete."""

    def ask() -> dict[str, Any]:
        when = at if at is None or at.tzinfo else at.replace(tzinfo=clock.SHANGHAI)
        found = closure(
            node, column, direction=direction, hops=hops, at=when, known_seq=known, sees=viewer(reader.account).sees,
            with_edges=edges,
        )  # fmt: skip
        told = {key: found[key] for key in ("as_of", "is_complete")}
        detail = {"column": column, "direction": direction, **told}
        looked(reader.account, "closure", node, purpose=purpose, detail=detail, key=reader.key)
        return all_in_chinese(found)

    try:
        return Response(orjson.dumps(await in_database(ask)), media_type="application/json")
    except UnknownNodeError:
        raise ProblemError(404, "血缘目录中没有该数据集或数据项，或不在您的查看范围内。请核对名称与时点。") from None
