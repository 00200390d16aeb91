"""Producers under load: events as a warehouse tool sends them, and a raw HTTP/1.1 client that costs little itself.

Lives here: one event of about 3.2 KB, a portal as a real process, many connections that post without pause.
Stays out: what is measured or asserted (``tests.benchmarks.lineage_ingest``, ``tests.integration``).
"""

from __future__ import annotations

import asyncio
import json
import os
import socket
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from uuid import UUID

ROOT = Path(__file__).resolve().parents[1]
PRODUCER = "https://example.org/warehouse/1"
COLUMNS = 10
_FACET = {"_producer": PRODUCER, "_schemaURL": "https://openlineage.io/spec/facets/1-2-0/Facet.json#/$defs/Facet"}


def event(number: int, of: int = 1) -> bytes:
    """Return the COMPLETE event of run ``number`` (distinct runs; data sets recur every 500 runs), about 3.2 KB."""
    place, names = number % 500, [f"column_{c}" for c in range(COLUMNS)]
    source, target = f"raw.orders_{place}", f"mart.orders_{place}"
    fields = [{"name": n, "type": "VARCHAR"} for n in names]
    lineage = {
        n: {"inputFields": [{
            "namespace": "warehouse://shop", "name": source, "field": n,
            "transformations": [{"type": "DIRECT", "subtype": "IDENTITY", "masking": False}],
        }]}
        for n in names
    }  # fmt: skip
    document = {
        "eventType": "COMPLETE", "eventTime": f"2026-09-24T09:{number // 60 % 60:02d}:{number % 60:02d}.000Z",
        "producer": PRODUCER, "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(UUID(int=(of << 64) + number + 1)), "facets": {}},
        "job": {"namespace": "scheduler://shop", "name": f"build_{place}"},
        "inputs": [{"namespace": "warehouse://shop", "name": source,
                    "facets": {"schema": {**_FACET, "fields": fields}}}],
        "outputs": [{"namespace": "warehouse://shop", "name": target,
                     "facets": {"schema": {**_FACET, "fields": fields},
                                "columnLineage": {**_FACET, "fields": lineage}}}],
    }  # fmt: skip
    return json.dumps(document, separators=(",", ":")).encode()


@dataclass
class Portal:
    """A portal in a process of its own, on a home of its own."""

    folder: Path
    port: int = 0
    process: subprocess.Popen[bytes] | None = None
    environment: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SUYUAN_", "DATABASE_URL", "DJANGO_"))}
        self.environment = kept | {
            "SUYUAN_HOME": str(self.folder / "home"), "SUYUAN_KEYS": str(self.folder / "keys"),
            "PYTHONPATH": str(ROOT), "PYTHONWARNINGS": "ignore",
        }  # fmt: skip

    def start(self) -> None:
        """Start it and wait until it answers."""
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self.process = subprocess.Popen(
            [sys.executable, "-m", "uvicorn", "--host", "127.0.0.1", "--port", str(self.port), "--loop", "uvloop",
             "--http", "httptools", "--no-access-log", "--log-level", "warning", "portal.asgi:application"],
            cwd=ROOT, env=self.environment,
        )  # fmt: skip
        deadline = time.monotonic() + 60
        while time.monotonic() < deadline and self.process.poll() is None:
            with socket.socket() as probe:
                if probe.connect_ex(("127.0.0.1", self.port)) == 0:
                    return
            time.sleep(0.05)
        raise RuntimeError("the portal does not start")

    def python(self, code: str) -> str:
        """Run Python beside it, on the same home; return what it printed."""
        done = subprocess.run(
            [sys.executable, "-c", f"from config import django_setup\ndjango_setup()\n{code}"],
            cwd=ROOT, env=self.environment, capture_output=True, text=True,
        )  # fmt: skip
        if done.returncode:
            raise RuntimeError(done.stderr[-3000:])
        return done.stdout

    def key(self) -> str:
        """Make a producer's key and return its secret."""
        return self.python(
            "from registry.models import Account\nfrom lineage.events.keys import create\n"
            "by, _ = Account.objects.get_or_create(username='loader', role='data_engineer', display_name='装载')\n"
            "print(create('load', by).secret)"
        ).strip()

    def stop(self) -> None:
        """Stop it as an operator does, and wait."""
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(30)


@contextmanager
def portal(folder: Path) -> Iterator[Portal]:
    """A portal that runs while this is open."""
    made = Portal(folder)
    made.python("")  # makes the control database
    made.start()
    try:
        yield made
    finally:
        made.stop()


@dataclass
class Posted:
    """What became of the posts: number, status and seconds of each, in the order of their answers."""

    answers: list[tuple[int, int, float]] = field(default_factory=list)
    seconds: float = 0.0

    def numbers(self, status: int) -> list[int]:
        """Return the numbers answered with a status."""
        return [number for number, got, _ in self.answers if got == status]

    def percentile(self, part: float) -> float:
        """Return the seconds that ``part`` of the answers did not exceed."""
        ordered = sorted(seconds for _, _, seconds in self.answers)
        return ordered[min(len(ordered) - 1, int(len(ordered) * part))]


async def post_all(
    port: int, secret: str, path: str, bodies: list[bytes], connections: int,
    on_answer: Callable[[int, int], None] | None = None,
) -> Posted:  # fmt: skip
    """Post every body once over keep-alive connections, each sending the next as soon as it has its answer.

    A connection that breaks ends; what it had not been answered is not in the result.
    """
    head = (
        f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1:{port}\r\nAuthorization: Bearer {secret}\r\n"
        "Content-Type: application/json\r\nContent-Length: "
    ).encode()
    posted, numbers = Posted(), iter(range(len(bodies)))

    async def work() -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", port)
        try:
            for number in numbers:
                body, begun = bodies[number], time.perf_counter()
                writer.write(head + str(len(body)).encode() + b"\r\n\r\n" + body)
                status = await _answer(reader)
                posted.answers.append((number, status, time.perf_counter() - begun))
                if on_answer is not None:
                    on_answer(number, status)
        except (ConnectionError, asyncio.IncompleteReadError):
            pass
        finally:
            writer.close()

    begun = time.perf_counter()
    await asyncio.gather(*(work() for _ in range(connections)))
    posted.seconds = time.perf_counter() - begun
    return posted


async def _answer(reader: asyncio.StreamReader) -> int:
    head = (await reader.readuntil(b"\r\n\r\n")).lower()
    status = int(head[9:12])
    length = next((int(line[15:]) for line in head.split(b"\r\n") if line.startswith(b"content-length:")), 0)
    if length:
        await reader.readexactly(length)
    return status
