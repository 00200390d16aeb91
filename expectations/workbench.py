"""The database in which one written version is judged.

Lives here: ``judged``, made by one scan (row reference, one ``ok__<rule>`` column a rule, the items that native
expectations read), ``this`` (the rows), ``previous`` (the rows of the batch before), the promoted or written versions
of other tables as ``current.<table>``, seeds as ``reference.<seed>``.
Add here: another table that conditions may read.
Stays out: which rules there are (``rules``), the delivery's own facts (``delivery_facts``), the verdict (``evaluate``).
"""

from __future__ import annotations

import hashlib
import re
from importlib.resources import files
from typing import Any

from config.settings import PROJECT_ROOT
from expectations import previous
from expectations.rules import Rule
from scheme.names import DatasetName, parse_name
from warehouse import paths, versions
from warehouse.engine import confine, literal
from warehouse.versions import Version

SEEDS = PROJECT_ROOT / "dbt_project" / "seeds"


REFERENCE = ("_batch_id", "_row_number")


def judged_with(rules: list[Rule]) -> dict[str, Version]:
    """Return the versions of the other tables that the rules read.

    The one written last, so that a problem between two registers shows at once; but of one that was judged bad the
    promoted one: nobody answers for what another department delivered wrong.
    """
    found: dict[str, Version] = {}
    for table in sorted({t for r in rules for t in r.tables}):
        schema = "staging" if table.startswith("stg_") else "integrated"
        version = _readable(parse_name(f"platform.{schema}.{table}"))
        if version:
            found[table] = version
    return found


def _readable(name: DatasetName) -> Version | None:
    from expectations.findings import of_version

    written = versions.latest_written(name)
    is_bad = written is not None and any(o.blocks for o in of_version(written))
    return versions.promoted(name) if is_bad else written


def is_settled(rule: Rule) -> bool:
    """Whether every other table that a rule reads is read as it was promoted: only then may a batch fall for it."""
    pairs = [(v, versions.promoted(v.name)) for v in judged_with([rule]).values()]
    return all(promoted is not None and promoted.version == read.version for read, promoted in pairs)


def build(
    connection: Any, version: Version, others: dict[str, Version], whole: bool, rules: list[Rule] | None = None
) -> None:
    """Create ``this``, ``current`` and ``reference``; ``whole`` False: only the rows of the last batch.

    With ``rules`` only the seeds they read are opened.
    """
    connection.execute("CREATE SCHEMA current; CREATE SCHEMA reference")
    connection.execute(f"CREATE VIEW this AS {_rows(version, whole)}")
    connection.execute(f"CREATE VIEW previous AS {previous.relation(version)}")
    for table, other in others.items():
        connection.execute(f'CREATE VIEW current."{table}" AS {_rows(other, False)}')
    wanted = None if rules is None else {s.lower() for r in rules for s in r.seeds}
    for seed in SEEDS.glob("*.csv"):
        if wanted is None or seed.stem in wanted:
            connection.execute(
                f"CREATE VIEW reference.{seed.stem} AS SELECT * FROM read_csv({literal(seed)}, all_varchar = true)"
            )


def macros() -> str:
    """Return the SQL functions that rules call."""
    text = files("expectations").joinpath("sql/check_digits.sql").read_text("utf-8")
    return text.replace("create or replace temp macro", "create or replace macro")


def reads(rules: list[Rule]) -> str:
    """Return a digest of the seeds and the functions that the rules may use."""
    total = hashlib.sha256(macros().encode())
    for seed in sorted({s for r in rules for s in r.seeds}):
        file = SEEDS / f"{seed}.csv"
        total.update(file.read_bytes() if file.exists() else b"")
    return total.hexdigest()


def prepare(connection: Any, version: Version, rules: list[Rule], whole: bool) -> dict[str, str]:
    """Open all that the rules read and make ``judged``; return rule → why it cannot be judged, in one line.

    Conditions come from catalogs that departments propose: from here on the connection reads no file but the versions
    that are judged and compared with, and seeds, and writes none but lists of problem rows.
    """
    others = judged_with(rules)
    read = [paths.versions(v.name) for v in (version, *others.values())]
    confine(connection, [*read, SEEDS, paths.judged(version.name)])
    connection.execute(macros())
    build(connection, version, others, whole, rules)
    errors = broken(connection, rules, others)
    return errors | judge(connection, [r for r in rules if r.rule not in errors])


def broken(connection: Any, rules: list[Rule], others: dict[str, Version]) -> dict[str, str]:
    """Return rule → why its condition does not fit the table; no row is read."""
    columns = {row[0] for row in connection.execute("DESCRIBE this").fetchall()}
    errors = {r.rule: why for r in rules if (why := _lacks(r, columns, others))}
    conditions = [r for r in rules if r.rule not in errors and r.failing]
    if _misfit(connection, conditions):  # one statement for all; only if it does not bind, one a rule
        errors |= {r.rule: why for r in conditions if (why := _misfit(connection, [r]))}
    return errors


def _lacks(rule: Rule, columns: set[str], others: dict[str, Version]) -> str:
    absent = sorted(rule.tables - set(others))
    missing = sorted(set(rule.columns) - columns)
    if rule.error:
        return rule.error
    if absent:
        return f"no version of {', '.join(absent)} exists"
    return f"the table has no column {', '.join(missing)}" if missing else ""


def _misfit(connection: Any, rules: list[Rule]) -> str:
    """Messages of the binder name tables, columns and the rule's own text, never a value of a row."""
    flags = ", ".join(f'({r.failing}\n) AS "ok__{r.rule}"' for r in rules)
    if not rules:
        return ""
    try:
        if len(connection.extract_statements(bind := f"DESCRIBE SELECT *, {flags} FROM this")) > 1:
            return "the condition is more than one statement"
        bound = connection.execute(bind).fetchall()
    except Exception as error:  # any failure to bind means that the rule could not run
        return re.sub(r"\s+", " ", str(error).strip().splitlines()[0])[:200]
    other = [row[1] for row in bound[len(bound) - len(rules) :] if row[1] != "BOOLEAN"]
    return f"the condition is of type {other[0]}, not a yes or no" if other else ""


def judge(connection: Any, rules: list[Rule]) -> dict[str, str]:
    """Create ``judged`` in one scan; return rule → why its condition failed on the rows."""
    rows = connection.execute("SELECT count(*) FROM this").fetchall()[0][0]
    if _scan(connection, rules, rows) is None:
        return {}
    errors = {r.rule: why for r in rules if (why := _fails(connection, r, rows))}
    if failure := _scan(connection, [r for r in rules if r.rule not in errors], rows):
        raise failure
    return errors


def _scan(connection: Any, rules: list[Rule], rows: int) -> Exception | None:
    """A native rule needs its items, any other its flag."""
    names = {row[0] for row in connection.execute("DESCRIBE this").fetchall()}
    native = {c for r in rules if r.is_native for c in r.columns}
    columns = [f'"{c}"' for c in sorted(native | (set(REFERENCE) & names))]
    flags = [f'{_flag(r)} AS "ok__{r.rule}"' for r in rules if not r.is_native]
    select = ", ".join([*columns, *flags]) or "true AS row"
    try:
        connection.execute(f"CREATE OR REPLACE TABLE judged AS SELECT {select} FROM this")
    except Exception as failure:  # a condition that fails on a row; which one, _fails finds
        return failure
    made = connection.execute("SELECT count(*) FROM judged").fetchall()[0][0]
    return None if made == rows else ValueError("the conditions give more or fewer rows than the table has")


def _flag(rule: Rule) -> str:
    """True if the rule holds, null on a row that is not evaluated: it is ignored, or the condition is unknown."""
    holds = f"NOT ({rule.failing}\n)"
    return f"CASE WHEN NOT coalesce({rule.ignored}, false) THEN {holds} END" if rule.ignored else holds


def _fails(connection: Any, rule: Rule, rows: int) -> str:
    """The engine's message may hold a value of a row: only its kind is told."""
    if not rule.failing or rule.is_native:
        return ""
    try:
        found = connection.execute(f"SELECT count(*), count(f) FROM (SELECT {_flag(rule)} AS f FROM this)").fetchall()
    except Exception as error:
        return f"{type(error).__name__}: the condition fails on a row"
    return "" if found[0][0] == rows else "the condition gives more or fewer rows than the table has"


def _rows(version: Version, whole: bool) -> str:
    source = f"SELECT * FROM read_parquet({literal(version.path)})"
    if whole or not version.is_history:
        return source
    return f"{source} WHERE _batch_id = {literal(version.batches[-1])}"
