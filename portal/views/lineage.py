"""数据血缘: find a data set, see its surroundings as picture and table, open the drawer of one.

Lives here: the pages and pieces of the graph page, each held to what the account may see and recorded as a look.
Add here: another piece that the page fetches.
Stays out: what is shown (``lineage.graph``), the questions（来源、去向、责任、影响, ``portal.views.provenance``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from datetime import datetime
from typing import Any

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from config.settings import settings
from lineage.access import Viewer, viewer
from lineage.answers.chain import knower, readable
from lineage.answers.reasons import in_chinese
from lineage.graph.details import details as details_of
from lineage.graph.folds import FOLDS
from lineage.graph.listing import listing
from lineage.graph.moments import last_known
from lineage.graph.picture import picture
from lineage.graph.search import search
from lineage.graph.surroundings import Surroundings
from lineage.graph.trace import Trace, UnknownNodeError, trace
from lineage.graph.view import view
from lineage.graph.walks import Direction
from lineage.models import WHOLE
from portal import document_hits
from portal import lineage_address as address
from portal.access import account_of, refused, requires
from portal.lineage_access import saw, sees_of
from scheme import chinese_dates
from scheme.names import lineage_namespace

TABS = {"columns": "数据项", "quality": "质量", "grant": "授权", "duty": "责任", "runs": "运行", "versions": "版本"}
_LISTED = 200  # data sets of a chain, or its columns, the start among them
_CHAINS: dict[str, Direction] = {"来源链": "upstream", "去向链": "downstream"}
_SCRIPTS = [
    f"portal/lineage{part}.js"
    for part in ("_address", "_shape", "_canvas", "_table", "_drawer", "_export", "_walk", "_controls", "")
]


@requires("lineage")
def index(request: HttpRequest) -> HttpResponse:
    """Search first; without a question the data sets of each zone, the first of them."""
    account = account_of(request)
    who, wanted = viewer(account), request.GET.get("q", "").strip()
    context: dict[str, Any] = {"wanted": wanted, "found": None, "zones": None}
    if wanted:
        more = {document_hits.SEARCHED: document_hits.readable_by(account)}
        found = context["found"] = search(wanted, who, more)
        saw(account, "search", "", None, hits=len(found.hits))  # the text typed is not kept: it may be anybody's number
    else:
        zones = context["zones"] = listing(who)
        saw(account, "listing", "", None, hits=sum(zone.count for zone in zones))
    return render(request, "portal/lineage.html", context)


@requires("lineage")
def node(request: HttpRequest, name: str) -> HttpResponse:
    """Show the page of one data set; its picture, chains and drawer are fetched by the page."""
    try:
        wanted = address.wanted(name, request.GET)
        graph = view(wanted.at)
        start = Surroundings(graph, viewer(account_of(request))).start(name)
        columns = graph.columns(start)
    except address.AddressError as error:
        return refused(request, f"地址有误：{error}。", "安全制度", "请返回数据血缘重新查找。", status=422)
    except UnknownNodeError:
        return _unknown(request, name)
    saw(account_of(request), "graph", graph.node(start), None, as_of=graph.at.isoformat(), as_of_seq=graph.seq)
    context = {
        "name": name, "id": graph.node(start), "title": graph.title(start) or name, "columns": columns,
        "column": wanted.column, "folds": FOLDS, "scripts": _SCRIPTS,
    }  # fmt: skip
    return render(request, "portal/node.html", context)


@requires("lineage")
def graph(request: HttpRequest, name: str) -> HttpResponse:
    """Return the picture as JSON, in the state the address says."""
    account = account_of(request)
    try:
        found = picture(address.wanted(name, request.GET), viewer(account))
        told = {key: found[key] for key in ("as_of", "as_of_seq", "is_complete", "datasets")}
        saw(account, "graph", found["start"], None, **told)
        return JsonResponse(found)
    except address.AddressError as error:
        return JsonResponse({"detail": str(error)}, status=422)
    except UnknownNodeError:
        return JsonResponse({"detail": "该时点的血缘目录中没有该数据集或数据项"}, status=404)


@requires("lineage")
def details(request: HttpRequest, name: str) -> HttpResponse:
    """Return the drawer of one data set as a piece of a page."""
    account = account_of(request)
    try:
        at = address.moment(request.GET)
        found = details_of(name, at=at, who=viewer(account))
        saw(account, "details", found.node, None, as_of=found.at.isoformat(), as_of_seq=found.seq)
    except address.AddressError as error:
        return HttpResponse(str(error), status=422, content_type="text/plain; charset=utf-8")
    except UnknownNodeError:
        return HttpResponse("该时点的血缘目录中没有该数据集", status=404, content_type="text/plain; charset=utf-8")
    tab = request.GET.get("tab", "")
    context = {"found": found, "tabs": TABS, "tab": tab if tab in TABS else "columns", "at": at}
    return render(request, "portal/node_details.html", context)


@requires("lineage")
def chains(request: HttpRequest, name: str) -> HttpResponse:
    """Return both walks as lists, a piece of a page."""
    account, who = account_of(request), viewer(account_of(request))
    try:
        at, column = address.moment(request.GET), request.GET.get("column") or None
        now = view(at)  # both walks of one moment
        walks = {
            title: trace(name, direction=direction, column=column, at=now.at, known_seq=now.seq, sees=sees_of(account),
                         limit=_LISTED)
            for title, direction in _CHAINS.items()
        }  # fmt: skip
    except (address.AddressError, UnknownNodeError):
        return HttpResponse("该时点没有该数据集或数据项的来源链和去向链", status=404,
                            content_type="text/plain; charset=utf-8")  # fmt: skip
    is_complete = all(walk.is_complete for walk in walks.values())
    saw(account, "chains", name, walks["来源链"], column=column or "", is_complete=is_complete)
    knows = knower(who, now)
    context = {
        "chains": [_listed(title, walk, who, knows) for title, walk in walks.items()], "at": at,
        "as_of": now.at, "as_of_seq": now.seq,
    }  # fmt: skip
    return render(request, "portal/node_chains.html", context)


def _listed(title: str, walk: Trace, who: Viewer, knows: Callable[[str], bool]) -> dict[str, Any]:
    """Return one chain as the page lists it: its levels, and whether that is all."""
    return {
        "title": title, "levels": _by_distance(walk, who, knows), "is_complete": walk.is_complete,
        "reasons": [in_chinese(reason) for reason in walk.incomplete_because],
    }  # fmt: skip


def _unknown(request: HttpRequest, name: str) -> HttpResponse:
    """Say that it is not there; if it once was, when."""
    last = last_known(lineage_namespace(settings().district), name) if sees_of(account_of(request)) is None else None
    next_step = "请返回数据血缘重新查找。"
    if last:
        next_step = f"该数据集在{_moment(last)}仍有记录，请在地址后加上 ?at={last.isoformat()} 查看当时的血缘。"
    return refused(request, "该时点的血缘目录中没有该数据集或数据项。", "安全制度", next_step, status=404)


def _moment(at: datetime) -> str:
    return f"{chinese_dates.day(at.date())} {at:%H:%M}"


def _by_distance(walk: Trace, who: Viewer, knows: Callable[[str], bool]) -> list[tuple[int, list[Any]]]:
    found: dict[int, list[Any]] = {}
    for each in walk.nodes:
        if each.distance:
            named = ["整个数据集" if c == WHOLE else c for c in each.columns]
            found.setdefault(each.distance, []).append(
                replace(readable(each, who, is_known=knows(each.name)), columns=named)
            )
    return sorted(found.items())
