"""Recall and precision of quality rules, per kind of planted defect, against the truth file.

Lives here: a demo district with its truth, then a second batch of some registers that drifted, and the figures.
Add here: nothing; another defect is planted in ``orchestration.demo``.
Stays out: how defects are found. A defect counts as found at its very row (a drift: in its very batch) by its rule.
"""

from __future__ import annotations

import datetime as dt
import json
import os
import sys
from collections import defaultdict
from pathlib import Path
from typing import NamedTuple

from tests.benchmarks.measure import run
from tests.district import NOW

DRIFT_ON = dt.date(2026, 9, 25)


class Found(NamedTuple):
    """One problem: row 0 is the batch as a whole."""

    resource: str
    rule: str
    row: int


def measure(persons: int, folder: Path) -> str:
    """Build a district of so many persons, judge it twice; return the figures as lines of text."""
    kept = {k: v for k, v in os.environ.items() if not k.startswith(("SUYUAN_", "DAGSTER_", "DBT_"))}
    first = kept | {"SUYUAN_HOME": str(folder / "home"), "SUYUAN_KEYS": str(folder / "keys"), "SUYUAN_NOW": NOW}
    second = first | {"SUYUAN_NOW": f"{DRIFT_ON}T09:30:00"}
    suyuan, here = str(Path(sys.executable).parent / "suyuan"), [sys.executable, "-m", "tests.benchmarks.defects"]
    run([suyuan, "demo", "prepare", "--rows", str(persons)], first)
    run([suyuan, "run"], first)
    rows = json.loads(run([*here, "read", f"{NOW[:10].replace('-', '')}"], first).output.splitlines()[-1])
    run([*here, "drift", str(persons)], second)
    run([suyuan, "run"], second)
    drifted = json.loads(run([*here, "read", f"{DRIFT_ON:%Y%m%d}"], second).output.splitlines()[-1])
    return report(persons, [*rows, *drifted])


def figures(planted: list[tuple[str, str, str, int]], found: set[Found]) -> list[dict]:
    """Return one row a kind from (resource, kind, rule, row); precision is of all that the kind's rule reports."""
    kinds, of_rule = defaultdict(set), defaultdict(set)
    for resource, kind, rule, row in planted:
        kinds[resource, kind, rule].add(Found(resource, rule, row))
        of_rule[resource, rule].add(Found(resource, rule, row))
    made = []
    for (resource, kind, rule), truth in sorted(kinds.items()):
        reported = {f for f in found if (f.resource, f.rule) == (resource, rule)}
        made.append({
            "resource": resource, "kind": kind, "rule": rule, "planted": len(truth), "found": len(truth & found),
            "reported": len(reported), "right": len(reported & of_rule[resource, rule]),
        })  # fmt: skip
    return made


def report(persons: int, rows: list[dict]) -> str:
    """Return the table; what falls short says so."""
    lines = [f"planted defects at {persons:,} persons: recall (found ÷ planted), precision (planted ÷ reported)"]
    for r in rows:
        recall, precision = r["found"] / r["planted"], r["right"] / r["reported"] if r["reported"] else 0.0
        short = "" if recall == 1 else "  NOT MET"
        lines.append(
            f"  {r['resource']:<36}{r['kind']:<30}{r['rule']:<30} recall {recall:6.1%} of {r['planted']:>5}"
            f"  precision {precision:6.1%} of {r['reported']:>5}{short}"
        )
    planted, found = sum(r["planted"] for r in rows), sum(r["found"] for r in rows)
    missed = sum(r["found"] < r["planted"] for r in rows)
    lines.append(
        f"kinds of defects: {len(rows)}, with one missed: {missed} (wanted 0{', NOT MET' if missed else ''}); "
        f"recall over all {found / planted:.2%}"
    )
    rules = {(r["resource"], r["rule"]): (r["right"], r["reported"]) for r in rows}
    right, reported = (sum(n) for n in zip(*rules.values(), strict=True))
    lines.append(
        f"precision over all {right / reported:.2%}: a rule on rows that belong together (shares, levels in a year, "
        "meters) reports all of them, the truth names the one that was changed"
    )
    return "\n".join(lines)


def _read(stamp: str) -> list[dict]:
    """Compare the truth of one day with what the last judgements found."""
    import polars as pl

    from warehouse import paths

    truth = pl.read_parquet(paths.home() / "demo" / stamp / "truth.parquet").filter(pl.col("rule") != "")
    return figures(truth.select("resource", "kind", "rule", "row_number").rows(), _found())


def _found() -> set[Found]:
    from config.settings import settings
    from expectations.findings import of_version
    from expectations.problem_rows import problem_rows
    from expectations.rules import rules_of
    from scheme.catalog_files import load_catalog
    from scheme.names import staging_name
    from warehouse import versions

    found: set[Found] = set()
    for entry in load_catalog(settings().catalog).entries.values():
        version = versions.latest_written(staging_name(entry.department, entry.stem))
        if version is None or not version.batches:
            continue
        rows = problem_rows(version, entry).to_pydict()
        found |= {Found(entry.id, rule, row) for rule, row in zip(rows["rule"], rows["_row_number"], strict=True)}
        of_rows = {r.rule for r in rules_of(entry)}
        whole = [o for o in of_version(version) if o.state == "failed" and o.rule not in of_rows]
        found |= {Found(entry.id, o.rule, 0) for o in whole}
    return found


def _hand_over_drifted(persons: int) -> None:
    from config.settings import settings
    from orchestration.demo.generate import generate
    from orchestration.demo.planted_drift import DRIFTED
    from scheme.catalog_files import load_catalog
    from warehouse import declaration, paths
    from warehouse.inbox import hand_over

    catalog, folder = load_catalog(settings().catalog), paths.home() / "demo" / f"{DRIFT_ON:%Y%m%d}"
    for made in generate(folder, rows=persons, as_of=DRIFT_ON, registers=DRIFTED):
        hand_over(catalog.entry(made.resource), made.path, declaration.read(made.path), "defects")


def main(act: str, argument: str) -> None:
    """``read <day>`` prints the figures of a day's truth as JSON, ``drift <persons>`` hands over what drifted."""
    from config import django_setup

    django_setup()
    if act == "read":
        print(json.dumps(_read(argument)))
    else:
        _hand_over_drifted(int(argument))


if __name__ == "__main__":
    main(*sys.argv[1:])
