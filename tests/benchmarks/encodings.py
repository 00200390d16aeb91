"""GB18030 CSV beside UTF-8 CSV: the same rows, landed as Parquet.

Lives here: ``measure``. Stays out: landing itself.
"""

from __future__ import annotations

import datetime as dt
import shutil
import time
from pathlib import Path

from config.clock import SHANGHAI
from config.settings import settings
from orchestration.demo.generate import generate
from orchestration.ingest.deliver import land_waiting
from scheme.catalog_files import load_catalog
from warehouse.declaration import Declaration
from warehouse.inbox import hand_over

_TRIES = 3


def measure(persons: int, folder: Path) -> str:
    """Land the resident register in both encodings, best of three each; return the line to print."""
    entry = load_catalog(settings().catalog).entry("gongan.resident_population")
    made = generate(folder, rows=persons, only={entry.id})[0]
    other = folder / "gb18030.csv"
    with made.path.open(encoding="utf-8-sig") as source, other.open("w", encoding="gb18030") as target:
        shutil.copyfileobj(source, target, 1 << 20)
    seconds = {
        name: min(_land(entry, file) for _ in range(_TRIES)) for name, file in {"u": made.path, "g": other}.items()
    }
    ratio = seconds["g"] / seconds["u"]
    missed = "" if ratio <= 1.3 else ", NOT MET"
    return (
        f"landing {persons:,} rows: UTF-8 {seconds['u']:.2f} s, GB18030 {seconds['g']:.2f} s, "
        f"ratio {ratio:.2f} (wanted ≤ 1.3{missed})"
    )


def _land(entry, file: Path) -> float:
    shutil.rmtree(settings().home_path, ignore_errors=True)
    at = dt.datetime(2026, 9, 24, 9, tzinfo=SHANGHAI)
    hand_over(entry, file, Declaration(declared_secrecy="非涉密", handed_over_at=at), "bench")
    started = time.perf_counter()
    batches = list(land_waiting(entry, "bench"))
    if [b.state for b in batches] != ["landed"]:
        raise SystemExit(f"the file was not landed: {[b.refusal for b in batches]}")
    return time.perf_counter() - started
