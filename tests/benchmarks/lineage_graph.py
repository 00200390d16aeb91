"""Asking a graph of a million column edges over HTTP, beside a recursive query and a search in memory.

Lives here: the graph, the questions and the figures: projecting, rebuilding, closures of ten steps now and in the past.
Stays out: taking events in (``lineage_ingest``).

Two shapes in one graph: layers of columns that draw on any of the layer before (about 65,000 reached in ten steps),
and columns that draw on few neighbours (about 1,000). A tenth of the data sets is made anew later in another way, so the
past differs from the present.
"""

from __future__ import annotations

import json
import os
import random
import socket
import sqlite3
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path
from uuid import UUID

import httpx

NAMESPACE, PRODUCER = "suyuan://yanzhou", "https://example.org/bench"
COLUMNS, LAYERS, WIDE, LOCAL = 25, 14, 560, 6_000  # columns a data set; data sets a layer; data sets of the other shape
PAST = "2026-09-10T00:00:00+08:00"
Sources = list[tuple[str, str]]


def wide(draw: random.Random) -> Iterator[tuple[str, dict[str, Sources]]]:
    for layer in range(1, LAYERS):
        for d in range(WIDE):
            names = {
                f"c{c}": [(f"platform.wide.l{layer - 1}_{draw.randrange(WIDE)}", f"c{draw.randrange(COLUMNS)}")
                          for _ in range(4)]
                for c in range(COLUMNS)
            }  # fmt: skip
            yield f"platform.wide.l{layer}_{d}", names


def local(draw: random.Random) -> Iterator[tuple[str, dict[str, Sources]]]:
    for d in range(40, LOCAL):
        near = [f"platform.local.d{d - draw.randrange(1, 40)}" for _ in range(2)]
        yield (
            f"platform.local.d{d}",
            {f"c{c}": [(n, f"c{(c + draw.randrange(2)) % COLUMNS}") for n in near] for c in range(COLUMNS)},
        )


def event(number: int, name: str, columns: dict[str, Sources], day: int) -> bytes:
    way = [{"type": "DIRECT", "subtype": "IDENTITY", "description": "", "masking": False}]
    fields = {
        c: {"inputFields": [{"namespace": NAMESPACE, "name": n, "field": f, "transformations": way} for n, f in s]}
        for c, s in columns.items()
    }
    facet = {
        "_producer": PRODUCER,
        "_schemaURL": "https://openlineage.io/spec/facets/1-2-0/ColumnLineageDatasetFacet.json",
    }
    return json.dumps({
        "eventTime": f"2026-09-{day:02d}T00:00:00+08:00", "producer": PRODUCER, "eventType": "COMPLETE",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(UUID(int=number + 1))}, "job": {"namespace": NAMESPACE, "name": f"make.{name}"},
        "inputs": [], "outputs": [{"namespace": NAMESPACE, "name": name, "facets": {"columnLineage": facet | {"fields": fields}}}],
    }).encode()  # fmt: skip


def events() -> Iterator[bytes]:
    draw, number = random.Random(11), 0
    made = [*wide(draw), *local(draw)]
    for name, columns in made:
        number += 1
        yield event(number, name, columns, 5)
    for name, columns in draw.sample(made, len(made) // 10):
        number += 1
        yield event(number, name, {c: s[:1] for c, s in columns.items()}, 20)


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
    started = time.perf_counter()
    rebuild()
    told["rebuild"] = time.perf_counter() - started
    started = time.perf_counter()
    index = view().index
    told |= {"load": time.perf_counter() - started, "edges": index.column_edges.size, "columns": len(index.columns) - 1}
    told["key"] = create("bench", account, reads_as=account.username).secret
    _floor_table(view())
    print(json.dumps(told))


def _floor_table(now) -> None:
    e = now.index.column_edges
    rows = now.column_edges(__import__("numpy").arange(e.size))
    with sqlite3.connect(Path(os.environ["SUYUAN_HOME"]) / "floor.sqlite3") as floor:
        floor.execute("CREATE TABLE edge (target INTEGER, source INTEGER)")
        floor.executemany(
            "INSERT INTO edge VALUES (?, ?)",
            zip(e["column"][rows].tolist(), e["input_column"][rows].tolist(), strict=True),
        )
        floor.execute("CREATE INDEX edge_target ON edge (target, source)")
        floor.execute("CREATE TABLE name (id INTEGER PRIMARY KEY, dataset TEXT, name TEXT)")
        owners = now.index.column_of["dataset"].tolist()
        floor.executemany(
            "INSERT INTO name VALUES (?, ?, ?)",
            ((i, now.name(owners[i]), n) for i, n in enumerate(now.index.columns) if i),
        )
        floor.execute("CREATE INDEX name_of ON name (dataset, name)")


RECURSIVE = """
WITH RECURSIVE reached (id, hops) AS (
    SELECT ?, 0 UNION SELECT e.source, r.hops + 1 FROM reached r JOIN edge e ON e.target = r.id WHERE r.hops < 10
) SELECT count(DISTINCT id) FROM reached
"""


def floors(home: Path, starts: list[tuple[str, str]]) -> dict[str, list[float]]:
    floor = sqlite3.connect(home / "floor.sqlite3")
    ids = [floor.execute("SELECT id FROM name WHERE dataset = ? AND name = ?", s).fetchone()[0] for s in starts]
    near: dict[int, list[int]] = {}
    for target, source in floor.execute("SELECT target, source FROM edge"):
        near.setdefault(target, []).append(source)

    def search(start: int) -> int:
        seen, front = {start}, {start}
        for _ in range(10):
            front = {s for t in front for s in near.get(t, ())} - seen
            seen |= front
        return len(seen)

    return {
        "a recursive query": timed(ids, lambda i: floor.execute(RECURSIVE, [i]).fetchone()),
        "sets in memory": timed(ids, search),
    }


def timed(things: list, ask: Callable) -> list[float]:
    found = []
    for thing in things:
        started = time.perf_counter()
        ask(thing)
        found.append((time.perf_counter() - started) * 1e3)
    return sorted(found)


def p(values: list[float], share: float) -> float:
    return values[min(len(values) - 1, int(len(values) * share))]


def measure(scratch: Path) -> str:
    """Return the figures as text; ``scratch`` holds a home of their own."""
    scratch.mkdir(parents=True, exist_ok=True)
    environment = os.environ | {
        "SUYUAN_HOME": str(scratch / "home"),
        "SUYUAN_KEYS": str(scratch / "keys"),
        "SUYUAN_NOW": "2026-10-01T09:00:00",
    }
    (scratch / "home").mkdir(exist_ok=True)
    root = Path(__file__).resolve().parents[2]
    made = subprocess.run(
        [sys.executable, "-m", "tests.benchmarks.lineage_graph", "build"],
        cwd=root,
        env=environment,
        capture_output=True,
        text=True,
    )
    if made.returncode:
        raise SystemExit(made.stderr[-3000:])
    told = json.loads(made.stdout.splitlines()[-1])
    lines = [
        f"graph of {told['edges']:,} column edges, {told['columns']:,} columns: rebuilt from the log in {told['rebuild']:.1f} s, loaded in {told['load']:.1f} s"
    ]
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    server = subprocess.Popen(
        [sys.executable, "-m", "uvicorn", "--port", str(port), "--log-level", "warning", "--loop", "uvloop", "--http", "httptools", "portal.asgi:application"],
        cwd=root, env=environment,
    )  # fmt: skip
    try:
        lines += _asked(f"http://127.0.0.1:{port}", told["key"], scratch / "home")
    finally:
        server.terminate()
        server.wait()
    return "\n".join(lines)


def _asked(base: str, key: str, home: Path) -> list[str]:
    draw, lines = random.Random(5), []
    shapes = {
        "local": [
            (f"platform.local.d{draw.randrange(3000, LOCAL)}", f"c{draw.randrange(COLUMNS)}") for _ in range(200)
        ],
        "wide": [
            (f"platform.wide.l{LAYERS - 1}_{draw.randrange(WIDE)}", f"c{draw.randrange(COLUMNS)}") for _ in range(40)
        ],
    }
    with httpx.Client(base_url=base, headers={"Authorization": f"Bearer {key}"}, timeout=60) as client:
        _wait(client)
        for shape, starts in shapes.items():
            reached = []

            def ask(start: tuple[str, str], at: str | None = None, reached: list[int] = reached) -> None:
                asked = {"node": start[0], "column": start[1], "hops": 10} | ({"at": at} if at else {})
                answer = client.get("/api/v1/provenance/closure", params=asked)
                reached.append(len(answer.raise_for_status().json()["columns"]))

            ask(starts[0])
            reached.clear()
            now = timed(starts, ask)
            count = sum(reached) / len(reached)
            past = timed(starts, lambda s, ask=ask: ask(s, PAST))
            lines.append(f"{shape}: {count:,.0f} columns reached in 10 steps, over HTTP p50 {p(now, .5):.1f} p95 {p(now, .95):.1f} ms; "
                         f"as of a past time p50 {p(past, .5):.1f} p95 {p(past, .95):.1f} ms ({p(past, .95) / p(now, .95):.2f} times)")  # fmt: skip
            for name, values in floors(home, starts[:20]).items():
                lines.append(
                    f"  beside it {name}, in process, count alone: p50 {p(values, 0.5):.1f} p95 {p(values, 0.95):.1f} ms ({p(now, 0.5) / p(values, 0.5):.2f} times)"
                )
    return lines


def _wait(client: httpx.Client) -> None:
    for _ in range(200):
        try:
            client.get("/login/")
            return
        except httpx.TransportError:
            time.sleep(0.1)


if __name__ == "__main__":
    build()
