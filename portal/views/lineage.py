"""数据血缘: find a data set, see its neighbourhood, walk to sources and to uses."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from lineage.access import Viewer, looked, viewer
from lineage.answers.chain import readable
from lineage.graph.neighbourhood import neighbourhood
from lineage.graph.trace import Trace, UnknownNodeError, trace
from lineage.graph.view import view
from lineage.models import Dataset
from portal.access import account_of, refused, requires
from portal.lineage_access import saw, sees_of
from scheme.names import ZONE_TITLES

_ORDER = {zone: place for place, zone in enumerate(ZONE_TITLES)}


@requires("lineage")
def index(request: HttpRequest) -> HttpResponse:
    """List known data sets by zone, by text if one is given."""
    wanted = request.GET.get("q", "").strip()
    sees = sees_of(account_of(request))
    shown = sees(view()) if sees else None
    found = [
        d
        for d in Dataset.objects.order_by("name")
        if (wanted in d.name or wanted in d.title) and (shown is None or (d.pk < len(shown) and shown[d.pk]))
    ]
    zones: dict[str, list[Dataset]] = {}
    for dataset in sorted(found, key=lambda d: (_ORDER.get(d.name.split(".")[0], 9), d.name)):
        zone = dataset.name.split(".")[0]
        zones.setdefault(str(ZONE_TITLES.get(zone, zone)), []).append(dataset)
    return render(request, "portal/lineage.html", {"zones": zones, "wanted": wanted, "count": len(found)})


@requires("lineage")
def node(request: HttpRequest, name: str) -> HttpResponse:
    """Show one data set: the graph around it, its columns, and both walks as lists."""
    column, sees = request.GET.get("column") or None, sees_of(account_of(request))
    try:
        walks = {"来源链": trace(name, direction="upstream", column=column, sees=sees),
                 "去向链": trace(name, direction="downstream", column=column, sees=sees)}  # fmt: skip
        around = neighbourhood(name, up=0, down=0, sees=sees)
    except UnknownNodeError:
        return refused(request, "血缘目录中没有该数据集或数据项。", "安全制度", "请返回数据血缘重新查找。", status=404)
    saw(account_of(request), "graph", name, walks["来源链"], column=column or "")
    who = viewer(account_of(request))
    context = {
        "name": name,
        "node": around["nodes"][0],
        "column": column,
        "walks": {title: _by_distance(walk, who) for title, walk in walks.items()},
        "upstream": walks["来源链"],
    }
    return render(request, "portal/node.html", context)


@requires("lineage")
def graph(request: HttpRequest, name: str) -> HttpResponse:
    """Return the neighbourhood as JSON, some hops each way."""
    try:
        up, down = (min(6, max(0, int(request.GET.get(side, "1")))) for side in ("up", "down"))
        found = neighbourhood(name, up=up, down=down, sees=sees_of(account_of(request)))
        looked(account_of(request), "graph", name, detail={"up": up, "down": down, "as_of_seq": found["as_of_seq"]})
        return JsonResponse(found)
    except ValueError:
        return JsonResponse({"detail": "up 和 down 应为 0 至 6 的整数"}, status=422)
    except UnknownNodeError:
        return JsonResponse({"detail": "血缘目录中没有该数据集"}, status=404)


def _by_distance(walk: Trace, who: Viewer) -> list[tuple[int, list[object]]]:
    found: dict[int, list[object]] = {}
    for each in walk.nodes:
        if each.distance:
            found.setdefault(each.distance, []).append(readable(each, who))
    return sorted(found.items())
