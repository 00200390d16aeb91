"""One question of Marquez's interface, from the caller to the answer.

Lives here: what every route takes (who asks, ``at``, ``limit``, ``offset``, names in the path), calling the catalog in
a thread of the database, headers of the answer, errors.
Add here: another parameter that several routes take.
Stays out: what is answered (``lineage.marquez``), who sees what (``lineage.access``).
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Path, Query
from pydantic import AfterValidator
from starlette.responses import JSONResponse, Response

from lineage import access
from lineage.events.specification import EventRefusedError, read_time
from lineage.graph.view import view
from lineage.marquez.nodes import NodeIdError
from lineage.marquez.reader import Reader, UnknownError
from portal.api.database import in_database
from portal.api.encoded_paths import decoded
from portal.api.errors import ProblemError
from portal.api.plain_text import PLAIN
from portal.api.who import Asking, requires

QUESTION = "graph"
_UNKNOWN = {
    "dataset": "数据集", "version": "数据集版本", "job": "作业", "run": "运行", "namespace": "命名空间",
    "source": "数据源", "node": "节点",
}  # fmt: skip
_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_MEANINGS = {
    400: "nodeId 无法识别", 401: "未登录，或密钥无效、已停用", 403: "无权查询血缘", 404: "不存在，或不在查看范围内",
    422: "参数不符合要求",
}  # fmt: skip
ERRORS: dict[int | str, dict[str, Any]] = {
    status: {"description": text, "content": _PROBLEM} for status, text in _MEANINGS.items()
}


def _moment(text: str) -> str:
    """Hold a time to RFC 3339, before the database is asked."""
    try:
        if text:
            read_time(text)
    except EventRefusedError as error:
        raise ValueError(str(error)) from None
    return text


def moment(text: str) -> datetime | None:
    """Return a time that was held to the form, None for nothing."""
    return read_time(text) if text else None


Reading = Annotated[Asking, Depends(requires("lineage"))]
Segment = Annotated[str, Path(max_length=6000), AfterValidator(decoded), PLAIN]
Text = Annotated[str, Query(max_length=2000), PLAIN]
Limit = Annotated[int, Query(ge=0, le=10_000)]
Offset = Annotated[int, Query(ge=0, le=2**53)]
Depth = Annotated[int, Query(ge=0, le=100)]
Time = Annotated[str, Query(max_length=64), AfterValidator(_moment)]
At = Annotated[
    str,
    Query(
        max_length=64,
        description="As it stood at this moment (RFC 3339; without a zone Asia/Shanghai); now without it.",
    ),
    AfterValidator(_moment),
]


async def answer(asking: Asking, at: str, read: Callable[[Reader], Any], *, node: str = "") -> Response:
    """Return what ``read`` reads as the account sees it; ``node``: what is looked at, for the record of who looked.

    Raises:
        ProblemError: 400 no node id, 404 unknown.
    """
    return await in_database(_answer, asking, moment(at), read, node)


def _answer(asking: Asking, at: datetime | None, read: Callable[[Reader], Any], node: str) -> Response:
    seeing = access.viewer(asking.account)
    sees = None if seeing.sees_all else seeing.sees
    reader = Reader(
        view(at), sees, lambda facets, name: access.redact(facets, seeing, name), seeing.sees_sql, at is not None
    )
    reader.check_past()
    try:
        found = read(reader)
    except UnknownError as error:
        raise ProblemError(404, f"血缘目录中没有该{_UNKNOWN[error.kind]}，或您无权查看。请核对名称。") from None
    except NodeIdError:
        detail = "nodeId 应为 dataset:命名空间:名称、job:命名空间:名称 或 datasetField:命名空间:名称:数据项。"
        raise ProblemError(400, detail) from None
    if node:
        told = {"interface": "marquez", "as_of": reader.view.at.isoformat()}
        access.looked(asking.account, QUESTION, node, detail=told, key=asking.key)
    return JSONResponse(found, headers=_headers(reader))


def _headers(reader: Reader) -> dict[str, str]:
    told = {
        "X-Suyuan-As-Of": reader.view.at.isoformat(),
        "X-Suyuan-As-Of-Seq": str(reader.view.seq),
        "X-Suyuan-Complete": "false" if reader.gaps else "true",
    }
    return told | ({"X-Suyuan-Incomplete-Because": "; ".join(reader.gaps)} if reader.gaps else {})
