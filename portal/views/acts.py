"""行为: what one person did, searched by time, act, object and text; as a file for an audit.

Lives here: the page and the file. Add here: another field of the search.
Stays out: the search (``lineage.answers.acts``), the whole chain and its verification (``portal.views.audit``).
"""

from __future__ import annotations

import json
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render

from lineage.access import looked, viewer
from lineage.answers.acts import Act, ActsAsked, ActsRefusedError, acts, demand_readable, exported
from lineage.answers.asked import QuestionError, moment_of
from lineage.answers.documents import document
from portal.access import account_of, refused, requires
from portal.downloads import bytes_answer
from portal.tables import table_file
from registry.models import Account

HEADERS = ["序号", "时间", "类别", "事项", "对象", "涉及数据集", "内容"]
_NOT_YOURS = ("您的账号无权查询该账号的行为记录。", "安全人员", "请查询本人的行为记录。")


@requires("lineage")
def index(request: HttpRequest) -> HttpResponse:
    """Lead to one's own record, or to that of the account asked for."""
    wanted = request.GET.get("account", "").strip()[:150]
    return redirect("account_acts", wanted or account_of(request).username)


@requires("lineage")
def show(request: HttpRequest, account: str) -> HttpResponse:
    """Show one page of an account's acts."""
    try:
        asked, purpose = _asked(request, account), request.GET.get("purpose", "").strip()
        found = acts(asked, page=_page(request))
    except ActsRefusedError:
        return refused(request, *_NOT_YOURS)
    except QuestionError as error:
        return refused(request, error.sentence, "安全人员", "请返回修改查询条件。", status=400)
    looked(account_of(request), "acts", f"account:{account}", purpose=purpose, detail=asked.detail())
    given = {k: v for k, v in request.GET.items() if k != "page"}
    context = {
        "found": found, "given": request.GET, "query": urlencode(given), "accounts": _choice(request),
        "page": {
            "number": found.page, "has_previous": found.page > 1, "has_next": found.page < found.pages,
            "previous_page_number": found.page - 1, "next_page_number": found.page + 1,
            "paginator": {"num_pages": found.pages, "count": found.total},
        },
    }  # fmt: skip
    return render(request, "portal/provenance_acts.html", context)


@requires("lineage")
def file(request: HttpRequest, account: str, kind: str) -> HttpResponse:
    """Hand out every act that matches, for an audit."""
    if kind not in ("csv", "xlsx", "json"):
        return refused(request, "没有这种格式。", "安全人员", "请下载 CSV、XLSX 或 JSON。", status=404)
    try:
        asked, purpose = _asked(request, account), request.GET.get("purpose", "").strip()
        found = exported(asked)
    except ActsRefusedError:
        return refused(request, *_NOT_YOURS)
    except QuestionError as error:
        return refused(request, error.sentence, "安全人员", "请返回修改查询条件。", status=400)
    detail = {**asked.detail(), "file": kind, "rows": len(found)}
    looked(account_of(request), "acts", f"account:{account}", purpose=purpose, detail=detail, action="导出行为记录")
    title = f"行为记录-{account}"
    if kind == "json":
        content = json.dumps(document(found), ensure_ascii=False, indent=1).encode()
        return bytes_answer(content, f"{title}.json")
    return table_file(kind, title, HEADERS, [_cells(a) for a in found])


def _asked(request: HttpRequest, account: str) -> ActsAsked:
    who = viewer(account_of(request))
    demand_readable(account, who)
    since, until = (request.GET.get(each, "") for each in ("since", "until"))
    texts = [request.GET.get(each, "").strip()[:120] for each in ("action", "object", "text")]
    return ActsAsked(account, moment_of(since, "since", "起始时间"), moment_of(until, "until", "截止时间"), *texts)


def _page(request: HttpRequest) -> int:
    text = request.GET.get("page", "1")
    return int(text) if text.isascii() and text.isdigit() and len(text) < 8 else 1


def _choice(request: HttpRequest) -> list[Account]:
    """The accounts whose acts may be read, if there are few enough to choose from."""
    who = viewer(account_of(request))
    accounts = Account.objects.select_related("party").order_by("username")[:2000]
    return [a for a in accounts if who.may_read_acts_of(a)][:500]


def _cells(act: Act) -> list[str]:
    at, detail = act.at.isoformat(timespec="seconds"), json.dumps(act.detail, ensure_ascii=False, sort_keys=True)
    return [str(act.seq), at, act.kind, act.action, act.object, "；".join(act.datasets), detail]
