"""One question of Marquez's interface, from the caller to the answer.

Lives here: what every route takes (who asks, ``at``, ``limit``, ``offset``, names in the path), calling the catalog in
a thread of the database, recording who looked at what, headers of the answer, errors.
Add here: another parameter that several routes take.
Stays out: what is answered (``lineage.marquez``), who sees what (``lineage.access``).
"""

from __future__ import annotations

import re
from collections.abc import Callable
from dataclasses import dataclass
from datetime import datetime
from typing import Annotated, Any

from fastapi import Depends, Path, Query, Request
from pydantic import AfterValidator
from starlette.responses import JSONResponse, Response

from lineage import access
from lineage.events.specification import EventRefusedError, read_time
from lineage.graph.view import view
from lineage.marquez.nodes import NodeIdError
from lineage.marquez.reader import Reader, UnknownError
from portal.api import who
from portal.api.database import in_database
from portal.api.encoded_paths import decoded
from portal.api.errors import ProblemError
from portal.api.plain_text import PLAIN
from portal.api.who import Asking, requires

QUESTION, INTERFACE, FOUND = "graph", "marquez", "found"
_OF_A_LIST = 2  # members of an answer that is a list: the list and perhaps how many there are
_NUMBER = re.compile(r"\d{6,}")  # in a name that nothing has: it may be anybody's
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


_allowed = requires("lineage")


async def reading(request: Request) -> Asking:
    """Return who reads; an account or key that may not is recorded.

    Raises:
        ProblemError: 401 nobody known asks; 403 it may not read lineage.
    """
    try:
        return await _allowed(request)
    except ProblemError as problem:
        if problem.status == 403:
            await in_database(_record_refusal, request)
        raise


def _record_refusal(request: Request) -> None:
    asking = who.caller(request)
    detail = {"interface": INTERFACE, "call": request.scope["route"].path, "outcome": "refused"}
    key = asking.key.key_id if asking.key else ""
    access.looked(asking.account, QUESTION, "", detail=detail, key=key)


Reading = Annotated[Asking, Depends(reading)]
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


async def answer(
    asking: Asking, at: str, read: Callable[[Reader], Any], *, node: str = "", call: str = "", **asked: Any
) -> Response:
    """Return what ``read`` reads as the account sees it.

    For the record of who looked: ``node``, what is looked at, or ``call``, which list; ``asked``: its parameters.

    Raises:
        ProblemError: 400 no node id, 404 unknown.
    """
    return await in_database(_answer, asking, moment(at), read, _Look(node, call, asked))


@dataclass(frozen=True)
class _Look:
    """What is recorded of a reading, whatever comes of it; a text searched for is kept nowhere."""

    node: str
    call: str
    asked: dict[str, Any]

    def record(self, asking: Asking, reader: Reader, outcome: str, found: Any = None) -> None:
        """Append one event to the audit chain."""
        told = {"interface": INTERFACE, "call": self.call, "outcome": outcome, "count": _count(found), **self.asked}
        kept = {name: value for name, value in told.items() if value not in ("", None)}
        as_of = {"as_of": reader.view.at.isoformat(), "as_of_seq": reader.view.seq, "is_complete": not reader.gaps}
        node = self.node if outcome == FOUND else _NUMBER.sub("…", self.node)
        access.looked(asking.account, QUESTION, node, detail={**as_of, **kept}, key=asking.key)


def _answer(asking: Asking, at: datetime | None, read: Callable[[Reader], Any], look: _Look) -> Response:
    reader = Reader(view(at), access.viewer(asking.account), at is not None)
    reader.check_past()
    try:
        found = read(reader)
    except UnknownError as error:
        look.record(asking, reader, "unknown")
        raise ProblemError(404, f"血缘目录中没有该{_UNKNOWN[error.kind]}，或您无权查看。请核对名称。") from None
    except NodeIdError:
        look.record(asking, reader, "unreadable")
        detail = "nodeId 应为 dataset:命名空间:名称、job:命名空间:名称 或 datasetField:命名空间:名称:数据项。"
        raise ProblemError(400, detail) from None
    except ProblemError:
        look.record(asking, reader, "unreadable")
        raise
    look.record(asking, reader, FOUND, found)
    return JSONResponse(found, headers=_headers(reader))


def _count(found: Any) -> int | None:
    """Return how many things an answer lists; None of a document."""
    if isinstance(found, list):
        return len(found)
    lists = [value for value in (found or {}).values() if isinstance(value, list)]
    return len(lists[0]) if len(lists) == 1 and len(found) <= _OF_A_LIST else None


def _headers(reader: Reader) -> dict[str, str]:
    told = {
        "X-Suyuan-As-Of": reader.view.at.isoformat(),
        "X-Suyuan-As-Of-Seq": str(reader.view.seq),
        "X-Suyuan-Complete": "false" if reader.gaps else "true",
    }
    return told | ({"X-Suyuan-Incomplete-Because": "; ".join(reader.gaps)} if reader.gaps else {})
