"""数据血缘: find a data set, see its neighbourhood, walk to sources and to uses."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import render

from lineage.graph.neighbourhood import neighbourhood
from lineage.graph.trace import Trace, UnknownNodeError, trace
from lineage.models import Dataset
from portal.access import refused, requires
from scheme.names import ZONE_TITLES

_ORDER = {zone: place for place, zone in enumerate(ZONE_TITLES)}


@requires("lineage")
def index(request: HttpRequest) -> HttpResponse:
    """List known data sets by zone, by text if one is given."""
    wanted = request.GET.get("q", "").strip()
    found = [d for d in Dataset.objects.order_by("name") if wanted in d.name or wanted in d.title]
    zones: dict[str, list[Dataset]] = {}
    for dataset in sorted(found, key=lambda d: (_ORDER.get(d.name.split(".")[0], 9), d.name)):
        zone = dataset.name.split(".")[0]
        zones.setdefault(str(ZONE_TITLES.get(zone, zone)), []).append(dataset)
    return render(request, "portal/lineage.html", {"zones": zones, "wanted": wanted, "count": len(found)})


@requires("lineage")
def node(request: HttpRequest, name: str) -> HttpResponse:
    """Show one data set: the graph around it, its columns, and both walks as lists."""
    column = request.GET.get("column") or None
    try:
        walks = {"来源链": trace(name, direction="upstream", column=column),
                 "去向链": trace(name, direction="downstream", column=column)}  # fmt: skip
        around = neighbourhood(name, up=0, down=0)
    except UnknownNodeError:
        return refused(request, "血缘目录中没有该数据集或数据项。", "安全制度", "请返回数据血缘重新查找。", status=404)
    context = {
        "name": name,
        "node": around["nodes"][0],
        "column": column,
        "walks": {title: _by_distance(walk) for title, walk in walks.items()},
        "upstream": walks["来源链"],
    }
    return render(request, "portal/node.html", context)


@requires("lineage")
def graph(request: HttpRequest, name: str) -> HttpResponse:
    """Return the neighbourhood as JSON, some hops each way."""
    try:
        up, down = (min(6, max(0, int(request.GET.get(side, "1")))) for side in ("up", "down"))
        return JsonResponse(neighbourhood(name, up=up, down=down))
    except ValueError:
        return JsonResponse({"detail": "up 和 down 应为 0 至 6 的整数"}, status=422)
    except UnknownNodeError:
        return JsonResponse({"detail": "血缘目录中没有该数据集"}, status=404)


def _by_distance(walk: Trace) -> list[tuple[int, list[object]]]:
    found: dict[int, list[object]] = {}
    for each in walk.nodes:
        if each.distance:
            found.setdefault(each.distance, []).append(each)
    return sorted(found.items())
