"""Verifying a log, beside only reading and hashing its bodies.

Lives here: a log of events of 3.2 KB with a checkpoint, and how fast ``lineage verify`` walks it.
Stays out: what it finds (tests).
"""

from __future__ import annotations

import hashlib
import json
import os
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from tests.lineage_load import event

ROOT = Path(__file__).resolve().parents[2]
EVENTS, WANTED = 200_000, 100_000


def build(events: int) -> None:
    """Run in a process of its own: fill the log, sign its head, verify it."""
    from config import django_setup

    django_setup()
    from lineage.events.specification import read
    from lineage.log import checkpoint
    from lineage.log.appending import append_many
    from lineage.log.verify import verify

    for start in range(0, events, 2000):
        append_many([read(event(n)) for n in range(start, min(start + 2000, events))])
    checkpoint.write()
    started = time.perf_counter()
    found = verify()
    took = time.perf_counter() - started
    print(json.dumps({"seconds": took, "events": found.events, "sound": found.is_sound}))


def measure(scratch: Path, events: int = EVENTS) -> str:
    """Return the figures as text; ``scratch`` holds a home of its own."""
    home = scratch / "home"
    home.mkdir(parents=True)
    environment = os.environ | {"SUYUAN_HOME": str(home), "SUYUAN_KEYS": str(scratch / "keys")}
    command = [sys.executable, "-m", "tests.benchmarks.lineage_verify", str(events)]
    done = subprocess.run(command, cwd=ROOT, env=environment, capture_output=True, text=True)
    if done.returncode:
        raise SystemExit(done.stderr[-3000:])
    told = json.loads(done.stdout.splitlines()[-1])
    rate, floor = told["events"] / told["seconds"], told["events"] / _floor(home / "control.sqlite3")
    return (
        f"lineage verify: {told['events']:,} events, sound {told['sound']}: {rate:,.0f} events/s (wanted {WANTED:,}); "
        f"beside it reading and hashing the bodies alone {floor:,.0f} events/s ({floor / rate:.2f} times)"
    )


def _floor(path: Path) -> float:
    started = time.perf_counter()
    with sqlite3.connect(path) as database:
        for (body,) in database.execute("SELECT body FROM lineage_event ORDER BY seq"):
            hashlib.sha256(body).digest()
    return time.perf_counter() - started


if __name__ == "__main__":
    build(int(sys.argv[1]))
