"""Errors of the interface: problem details (RFC 9457), one clear Chinese sentence each, never a traceback.

Lives here: the one shape of an error, and what turns exceptions into it.
Add here: another exception that a route lets out, with its sentence.
Stays out: which request is refused (the routes).
"""

from __future__ import annotations

import logging
from collections.abc import Mapping
from http import HTTPStatus

from fastapi import FastAPI, Request
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.responses import JSONResponse, Response

_log = logging.getLogger(__name__)
BROKEN = "系统出现故障，已记录。请稍后再试；仍不成功请联系区大数据主管部门。"
_SENTENCES = {
    404: "地址不存在。请对照接口说明 /api/v1/openapi.json 核对。",
    405: "该地址不支持此请求方法。请对照接口说明 /api/v1/openapi.json 核对。",
}


class ProblemError(Exception):
    """A request that cannot be answered: status and one sentence saying what and what to do."""

    def __init__(self, status: int, detail: str, headers: Mapping[str, str] | None = None) -> None:
        super().__init__(detail)
        self.status, self.detail, self.headers = status, detail, headers


def problem(status: int, detail: str, headers: Mapping[str, str] | None = None) -> Response:
    """Return the answer of an error: ``application/problem+json`` with type, title, status, detail."""
    content = {"type": "about:blank", "title": HTTPStatus(status).phrase, "status": status, "detail": detail}
    return JSONResponse(content, status, dict(headers or {}), "application/problem+json")


def install(app: FastAPI) -> None:
    """Make the application answer every exception with a problem."""
    app.add_exception_handler(ProblemError, _problem)
    app.add_exception_handler(HTTPException, _http)
    app.add_exception_handler(RequestValidationError, _not_understood)
    app.add_exception_handler(Exception, _broken)


async def _problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, ProblemError)  # noqa: S101
    return problem(error.status, error.detail, error.headers)


async def _http(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101
    detail = _SENTENCES.get(error.status_code, "请求未被接受。请对照接口说明 /api/v1/openapi.json 核对。")
    return problem(error.status_code, detail, error.headers)


async def _not_understood(request: Request, error: Exception) -> Response:
    """Name the parameters that are wrong, never their values."""
    assert isinstance(error, RequestValidationError)  # noqa: S101
    wrong = sorted({str(e["loc"][-1])[:60] for e in error.errors()})
    return problem(422, f"参数不符合要求：{'、'.join(wrong)}。请对照接口说明 /api/v1/openapi.json 核对。")


async def _broken(request: Request, error: Exception) -> Response:
    _log.error("%s %s failed", request.method, request.url.path, exc_info=error)
    return problem(500, BROKEN)
