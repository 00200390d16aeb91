"""What Marquez's interface can change and this catalog does not: every attempt is refused and recorded.

Lives here: the routes of deleting, tagging, and writing metadata by hand.
Add here: another changing call of a client of Marquez.
Stays out: events, the one way in (``portal.api.ingest``).
"""

from __future__ import annotations

from typing import Any

from fastapi import APIRouter, Request
from starlette.responses import Response

from portal.api import who
from portal.api.database import in_database
from portal.api.encoded_paths import decoded
from portal.api.errors import ProblemError
from portal.api.marquez.asking import ERRORS
from registry import audit

ACTION = "拒绝修改血缘"
_DETAIL = (
    "血缘目录只增不改：不能删除、打标签或手工登记。血缘由 OpenLineage 事件写入（POST /api/v1/lineage）。"
    "本次请求已留痕。"
)
_OBJECT = 120
_DATASET, _JOB = "/namespaces/{namespace}/datasets/{dataset}", "/namespaces/{namespace}/jobs/{job}"
CALLS: tuple[tuple[str, tuple[str, ...], str], ...] = (
    ("/namespaces/{namespace}", ("PUT", "DELETE"), "命名空间"),
    ("/sources/{source}", ("PUT",), "数据源"),
    (_DATASET, ("PUT", "DELETE"), "数据集"),
    (f"{_DATASET}/tags/{{tag}}", ("POST", "DELETE"), "数据集标签"),
    (f"{_DATASET}/fields/{{field}}/tags/{{tag}}", ("POST", "DELETE"), "数据项标签"),
    (_JOB, ("PUT", "DELETE"), "作业"),
    (f"{_JOB}/tags/{{tag}}", ("POST", "DELETE"), "作业标签"),
    (f"{_JOB}/runs", ("POST",), "作业的运行"),
    ("/jobs/runs/{run}/{change}", ("POST",), "运行状态"),
    ("/jobs", ("POST",), "作业"),
    ("/tags/{tag}", ("PUT",), "标签"),
)
router = APIRouter()
_RESPONSES: dict[int | str, dict[str, Any]] = {
    401: ERRORS[401],
    403: {**ERRORS[401], "description": "一律拒绝：血缘目录不能手工修改；请求已留痕"},
}


async def refuse(request: Request) -> Response:
    """Refuse a change and record who attempted it.

    Raises:
        ProblemError: 401 nobody known asks, else always 403.
    """
    await in_database(_record, request)
    raise ProblemError(403, _DETAIL)


def _record(request: Request) -> None:
    """Record the attempt; nothing is changed, so a session is enough to know who it was."""
    asking = who.caller(Request({**request.scope, "method": "GET"}))
    detail = {"method": request.method, "call": request.scope["route"].path}
    key = asking.key.key_id if asking.key else ""
    audit.append(asking.account, ACTION, _node(request.path_params), detail, key=key)


def _node(named: dict[str, Any]) -> str:
    """Return what was to be changed: the parts of the path, printable and within the length of an audit event."""
    parts = " ".join(decoded(str(part)) for part in named.values())
    return "".join(c for c in parts if c.isprintable())[:_OBJECT]


for path, methods, title in CALLS:
    for method in methods:
        router.add_api_route(
            path, refuse, methods=[method], status_code=403, responses=_RESPONSES, summary=f"修改{title}：拒绝",
            operation_id=f"refuse_{method}_{path}".lower().translate(str.maketrans("/{}", "_  ")).replace(" ", ""),
            response_class=Response,
        )  # fmt: skip
