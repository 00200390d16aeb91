"""HTTP of the data plane（127.0.0.1:8010）: products as calls.

Lives here: routes and their errors. Add here: a product that is a call.
Stays out: what a product answers.
"""

from __future__ import annotations

from typing import Annotated

from fastapi import Depends, FastAPI, Header, HTTPException
from fastapi.responses import JSONResponse
from pydantic import BaseModel, Field

from config.keys import KeyFileError
from dataplane import clients, verification
from dataplane.opening import GrantRefusedError
from dataplane.verification import CallRefusedError

app = FastAPI(title="数据要素服务平台", docs_url=None, redoc_url=None, openapi_url="/openapi.json")


class Question(BaseModel):
    """One verification: one enterprise, one item."""

    uscc: str = Field(description="统一社会信用代码", min_length=18, max_length=18)
    item: str = Field(description="核验项", max_length=40)
    value: str = Field(description="待核验的值", max_length=100)
    purpose: str = Field(default="", description="用途", max_length=200)
    authorization_no: str = Field(default="", description="被查询企业授权书编号", max_length=80)


class Result(BaseModel):
    """一致、不一致或无记录."""

    result: verification.Answer


def client(authorization: Annotated[str, Header()] = "") -> str:
    """Return the calling client, or refuse."""
    found = clients.recognise(authorization.removeprefix("Bearer ")) if authorization else None
    if found is None:
        raise HTTPException(401, "未提供有效的调用密钥。请向一级运营主体申领。")
    return found


@app.post("/v1/s1/enterprise_status_verification", summary="企业经营与参保状态核验")
def enterprise_status(question: Question, who: Annotated[str, Depends(client)]) -> Result:
    """Answer one verification."""
    return Result(
        result=verification.verify(
            who, question.uscc, question.item, question.value, question.purpose, question.authorization_no
        )
    )


@app.get("/health", summary="运行状态")
def health() -> dict[str, str]:
    """Say that the process answers."""
    return {"status": "ok"}


@app.exception_handler(CallRefusedError)
def _call_refused(_: object, error: CallRefusedError) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 422)


@app.exception_handler(GrantRefusedError)
def _grant_refused(_: object, error: GrantRefusedError) -> JSONResponse:
    return JSONResponse({"detail": str(error)}, 403)


@app.exception_handler(KeyFileError)
def _no_key(_: object, error: KeyFileError) -> JSONResponse:
    return JSONResponse({"detail": "授权密钥不可用。请联系一级运营主体。"}, 403)
