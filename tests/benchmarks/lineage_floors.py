"""The floors of asking a graph: a recursive query in SQLite, and a plain search over Python sets.

Lives here: their table and how they are timed. Stays out: what they are held against (``lineage_graph``).
"""

from __future__ import annotations

import sqlite3
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np

Start = tuple[str, str]  # data set, column
RECURSIVE = """
WITH RECURSIVE reached (id, hops) AS (
    SELECT ?, 0
    UNION
    SELECT e.source, r.hops + 1 FROM reached AS r INNER JOIN edge AS e ON r.id = e.target WHERE r.hops < 10
)
SELECT count(DISTINCT id) FROM reached
"""


def write(now: Any, home: Path) -> None:
    """Write the edges in force of a view as a plain table with the index a recursive query wants."""
    e, owners = now.index.column_edges, now.index.column_of["dataset"].tolist()
    rows = now.column_edges(np.arange(e.size))
    pairs = zip(e["column"][rows].tolist(), e["input_column"][rows].tolist(), strict=True)
    names = ((i, now.name(owners[i]), name) for i, name in enumerate(now.index.columns) if i)
    with sqlite3.connect(home / "floor.sqlite3") as floor:
        floor.execute("CREATE TABLE edge (target INTEGER, source INTEGER)")
        floor.executemany("INSERT INTO edge VALUES (?, ?)", pairs)
        floor.execute("CREATE INDEX edge_target ON edge (target, source)")
        floor.execute("CREATE TABLE name (id INTEGER PRIMARY KEY, dataset TEXT, name TEXT)")
        floor.executemany("INSERT INTO name VALUES (?, ?, ?)", names)
        floor.execute("CREATE INDEX name_of ON name (dataset, name)")


def ask(home: Path, starts: list[Start]) -> dict[str, list[float]]:
    """Return milliseconds of each floor, sorted."""
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
        "a search over sets": timed(ids, search),
    }


def timed(things: list[Any], ask: Callable[[Any], Any]) -> list[float]:
    """Return the milliseconds each call took, sorted."""
    found = []
    for thing in things:
        started = time.perf_counter()
        ask(thing)
        found.append((time.perf_counter() - started) * 1e3)
    return sorted(found)


def share(values: list[float], part: float) -> float:
    """Return the value below which a part of the sorted values lies."""
    return values[min(len(values) - 1, int(len(values) * part))]
