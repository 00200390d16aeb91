"""The database in which one written version is judged.

Lives here: ``judged`` (the rows, with one ``ok__<rule>`` column a rule), ``previous`` (the rows of the batch before),
the promoted or written versions of other tables as ``current.<table>``, seeds as ``reference.<seed>``.
Stays out: which rules there are (``rules``), the delivery's own facts (``delivery_facts``), the verdict (``evaluate``).
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from config.settings import PROJECT_ROOT
from expectations import previous
from expectations.rules import Rule
from scheme.names import parse_name
from warehouse import versions
from warehouse.engine import literal
from warehouse.versions import Version

SEEDS = PROJECT_ROOT / "dbt_project" / "seeds"


class NotReadableError(LookupError):
    """A rule reads a table of which no version exists."""


def judged_with(rules: list[Rule]) -> dict[str, Version]:
    """Return the versions of the other tables that the rules read: the one written last."""
    found: dict[str, Version] = {}
    for table in sorted({t for r in rules for t in r.tables}):
        schema = "staging" if table.startswith("stg_") else "integrated"
        version = versions.latest_written(parse_name(f"platform.{schema}.{table}"))
        if version:
            found[table] = version
    return found


def build(connection: Any, version: Version, others: dict[str, Version], whole: bool) -> None:
    """Create ``this``, ``current`` and ``reference``; ``whole`` False: only the rows of the last batch."""
    connection.execute("CREATE SCHEMA current; CREATE SCHEMA reference")
    connection.execute(f"CREATE VIEW this AS {_rows(version, whole)}")
    connection.execute(f"CREATE VIEW previous AS {previous.relation(version)}")
    for table, other in others.items():
        connection.execute(f'CREATE VIEW current."{table}" AS {_rows(other, False)}')
    for seed in SEEDS.glob("*.csv"):
        connection.execute(
            f"CREATE VIEW reference.{seed.stem} AS SELECT * FROM read_csv({literal(seed)}, all_varchar = true)"
        )


def macros() -> str:
    """Return the SQL functions that rules call."""
    text = files("expectations").joinpath("sql/check_digits.sql").read_text("utf-8")
    return text.replace("create or replace temp macro", "create or replace macro")


def broken(connection: Any, rule: Rule, others: dict[str, Version]) -> str:
    """Return why a rule cannot be evaluated, or an empty string; nothing is read."""
    absent = rule.tables - set(others)
    if absent:
        return f"no version of {', '.join(sorted(absent))} exists"
    try:
        connection.execute(f"SELECT {rule.failing} FROM this LIMIT 0")
    except Exception as error:  # any failure to bind means that the rule could not run
        return f"{type(error).__name__}: the condition does not fit the table"
    return ""


def judge_view(connection: Any, rules: list[Rule]) -> None:
    """Create ``judged``: the items, and ``ok__<rule>`` that is true where the rule holds."""
    flags = [f'NOT coalesce({r.failing}, false) AS "ok__{r.rule}"' for r in rules if not r.native]
    columns = (
        ", ".join(["* EXCLUDE (_invalid_items)", *flags]) if _has_invalid(connection) else ", ".join(["*", *flags])
    )
    connection.execute(f"CREATE VIEW judged AS SELECT {columns} FROM this")


def _rows(version: Version, whole: bool) -> str:
    source = f"SELECT * FROM read_parquet({literal(version.path)})"
    if whole or not version.is_history:
        return source
    return f"{source} WHERE _batch_id = {literal(version.batches[-1])}"


def _has_invalid(connection: Any) -> bool:
    return any(r[0] == "_invalid_items" for r in connection.execute("DESCRIBE this").fetchall())
