"""Asking a graph of a million column edges over HTTP, beside a recursive query and a search in memory.

Lives here: the graph, the questions and the figures: rebuilding, closures of ten steps now and in the past.
Stays out: taking events in (``lineage_ingest``), the floors themselves (``lineage_floors``).

Two shapes in one graph: layers of columns that draw on any of the layer before (about 65,000 reached in ten steps),
and columns that draw on few neighbours (about 1,000). A tenth of the data sets is made anew later in another way, so
the past differs from the present.
"""

from __future__ import annotations

import json
import os
import random
import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from pathlib import Path
from uuid import UUID

import httpx

from tests.benchmarks import lineage_floors
from tests.benchmarks.lineage_floors import Start, share, timed

ROOT = Path(__file__).resolve().parents[2]
NAMESPACE, PRODUCER = "suyuan://yanzhou", "https://example.org/bench"
COLUMNS = 25  # of a data set
LAYERS, WIDE = 11, 700  # layers; data sets of a layer
LOCAL, NEAR = 4_500, 34  # data sets of the other shape; how far back they draw
PAST = "2026-09-10T00:00:00+08:00"
SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"
FACET = {"_producer": PRODUCER, "_schemaURL": "https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json"}
WAY = [{"type": "DIRECT", "subtype": "IDENTITY", "description": "", "masking": False}]
Made = tuple[str, dict[str, list[tuple[str, str]]]]  # data set, column → source columns


def wide(draw: random.Random) -> Iterator[Made]:
    for layer in range(1, LAYERS):
        for d in range(WIDE):
            yield (
                f"platform.wide.l{layer}_{d}",
                {f"c{c}": [_any_of(layer - 1, draw) for _ in range(4)] for c in range(COLUMNS)},
            )


def _any_of(layer: int, draw: random.Random) -> tuple[str, str]:
    return f"platform.wide.l{layer}_{draw.randrange(WIDE)}", f"c{draw.randrange(COLUMNS)}"


def local(draw: random.Random) -> Iterator[Made]:
    for d in range(NEAR, LOCAL):
        near = [f"platform.local.d{d - draw.randrange(1, NEAR)}" for _ in range(3)]
        columns = {f"c{c}": [(n, f"c{(c + draw.randrange(2)) % COLUMNS}") for n in near] for c in range(COLUMNS)}
        yield f"platform.local.d{d}", columns


def event(number: int, made: Made, day: int) -> bytes:
    name, columns = made
    fields = {
        c: {
            "inputFields": [{"namespace": NAMESPACE, "name": n, "field": f, "transformations": WAY} for n, f in sources]
        }
        for c, sources in columns.items()
    }
    output = {"namespace": NAMESPACE, "name": name, "facets": {"columnLineage": FACET | {"fields": fields}}}
    return json.dumps({
        "eventTime": f"2026-09-{day:02d}T00:00:00+08:00", "producer": PRODUCER, "eventType": "COMPLETE",
        "schemaURL": SCHEMA, "run": {"runId": str(UUID(int=number + 1))},
        "job": {"namespace": NAMESPACE, "name": f"make.{name}"}, "inputs": [], "outputs": [output],
    }).encode()  # fmt: skip


def events() -> Iterator[bytes]:
    draw = random.Random(11)
    made = [*wide(draw), *local(draw)]
    for number, each in enumerate(made):
        yield event(number, each, 5)
    for number, (name, columns) in enumerate(draw.sample(made, len(made) // 10), len(made)):
        yield event(number, (name, {c: sources[:1] for c, sources in columns.items()}), 20)


def build() -> None:
    """Run in a process of its own: take the events in, rebuild, load, write the floors' table."""
    from config import django_setup

    django_setup()
    from lineage.events.ingest import ingest_entries
    from lineage.events.keys import create
    from lineage.events.specification import read
    from lineage.graph.view import view
    from lineage.projection.catching_up import rebuild
    from registry.models import Account, Role

    account = Account.objects.create(username="bench", role=Role.AUDITOR, is_active=True)
    entries, told = [], {}
    for body in events():
        entries.append(read(body))
        if len(entries) == 500:
            ingest_entries(entries)
            entries.clear()
    ingest_entries(entries)
    told["rebuild"] = timed([None], lambda _: rebuild())[0] / 1e3
    told["load"] = timed([None], lambda _: view())[0] / 1e3
    index = view().index
    told |= {"edges": index.column_edges.size, "columns": len(index.columns) - 1}
    told["key"] = create("bench", account, reads_as=account.username).secret
    lineage_floors.write(view(), Path(os.environ["SUYUAN_HOME"]))
    print(json.dumps(told))


def measure(scratch: Path) -> str:
    """Return the figures as text; ``scratch`` holds a home of their own."""
    home, keys = scratch / "home", scratch / "keys"
    (home / "static").mkdir(parents=True)
    told_now = {"SUYUAN_HOME": str(home), "SUYUAN_KEYS": str(keys), "SUYUAN_NOW": "2026-10-01T09:00:00"}
    environment = os.environ | told_now
    command = [sys.executable, "-m", "tests.benchmarks.lineage_graph"]
    made = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if made.returncode:
        raise SystemExit(made.stderr[-3000:])
    told = json.loads(made.stdout.splitlines()[-1])
    first = (
        f"lineage graph of {told['edges']:,} column edges, {told['columns']:,} columns: "
        f"rebuilt from the log in {told['rebuild']:.1f} s, loaded into memory in {told['load']:.1f} s"
    )
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    uvicorn = [sys.executable, "-m", "uvicorn", "--port", str(port), "--log-level", "warning"]
    server = subprocess.Popen([*uvicorn, "portal.asgi:application"], cwd=ROOT, env=environment)
    try:
        return "\n".join([first, *_asked(f"http://127.0.0.1:{port}", told["key"], home)])
    finally:
        server.terminate()
        server.wait()


def _asked(base: str, key: str, home: Path) -> Iterator[str]:
    draw = random.Random(5)
    column = [f"c{draw.randrange(COLUMNS)}" for _ in range(200)]
    shapes: dict[str, list[Start]] = {
        "local": [(f"platform.local.d{draw.randrange(LOCAL // 2, LOCAL)}", c) for c in column],
        "wide": [(f"platform.wide.l{LAYERS - 1}_{draw.randrange(WIDE)}", c) for c in column[:60]],
    }
    with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {key}"}, timeout=60) as client:
        _wait(client)
        for shape, starts in shapes.items():
            yield from _shape(client, shape, starts, home)


def _shape(client: httpx.Client, shape: str, starts: list[Start], home: Path) -> Iterator[str]:
    reached: list[int] = []

    def ask(start: Start, **when: str) -> None:
        asked = {"node": start[0], "column": start[1], "hops": "10", **when}
        answer = client.get("/api/v1/provenance/closure", params=asked).raise_for_status()
        reached.append(len(answer.json()["columns"]))

    ask(starts[0])
    now = timed(starts, ask)
    then = timed(starts, lambda s: ask(s, at=PAST))
    yield (
        f"{shape}: {sum(reached) / len(reached):,.0f} columns reached in 10 steps, over HTTP: "
        f"p50 {share(now, 0.5):.1f} p95 {share(now, 0.95):.1f} ms; as of a past time "
        f"p50 {share(then, 0.5):.1f} p95 {share(then, 0.95):.1f} ms ({share(then, 0.95) / share(now, 0.95):.2f} times)"
    )
    for name, values in lineage_floors.ask(home, starts[:30]).items():
        yield (
            f"  beside it {name}, in process, counting alone: p50 {share(values, 0.5):.1f} "
            f"p95 {share(values, 0.95):.1f} ms (ours over HTTP ÷ it: {share(now, 0.5) / share(values, 0.5):.2f})"
        )


def _wait(client: httpx.Client) -> None:
    for _ in range(600):
        try:
            client.get("/login/")
            return
        except httpx.TransportError:
            time.sleep(0.1)


if __name__ == "__main__":
    build()
