"""Small events and an unguarded log for tests of what the log proves."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any
from uuid import UUID, uuid5

from django.db import connection

from lineage.events.ingest import ingest_many
from lineage.log.appending import chain_hash

NAMESPACE = "suyuan://yanzhou"
START = dt.datetime(2026, 9, 24, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
FIELDS = (
    "seq", "received_us", "event_us", "kind", "producer", "via", "sha256", "prev_hash", "chain_hash", "body",
)  # fmt: skip


def run_event(
    job: str, *, at: dt.datetime = START, inputs: tuple[str, ...] = (), outputs: tuple[str, ...] = (), state="COMPLETE",
    run: str = "", output_facets: dict[str, Any] | None = None, input_facets: dict[str, Any] | None = None,
) -> bytes:  # fmt: skip
    run_id = uuid5(UUID(int=1), run or f"{job} {at}")
    document = {
        "eventType": state, "eventTime": at.isoformat(), "producer": "https://example.org/producer",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(run_id)}, "job": {"namespace": NAMESPACE, "name": job},
        "inputs": [{"namespace": NAMESPACE, "name": n, "facets": input_facets or {}} for n in inputs],
        "outputs": [{"namespace": NAMESPACE, "name": n, "facets": output_facets or {}} for n in outputs],
    }  # fmt: skip
    return json.dumps(document, ensure_ascii=False).encode()


def facet(**content: Any) -> dict[str, Any]:
    return {"_producer": "https://example.org/producer", "_schemaURL": "https://example.org/facet.json", **content}


def fill(events: int) -> None:
    """Append so many events, one a minute."""
    ingest_many(
        [
            run_event(f"job {i}", at=START + dt.timedelta(minutes=i), outputs=(f"platform.a.t{i}",))
            for i in range(events)
        ]
    )


def unguarded() -> None:
    """Take the triggers off, as someone with rights on the database can."""
    with connection.cursor() as cursor:
        cursor.execute("SELECT name FROM sqlite_master WHERE type = 'trigger' AND tbl_name LIKE 'lineage%%'")
        for (name,) in cursor.fetchall():
            cursor.execute(f"DROP TRIGGER {name}")


def sql(statement: str, *values: Any) -> None:
    with connection.cursor() as cursor:
        cursor.execute(statement, list(values))


def stored(seq: int) -> dict[str, Any]:
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT {', '.join(FIELDS)} FROM lineage_event WHERE seq = %s", [seq])
        return dict(zip(FIELDS, cursor.fetchone(), strict=True))


def set_field(seq: int, field: str, value: Any) -> None:
    text = isinstance(value, bytes) and field != "body"
    place = "CAST(%s AS TEXT)" if text else "%s"
    sql(f"UPDATE lineage_event SET {field} = {place} WHERE seq = %s", value, seq)


def rechain(first: int, last: int) -> None:
    """Make the chain anew from a sequence on, as anyone can who knows the formula."""
    before = stored(first - 1)["chain_hash"]
    for seq in range(first, last + 1):
        row = stored(seq)
        chain = chain_hash(
            before, seq, row["received_us"], row["event_us"], row["kind"], row["sha256"], row["producer"], row["via"]
        )
        sql("UPDATE lineage_event SET prev_hash = %s, chain_hash = %s WHERE seq = %s", before, chain, seq)
        before = chain
