"""Lineage events in by HTTP: single posts and batches against a real portal, beside plain durable SQLite inserts.

Lives here: the load, the floors, the report.
Stays out: the portal and its clients (``tests.lineage_load``).

The client runs on the same cores as the portal. The floors store the same bodies with ``synchronous=FULL`` and do
nothing else: one commit an event, and one for 256.
"""

from __future__ import annotations

import asyncio
import sqlite3
import time
from pathlib import Path

from tests.lineage_load import Portal, Posted, event, portal, post_all

SINGLE, BATCHES, A_BATCH, CONNECTIONS = 20_000, 40, 500, 64


def measure(folder: Path, single: int = SINGLE, batches: int = BATCHES) -> str:
    """Return the figures as lines of text."""
    folder.mkdir(parents=True, exist_ok=True)
    bodies = [event(n) for n in range(single)]
    with portal(folder) as running:
        secret = running.key()
        _post(running, secret, "/api/v1/lineage", [event(n, of=2) for n in range(500)])
        alone = _post(running, secret, "/api/v1/lineage", bodies)
        arrays = [
            b"[" + b",".join(event(n, of=3) for n in range(b * A_BATCH, (b + 1) * A_BATCH)) + b"]"
            for b in range(batches)
        ]
        together = _post(running, secret, "/api/v1/lineage/batch", arrays, connections=4)
    assert len(alone.numbers(201)) == single and len(together.numbers(204)) == batches
    size = sum(map(len, bodies)) / len(bodies)
    each, by_256 = _floor(folder / "each.sqlite3", bodies[:3000], 1), _floor(folder / "by.sqlite3", bodies, 256)
    lines = [
        f"lineage events in by HTTP, mean {size:,.0f} bytes, validated, durable and projected before the answer:",
        _verdict("  single POST/s, 64 connections", single / alone.seconds, 1500, True),
        f"  p50 {alone.percentile(0.5) * 1e3:.1f} ms",
        _verdict("  p95 ms", alone.percentile(0.95) * 1e3, 50, False),
        _verdict(f"  batch events/s, {A_BATCH} in a batch", batches * A_BATCH / together.seconds, 10_000, True),
        f"  floor, durable insert alone: {each:,.0f} events/s one commit an event, {by_256:,.0f} by 256",
    ]
    return "\n".join(lines)


def _post(running: Portal, secret: str, path: str, bodies: list[bytes], connections: int = CONNECTIONS) -> Posted:
    return asyncio.run(post_all(running.port, secret, path, bodies, connections))


def _floor(path: Path, bodies: list[bytes], together: int) -> float:
    """Return events a second of inserting the bodies, ``together`` of them in a commit."""
    base = sqlite3.connect(path, isolation_level=None)
    base.executescript(
        "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE e (seq INTEGER PRIMARY KEY, body BLOB)"
    )
    begun = time.perf_counter()
    for start in range(0, len(bodies), together):
        base.execute("BEGIN IMMEDIATE")
        base.executemany("INSERT INTO e (body) VALUES (?)", [(b,) for b in bodies[start : start + together]])
        base.execute("COMMIT")
    seconds = time.perf_counter() - begun
    base.close()
    return len(bodies) / seconds


def _verdict(name: str, value: float, limit: float, at_least: bool) -> str:
    is_met = value >= limit if at_least else value <= limit
    return f"{name}: {value:,.1f} (wanted {'≥' if at_least else '≤'} {limit:,g}{'' if is_met else ', NOT MET'})"


if __name__ == "__main__":
    import tempfile

    with tempfile.TemporaryDirectory(prefix="suyuan-ingest-") as scratch:
        print(measure(Path(scratch)))
