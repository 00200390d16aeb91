"""The part of the OpenAPI description that FastAPI cannot see: the plain ASGI routes of events in, and problems.

Lives here: paths, bodies and answers of ``portal.api.ingest``, with the schema of an event as OpenLineage has it; that
every reading route may answer with a problem, which dependencies and ``portal.api.errors`` do without its knowledge.
Add here: another route that is not a FastAPI one.
Stays out: the routes themselves.
"""

from __future__ import annotations

import json
from functools import cache
from typing import Any

from lineage.events.receiving import LARGEST_BATCH
from lineage.events.specification import core_schema

_PROBLEM = {"application/problem+json": {"schema": {"$ref": "#/components/schemas/Problem"}}}
_REFUSALS = {
    400: "请求内容为空、无法解压或不是 JSON", 401: "密钥无效或已停用", 413: "请求内容过大",
    415: "内容类型或压缩方式不支持", 503: "系统繁忙，请按 Retry-After 稍后重发",
}  # fmt: skip
_OF_READING = {
    401: "未登录，或密钥无效、已停用", 403: "无权查询", 404: "不存在，或不在查看范围内", 422: "参数不符合要求",
}  # fmt: skip
_OF_ONE = {403: "密钥无权写入该命名空间、要素或运行", 422: "事件不符合 OpenLineage 规范"}
_SCHEMAS: dict[str, Any] = {
    "Problem": {
        "type": "object", "required": ["type", "title", "status", "detail", "code", "message"],
        "properties": {"type": {"type": "string"}, "title": {"type": "string"}, "status": {"type": "integer"},
                       "detail": {"type": "string", "description": "原因及处理办法"},
                       "code": {"type": "integer", "description": "同 status"},
                       "message": {"type": "string", "description": "同 detail"}},
    },
    "BatchSummary": {
        "type": "object", "required": ["status", "summary", "failed_events"],
        "properties": {
            "status": {"type": "string", "enum": ["success", "partial_success"]},
            "summary": {
                "type": "object", "required": ["received", "successful", "failed", "retriable", "non_retriable"],
                "properties": {name: {"type": "integer", "minimum": 0}
                               for name in ("received", "successful", "failed", "retriable", "non_retriable")},
            },
            "failed_events": {"type": "array", "items": {
                "type": "object", "required": ["index", "reason", "retriable"],
                "properties": {"index": {"type": "integer", "minimum": 0}, "reason": {"type": "string"},
                               "retriable": {"type": "boolean"}},
            }},
        },
    },
}  # fmt: skip


def add_ingest(document: dict[str, Any], prefix: str) -> dict[str, Any]:
    """Return the description with the routes of events in; ``document`` itself is completed once."""
    if f"{prefix}/lineage/batch" in document["paths"]:
        return document
    components = document.setdefault("components", {})
    components.setdefault("schemas", {}).update(_SCHEMAS | _event_schemas())
    components.setdefault("securitySchemes", {})["key"] = {"type": "http", "scheme": "bearer"}
    document.setdefault("security", [{"key": []}])
    _declare_problems(document)
    event = {"oneOf": [{"$ref": f"#/components/schemas/{kind}"} for kind in ("RunEvent", "JobEvent", "DatasetEvent")]}
    one = _operation("接收一个血缘事件", "postEvent", event, {201: {"description": "已入血缘日志和血缘图"}}, _OF_ONE)
    stored = {
        204: {"description": "全部事件已入血缘日志和血缘图"},
        200: {"description": "部分事件未接收", "content": {
            "application/json": {"schema": {"$ref": "#/components/schemas/BatchSummary"}}}},
    }  # fmt: skip
    events = {"type": "array", "items": event, "maxItems": LARGEST_BATCH}
    many = _operation("接收一批血缘事件", "postEventBatch", events, stored, {413: "内容过大，或事件过多"})
    document["paths"].setdefault(f"{prefix}/lineage", {})["post"] = one
    document["paths"].setdefault(f"{prefix}/lineage/batch", {})["post"] = many
    return document


def _declare_problems(document: dict[str, Any]) -> None:
    """Declare the problems that any route which reads may answer with."""
    reading = [of["get"] for of in document["paths"].values() if "get" in of]
    for operation in reading:
        for status, text in _OF_READING.items():
            declared = operation["responses"].get(str(status), {})
            described = declared.get("description", "") if status != 422 else ""
            operation["responses"][str(status)] = {"description": described or text, "content": _PROBLEM}


def _operation(
    summary: str, name: str, body: dict[str, Any], answers: dict[int, Any], refusals: dict[int, str]
) -> dict[str, Any]:
    problems = {status: {"description": text, "content": _PROBLEM} for status, text in (_REFUSALS | refusals).items()}
    return {
        "summary": summary, "operationId": name, "tags": ["OpenLineage"], "security": [{"key": []}],
        "requestBody": {"required": True, "content": {"application/json": {"schema": body}}},
        "responses": {str(status): answer for status, answer in sorted((answers | problems).items())},
    }  # fmt: skip


@cache
def _event_schemas() -> dict[str, Any]:
    """Return the schemas of an event with references as OpenAPI writes them."""
    text = json.dumps(core_schema()["$defs"]).replace('"#/$defs/', '"#/components/schemas/')
    return json.loads(text)
