"""Events of the log, and counts of the last day or week.

Lives here: their routes.
Add here: the route of another list or count of events.
Stays out: taking events in (``portal.api.ingest``).
"""

from __future__ import annotations

from datetime import tzinfo
from typing import Annotated, Any, Literal
from zoneinfo import ZoneInfo, available_timezones

from fastapi import APIRouter, Query
from pydantic import AfterValidator
from starlette.responses import Response

from config import clock
from lineage.marquez import event_list, stats
from lineage.marquez.reader import Reader
from portal.api.marquez import graph_shapes
from portal.api.marquez.asking import ERRORS, At, Limit, Offset, Reading, Time, answer, moment

router = APIRouter(responses=ERRORS)


def _zone(name: str) -> str:
    if name and name not in available_timezones():
        raise ValueError("unknown time zone")
    return name


Zone = Annotated[str, Query(max_length=64), AfterValidator(_zone)]
Period = Annotated[stats.Period, Query()]
Direction = Annotated[Literal["asc", "desc"], Query(alias="sortDirection")]


@router.get("/events", include_in_schema=False)
@router.get("/events/lineage", response_model=graph_shapes.Events, summary="血缘事件")
async def list_events(
    account: Reading, after: Time = "", before: Time = "", limit: Limit = 100, offset: Offset = 0,
    direction: Direction = "desc", at: At = "",
) -> Response:  # fmt: skip
    """List events by the time they tell: from ``after`` on, up to but not at ``before``."""

    def read(r: Reader) -> dict[str, Any]:
        found, total = event_list.page(
            r, after=moment(after), before=moment(before), limit=limit, offset=offset,
            newest_first=direction == "desc",
        )  # fmt: skip
        return {"events": found, "totalCount": total}

    return await answer(
        account, at, read, node="events", call="events", after=after, before=before, limit=limit, offset=offset
    )


@router.get("/stats/lineage-events", response_model=list[graph_shapes.EventCount], summary="收到的血缘事件数")
async def event_counts(account: Reading, period: Period, timezone: Zone = "") -> Response:
    """Count the events received in each of the last 24 hours or seven days, by type."""
    return await answer(
        account, "", lambda r: stats.event_types(r, _bounds(period, timezone)), call="stats/lineage-events",
        period=period,
    )  # fmt: skip


@router.get("/stats/{asset}", response_model=list[graph_shapes.NameCount], summary="作业、数据集、数据源数")
async def name_counts(
    account: Reading, asset: Literal["jobs", "datasets", "sources"], period: Period, timezone: Zone = ""
) -> Response:
    """Count what was known by the end of each of the last 24 hours or seven days."""
    return await answer(
        account, "", lambda r: stats.names(r, asset, _bounds(period, timezone)), call=f"stats/{asset}", period=period
    )


def _bounds(period: stats.Period, zone: str) -> list[Any]:
    place: tzinfo = ZoneInfo(zone) if zone else clock.SHANGHAI
    return stats.intervals(clock.now(), period, place)
