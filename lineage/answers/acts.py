"""行为: what one person did, from the ledger of acts.

Lives here: one account's acts by time, act, object and text, page by page, and what this record covers.
Add here: another limit of the search.
Stays out: appending (``registry.audit``), who may read whose acts (``lineage.access``), files (``portal``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime
from typing import Any

from django.db.models import Q, QuerySet, TextField
from django.db.models.functions import Cast

from config import clock
from lineage.access import Viewer
from lineage.answers.asked import QuestionError
from lineage.answers.kinds import kind_of
from lineage.answers.objects import datasets_of
from lineage.answers.persons import SYSTEM
from registry.models import Account, AuditEvent

PAGE = 50
EXPORT_LIMIT = 100_000
COVERS = (
    "门户中的每一次办理，按本人账号记录",
    "门户、接口中对数据集、数据项、作业、运行和他人行为的每一次血缘查询和导出，按本人账号（接入密钥按其对应账号）记录查询事项、"
    "对象、时点、查询目的；查找只记录命中数，不记录所填内容",
    "命令行中的血缘查询、证据导出和重建核对，以 --by 注明账号的按该账号、未注明的按系统账号记录，均附操作系统登录名",
    "对问题数据、数据产品的查看和下载，对文书、数据去向清单、整改工作簿的下载",
    "流水线每次运行的批次入库和数据加工，按系统账号记录批次数、表数和条数",
)
COVERS_NOT = (
    "数据产品调用按调用密钥（单位）记录时间、用途、授权编号和是否拒绝，见“去向”；尚不含查询摘要值和返回条数",
    "数据血缘首页的目录，以及 Marquez 兼容接口的目录、检索和统计，不逐次记录",
    "命令行中目录、质量、授权等其他查看不记录",
)


class ActsRefusedError(PermissionError):
    """The asker may not read this account's acts; who may not read everyone's is not told which accounts exist."""


@dataclass(frozen=True)
class ActsAsked:
    """Whose acts, and which of them. ``since`` and ``until`` are inclusive; empty texts limit nothing."""

    account: str
    since: datetime | None = None
    until: datetime | None = None
    action: str = ""
    on: str = ""
    text: str = ""

    def detail(self) -> dict[str, str]:
        """Return what the ledger keeps of this question."""
        stated = {
            "since": self.since.isoformat() if self.since else "",
            "until": self.until.isoformat() if self.until else "",
            "action": self.action[:60],
            "on": self.on[:120],
            "text": self.text[:60],
        }
        return {name: value for name, value in stated.items() if value}


@dataclass(frozen=True)
class Act:
    """One act; ``kind``: of the seven activities of the scheme; ``datasets``: the data sets it was about."""

    seq: int
    at: datetime
    kind: str
    action: str
    object: str
    detail: dict[str, Any]
    datasets: list[str]


@dataclass(frozen=True)
class Acts:
    """One page of an account's acts, newest first, and what the record covers."""

    account: str
    name: str
    role: str
    organisation: str
    as_of: datetime
    total: int
    page: int
    pages: int
    acts: list[Act]
    actions: list[str]
    covers: tuple[str, ...] = COVERS
    covers_not: tuple[str, ...] = COVERS_NOT


def acts(asked: ActsAsked, *, page: int = 1, size: int = PAGE) -> Acts:
    """Return one page of what an account did; a page beyond the last is the last.

    Raises:
        QuestionError: there is no such account.
    """
    person = _titles(asked.account)
    found = matching(asked)
    total = found.count()
    pages = max(1, -(-total // size))
    page = min(max(1, page), pages)
    shown = found.order_by("-seq")[(page - 1) * size : page * size]
    known = AuditEvent.objects.filter(actor=asked.account).order_by("action").values_list("action", flat=True)
    return Acts(
        asked.account, *person, clock.now(), total, page, pages, list(_read(shown)), list(known.distinct())
    )  # fmt: skip


def exported(asked: ActsAsked) -> list[Act]:
    """Return every act that matches, oldest first, for a file.

    Raises:
        QuestionError: there is no such account, or there are more than ``EXPORT_LIMIT``.
    """
    _titles(asked.account)
    found = matching(asked)
    count = found.count()
    if count > EXPORT_LIMIT:
        raise QuestionError(
            f"{count} acts are more than {EXPORT_LIMIT}: limit them by time",
            f"共{count}条，超过一次导出的上限{EXPORT_LIMIT}条。请按时间分段导出。",
        )
    return list(_read(found.order_by("seq").iterator(2000)))


def demand_readable(username: str, who: Viewer) -> None:
    """Return if the viewer may read an account's acts.

    Raises:
        ActsRefusedError: it may not.
        QuestionError: there is no such account, told to those who may read everyone's.
    """
    if who.reads_all_acts:
        _titles(username)
        return
    found = Account.objects.filter(username=username[:150]).first()
    if found is None or not who.may_read_acts_of(found):
        raise ActsRefusedError(username)


def _titles(username: str) -> tuple[str, str, str]:
    """Return name, role and organisation of an account, or of the system itself.

    Raises:
        QuestionError: there is no such account.
    """
    if username == SYSTEM:
        return "系统自动办理", "系统", ""
    found = Account.objects.select_related("party").filter(username=username[:150]).first()
    if found is None:
        raise QuestionError(f"there is no account {username[:60]!r}", "没有该账号。请核对账号名称。")
    return found.display_name, found.get_role_display(), found.party.name if found.party else ""


def matching(asked: ActsAsked) -> QuerySet[AuditEvent]:
    """Return the events of an account that a question is about."""
    found = AuditEvent.objects.filter(actor=asked.account)
    if asked.since:
        found = found.filter(at__gte=asked.since)
    if asked.until:
        found = found.filter(at__lte=asked.until)
    if asked.action:
        found = found.filter(action=asked.action)
    if asked.on:
        found = found.filter(object=asked.on)
    return _with_text(found, asked.text.strip()) if asked.text.strip() else found


def _with_text(found: QuerySet[AuditEvent], text: str) -> QuerySet[AuditEvent]:
    """Text of the detail is looked for as it is and as JSON escapes it: databases keep one or the other."""
    escaped = "".join(c if c.isascii() else f"\\u{ord(c):04x}" for c in text)
    searched = found.annotate(told=Cast("detail", TextField()))
    near = Q(told__icontains=text) | Q(told__icontains=escaped)
    return searched.filter(near | Q(action__icontains=text) | Q(object__icontains=text))


def _read(found: Any) -> Iterator[Act]:
    for e in found:
        at = e.at.astimezone(clock.SHANGHAI)
        yield Act(e.seq, at, kind_of(e.action), e.action, e.object, e.detail, datasets_of(e.object, e.detail))
