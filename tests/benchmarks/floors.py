"""``python -m tests.benchmarks.floors``: the least each stage could take on the promoted data, as JSON.

Lives here: one hand-written scan for all rules of a resource (beside Great Expectations), one regular
expression over every cell (beside Presidio), Presidio's own engine cell by cell on a sample, one unencrypted copy
(beside publishing).
Stays out: Suyuan's own ways of doing the same.
"""

from __future__ import annotations

import json
import time
from pathlib import Path
from tempfile import TemporaryDirectory

from config.settings import settings
from expectations import workbench
from expectations.rules import rules_of
from scheme.catalog_files import load_catalog
from scheme.names import staging_name
from warehouse import paths, versions
from warehouse.engine import connect, literal

_PERSONAL = r"[0-9]{15,19}|1[3-9][0-9]{9}|[\w.]+@[\w.]+|[\p{Han}][A-Z][A-Z0-9]{5}|[0-9A-Z]{18}"
_SAMPLE = 3_000


def main() -> None:
    found = {"GX": _rules(), "publishing": _copy()}
    print(json.dumps(found | _cells()))


def _rules() -> float:
    started = time.perf_counter()
    for entry in load_catalog(settings().catalog).entries.values():
        version = versions.promoted(staging_name(entry.department, entry.stem))
        if version is None:
            continue
        rules = [r for r in rules_of(entry) if r.failing]
        connection = connect()
        connection.execute(workbench.macros())
        workbench.build(connection, version, workbench.judged_with(rules), whole=not entry.history)
        flags = ", ".join(f'({r.failing}) AS "{r.rule}"' for r in rules)
        counts = ", ".join(f'count(*) FILTER (WHERE "{r.rule}")' for r in rules)
        connection.execute(f"SELECT {counts} FROM (SELECT {flags} FROM this)").fetchall()
        connection.close()
    return time.perf_counter() - started


def _cells() -> dict[str, float]:
    connection = connect(paths.zone_database("authorized"), read_only=True)
    tables = connection.execute(
        "SELECT table_schema, table_name FROM information_schema.tables WHERE table_schema LIKE 's_'"
    ).fetchall()
    started, cells = time.perf_counter(), 0
    for schema, table in tables:
        columns = [r[0] for r in connection.execute(f'DESCRIBE "{schema}"."{table}"').fetchall()]
        tests = ", ".join(
            f'count(*) FILTER (WHERE regexp_matches(CAST("{c}" AS VARCHAR), {literal(_PERSONAL)}))' for c in columns
        )
        rows = connection.execute(f'SELECT count(*), {tests} FROM "{schema}"."{table}"').fetchall()[0][0]
        cells += rows * len(columns)
    seconds = time.perf_counter() - started
    schema, table = next(t for t in tables if t[1].endswith("firms"))
    sample = connection.execute(f'SELECT * FROM "{schema}"."{table}" LIMIT {_SAMPLE // 8}').pl()
    connection.close()
    return {"Presidio": seconds, "cells": cells, "Presidio cells/s": _own_engine(sample)}


def _own_engine(sample) -> float:
    from desensitization.recognizers.registry import engine
    from desensitization.scan import naive_scan

    engine().analyze("", language="zh")
    started = time.perf_counter()
    naive_scan(sample)
    return sample.height * sample.width / (time.perf_counter() - started)


def _copy() -> float:
    with TemporaryDirectory() as scratch:
        connection = connect(Path(scratch) / "copy.duckdb")
        connection.execute(f"ATTACH {literal(paths.zone_database('authorized'))} AS authorized (READ_ONLY)")
        tables = connection.execute(
            "SELECT schema_name, table_name FROM duckdb_tables() WHERE database_name = 'authorized'"
        ).fetchall()
        started = time.perf_counter()
        for schema, table in tables:
            connection.execute(f'CREATE TABLE "{table}" AS SELECT * FROM authorized."{schema}"."{table}"')
        connection.execute("CHECKPOINT")
        seconds = time.perf_counter() - started
        connection.close()
    return seconds


if __name__ == "__main__":
    main()
