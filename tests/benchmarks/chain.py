"""The whole chain at two sizes beside DuckDB alone: time = a + b·rows.

Lives here: building a district of N rows, splitting its run by stage, the floors of each stage, the fit.
Stays out: measuring processes (``measure``), the other side's code (``bare``, ``floors``).
"""

from __future__ import annotations

import json
import os
import re
import shutil
import sys
from dataclasses import dataclass
from pathlib import Path

from tests.benchmarks.measure import run
from tests.district import NOW

ROWS_PER_PERSON = 13.77  # deliveries of both days ÷ persons
STAGES = {  # the stage of a Dagster step, by the step's name
    "landing": r"landing__", "dbt": r"(reference|staging|integrated|subset_)", "GX": r"platform__current",
    "Presidio": r"gate_", "publishing": r"(authorized__|product__)",
}  # fmt: skip


@dataclass(frozen=True)
class Chain:
    """One size: seconds of each stage on our side and of the other side; bytes at the peak."""

    rows: int
    wall: float
    peak_bytes: int
    stages: dict[str, float]
    floors: dict[str, float]

    @property
    def landing_and_dbt(self) -> float:
        """Seconds of landing and dbt, with everything that is no other stage (start-up, planning)."""
        return self.wall - sum(self.stages[s] for s in ("GX", "Presidio", "publishing"))


def measure(rows: int, folder: Path) -> Chain:
    """Build a district of about ``rows`` delivered rows, run it, then run the other sides on the same files."""
    environment = _environment(folder)
    suyuan = str(Path(sys.executable).parent / "suyuan")
    run([suyuan, "demo", "prepare", "--rows", str(round(rows / ROWS_PER_PERSON))], environment)
    shutil.rmtree(folder / "home" / "demo")
    ours = run([suyuan, "run"], environment)
    (folder / "bare").mkdir()
    bare = run([sys.executable, "-m", "tests.benchmarks.bare", str(folder / "home"), str(folder / "bare")], environment)
    shutil.rmtree(folder / "bare")
    floors = run([sys.executable, "-m", "tests.benchmarks.floors"], environment)
    known = json.loads(run([sys.executable, "-m", "tests.benchmarks.steps"], environment).output.splitlines()[-1])
    stages = {s: sum(v for k, v in known["steps"].items() if re.match(p, k)) for s, p in STAGES.items()}
    other = json.loads(floors.output.splitlines()[-1]) | {"landing + dbt": bare.seconds}
    return Chain(known["rows"], ours.seconds, ours.peak_bytes, stages, other)


def report(small: Chain, large: Chain) -> str:
    """Return the figures as lines of text, shortfalls included."""
    a, b = _fit(small, large, lambda c: c.landing_and_dbt)
    bare_a, bare_b = _fit(small, large, lambda c: c.floors["landing + dbt"])
    lines = [
        f"rows delivered: {small.rows:,} and {large.rows:,}; whole run {small.wall:.0f} s and {large.wall:.0f} s",
        f"landing + dbt   Suyuan      {a:6.1f} s + {b * 1e6:6.2f} s per million rows",
        f"                bare DuckDB {bare_a:6.1f} s + {bare_b * 1e6:6.2f} s per million rows",
        _verdict("b ÷ bare b", b / bare_b, 1.5),
        _verdict("a in seconds", a, 60.0),
    ]
    for stage in ("GX", "Presidio", "publishing"):
        for size in (small, large):
            ours, floor = size.stages[stage], size.floors[stage]
            lines.append(
                f"{stage:<12} {size.rows:>12,} rows: {ours:7.1f} s, floor {floor:7.2f} s, ratio {ours / floor:.1f}"
            )
    lines += [
        f"Presidio by its own engine, cell by cell: {large.floors['Presidio cells/s']:,.0f} cells/s; "
        f"the gate: {large.floors['cells'] / large.stages['Presidio']:,.0f} cells/s",
        _verdict("peak memory of the process tree, GiB", large.peak_bytes / 2**30, 3.0),
    ]
    return "\n".join(lines)


def _fit(small: Chain, large: Chain, seconds) -> tuple[float, float]:
    b = (seconds(large) - seconds(small)) / (large.rows - small.rows)
    return seconds(small) - b * small.rows, b


def _verdict(name: str, value: float, limit: float) -> str:
    return f"{name}: {value:.2f} (wanted ≤ {limit:g}{'' if value <= limit else ', NOT MET'})"


def _environment(folder: Path) -> dict[str, str]:
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SUYUAN_", "DAGSTER_", "DBT_"))}
    return kept | {
        "SUYUAN_HOME": str(folder / "home"), "SUYUAN_KEYS": str(folder / "keys"), "SUYUAN_NOW": NOW,
        "DAGSTER_HOME": str(folder / "home" / "dagster"),
    }  # fmt: skip
