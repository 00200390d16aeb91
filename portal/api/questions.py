"""/provenance: the four questions of the scheme and impact, as JSON.

Lives here: reading a question from its parameters, holding it to what the caller may see, recording that it was asked.
Add here: another question.
Stays out: answering (``lineage.answers``), pages of the same answers (``portal.views.provenance``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Annotated, Any

from fastapi import APIRouter, Depends, Query

from lineage.access import Viewer, looked, viewer
from lineage.answers import acts as answers
from lineage.answers.asked import Asked, QuestionError, asked, moment_of
from lineage.answers.destinations import destinations
from lineage.answers.documents import document
from lineage.answers.impact import impact
from lineage.answers.reasons import all_in_chinese
from lineage.answers.responsibility import responsibility
from lineage.answers.sources import sources
from lineage.graph.trace import UnknownNodeError
from portal.api.database import in_database
from portal.api.errors import ProblemError
from portal.api.plain_text import PLAIN
from portal.api.who import Asking, requires

router = APIRouter(prefix="/provenance", tags=["provenance"])
Reader = Annotated[Asking, Depends(requires("lineage"))]
Node = Annotated[str, Query(description="数据集名称 zone.schema.table", min_length=1, max_length=1000), PLAIN]
MaybeNode = Annotated[str, Query(description="数据集名称；给出批次时可省略", max_length=1000), PLAIN]
Column = Annotated[str, Query(description="数据项", max_length=1000), PLAIN]
At = Annotated[str, Query(description="时点，ISO 8601", max_length=40), PLAIN]
Known = Annotated[str, Query(description="已知至：ISO 8601 时间或日志序号", max_length=40), PLAIN]
Purpose = Annotated[str, Query(description="查询目的，记入审计记录", max_length=200), PLAIN]
Text = Annotated[str, Query(max_length=120), PLAIN]
Page = Annotated[int, Query(ge=1, le=100_000)]
_UNKNOWN = "血缘目录中没有该数据集或数据项，或不在您的查看范围内。请核对名称和时点。"


@router.get("/sources", summary="来源")
async def ask_sources(
    reader: Reader, node: Node, column: Column = "", at: At = "", known: Known = "", purpose: Purpose = ""
) -> dict[str, Any]:
    """Answer down to file, row batch and department, up to grant, agreements and reviewers."""
    return await in_database(_answer, reader, "sources", sources, node, column, at, known, purpose)


@router.get("/destinations", summary="去向")
async def ask_destinations(
    reader: Reader, node: Node, column: Column = "", at: At = "", known: Known = "", purpose: Purpose = ""
) -> dict[str, Any]:
    """Answer with subsets, products and who uses them."""
    return await in_database(_answer, reader, "destinations", destinations, node, column, at, known, purpose)


@router.get("/responsibility", summary="责任")
async def ask_responsibility(
    reader: Reader, node: Node, column: Column = "", at: At = "", known: Known = "", purpose: Purpose = ""
) -> dict[str, Any]:
    """Answer with the five responsible parties."""
    return await in_database(_answer, reader, "responsibility", responsibility, node, column, at, known, purpose)


@router.get("/impact", summary="影响")
async def ask_impact(
    reader: Reader, node: MaybeNode = "", column: Column = "", batch: Text = "", version: Text = "", at: At = "",
    known: Known = "", purpose: Purpose = "",
) -> dict[str, Any]:  # fmt: skip
    """Answer with everything downstream of something bad."""

    def ask(question: Asked, who: Viewer) -> Any:
        return impact(question, who, batch=batch, version=version)

    if not node and not batch:
        raise ProblemError(422, "请填写数据集名称或批次编号。")
    return await in_database(_answer, reader, "impact", ask, node, column, at, known, purpose, batch=batch)


@router.get("/acts", summary="行为")
async def ask_acts(
    reader: Reader, account: Text, since: At = "", until: At = "", action: Text = "", on: Text = "", text: Text = "",
    page: Page = 1, purpose: Purpose = "",
) -> dict[str, Any]:  # fmt: skip
    """Answer with what one person did, newest first, page by page."""

    def ask() -> dict[str, Any]:
        who = _demand(reader, "acts")
        try:
            question = answers.ActsAsked(
                account, moment_of(since, "since", "起始时间"), moment_of(until, "until", "截止时间"), action, on, text
            )
            answers.demand_readable(account, who)
            found = answers.acts(question, page=page)
        except answers.ActsRefusedError:
            raise ProblemError(403, "您的账号无权查询该账号的行为记录。") from None
        except QuestionError as error:
            raise ProblemError(422, error.sentence) from None
        looked(reader.account, "acts", f"account:{account}", purpose=purpose, detail=question.detail(), key=reader.key)
        return document(found)

    return await in_database(ask)


def _answer(
    reader: Asking, question: str, answer: Callable[[Asked, Viewer], Any], node: str, column: str, at: str, known: str,
    purpose: str, batch: str = "",
) -> dict[str, Any]:  # fmt: skip
    who = _demand(reader, question)
    try:
        put = asked(node or batch, column=column, at=at, known=known, purpose=purpose).about(node)
        found = document(answer(put, who))
    except QuestionError as error:
        raise ProblemError(422, error.sentence) from None
    except UnknownNodeError:
        raise ProblemError(404, _UNKNOWN) from None
    standing = found.get("standing") or found["found"]["standing"]
    detail = {**put.detail(), "is_complete": standing["is_complete"], "as_of_seq": standing["as_of_seq"]}
    looked(reader.account, question, node or f"batch:{batch}", purpose=put.purpose, detail=detail, key=reader.key)
    return all_in_chinese(found)


def _demand(reader: Asking, question: str) -> Viewer:
    who = viewer(reader.account)
    if not who.may(question):
        raise ProblemError(403, "您的账号或密钥无权查询该内容。如确需办理，请联系区大数据主管部门。")
    return who
