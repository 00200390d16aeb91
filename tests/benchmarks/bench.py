"""``make bench``: figures with both sides measured in one run. Prints what it gets, also where it falls short.

Lives here: which figures, in which order. BENCH_ROWS="1000000 10000000" sets the two sizes of the chain.
Add here: one more figure, measured by a module of its own.
Stays out: pass or fail: a timing is never a test.
"""

from __future__ import annotations

import os
import sys
import tempfile
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
sys.path.insert(0, str(ROOT))


def main() -> None:
    """Measure and print; every district is removed afterwards."""
    small, large = (int(n) for n in os.environ.get("BENCH_ROWS", "1000000 10000000").split())
    with tempfile.TemporaryDirectory(prefix="suyuan-bench-") as scratch:
        _encodings(Path(scratch), min(1_000_000, large // 8))
        _formats(Path(scratch), min(200_000, large // 8))
        _defects(Path(scratch), min(20_000, large // 8))
        _rules(min(1_000_000, large // 8))
        _lineage_page(Path(scratch))
        _lineage_ingest(Path(scratch))
        _lineage_graph(Path(scratch))
        _lineage_verify(Path(scratch))
        _chain(Path(scratch), small, large)


def _encodings(scratch: Path, persons: int) -> None:
    os.environ |= {"SUYUAN_HOME": str(scratch / "home"), "SUYUAN_KEYS": str(scratch / "keys")}
    from tests.benchmarks import encodings

    print(encodings.measure(persons, scratch / "encodings"), flush=True)


def _formats(scratch: Path, persons: int) -> None:
    from tests.benchmarks import formats

    print(formats.measure(persons, scratch / "formats"), flush=True)


def _defects(scratch: Path, persons: int) -> None:
    from tests.benchmarks import defects

    print(defects.measure(persons, scratch / "defects"), flush=True)


def _rules(rows: int) -> None:
    from tests.benchmarks import rules

    print(rules.measure(rows), flush=True)


def _lineage_graph(scratch: Path) -> None:
    from tests.benchmarks import lineage_graph

    print(lineage_graph.measure(scratch / "graph"), flush=True)


def _lineage_verify(scratch: Path) -> None:
    from tests.benchmarks import lineage_verify

    print(lineage_verify.measure(scratch / "verify"), flush=True)


def _lineage_ingest(scratch: Path) -> None:
    from tests.benchmarks import lineage_ingest

    print(lineage_ingest.measure(scratch / "ingest"), flush=True)


def _lineage_page(scratch: Path) -> None:
    from tests.benchmarks import lineage_page

    print(lineage_page.measure(scratch / "lineage-page"), flush=True)


def _chain(scratch: Path, small: int, large: int) -> None:
    from tests.benchmarks import chain

    measured = []
    for rows in (small, large):
        folder = scratch / str(rows)
        folder.mkdir()
        print(f"measuring the chain at about {rows:,} rows", flush=True)
        measured.append(chain.measure(rows, folder))
    print(chain.report(*measured))


if __name__ == "__main__":
    main()
