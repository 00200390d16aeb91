"""Column lineage against the truth by data, for every construct of DuckDB's SQL that it reads.

Every change that changing a source column makes is predicted (soundness); every DIRECT edge shows itself in some
change (precision); there are no exceptions. ASOF joins are checked by hand in ``test_columns``.
"""

from __future__ import annotations

import datetime as dt
import random
import re
from importlib.resources import files
from pathlib import Path

import pytest

from lineage.columns import Lineage, statement_lineage
from tests.unit.lineage import grammar
from tests.unit.lineage.truth import Observed, Table, observe, unpredicted, unseen

IDS = [1, 2, 3, 4, 5, 6]
DAYS = [dt.date(1950, 3, 1), dt.date(1990, 5, 5), dt.date(2001, 9, 9), dt.date(2020, 2, 29), None]
TABLES = [
    Table(
        "platform.current.person",
        {"id": "int", "name": "text", "born": "date", "house": "int", "income": "int", "tags": "int[]",
         "home": "struct(f int, g text)"},
        {"id": [*IDS, None], "name": ["a", "b", "ab", "c", None], "born": DAYS, "house": IDS,
         "income": [0, 50, 120, 700, None], "tags": [[1, 2], [3], [], [2, 2, 9], None],
         "home": [{"f": 1, "g": "x"}, {"f": 2, "g": "y"}]},
    ),
    Table("platform.current.dead", {"id": "int", "day": "date", "cause": "text"},
          {"id": IDS, "day": DAYS, "cause": ["a", "b", "z"]}, size=5),
    Table("platform.current.firm", {"firm": "int", "owner": "int", "kind": "text", "staff": "int", "month": "int"},
          {"firm": IDS, "owner": IDS, "kind": ["a", "b", "c"], "staff": [1, 5, 40, 300, None], "month": [1, 2, 3, 4]}),
    Table("platform.current.house", {"house": "int", "parent": "int", "road": "text"},
          {"house": IDS, "parent": [1, 2, 3, None], "road": ["a", "b", "r1"]}, size=7),
]  # fmt: skip
SCHEMA = {t.name: list(t.columns) for t in TABLES}

STATEMENTS = dict(
    re.findall(r"^-- ([^#\n]+)\n(.+?);$", Path(__file__).with_name("statements.sql").read_text("utf-8"), re.M | re.S)
)


@pytest.fixture(scope="module")
def lineages() -> dict[str, Lineage]:
    return {key: statement_lineage(sql, SCHEMA) for key, sql in STATEMENTS.items()}


@pytest.fixture(scope="module")
def observed(lineages: dict[str, Lineage]) -> dict[str, Observed]:
    prepare = files("warehouse").joinpath("sql/masks.sql").read_text("utf-8") + ";use platform.current"
    statements = {key: (sql, set(lineages[key].reads)) for key, sql in STATEMENTS.items()}
    return observe(TABLES, statements, seeds=2, prepare=lambda connection: connection.execute(prepare))


@pytest.mark.parametrize("key", STATEMENTS)
def test_every_change_is_predicted(key, observed, lineages):
    assert observed[key].full and unpredicted(observed[key], lineages[key]) == []


@pytest.mark.parametrize("key", STATEMENTS)
def test_every_direct_edge_shows(key, observed, lineages):
    assert unseen(observed[key], lineages[key]) == []


@pytest.mark.parametrize("key", STATEMENTS)
def test_the_columns_are_those_of_the_result(key, observed, lineages):
    assert [c.lower() for c in lineages[key].columns] == [c.lower() for c in observed[key].columns]


def test_changes_of_random_statements_are_predicted():
    random_ = random.Random(20260924)
    statements = {text: statement_lineage(text, SCHEMA) for text in (grammar.statement(random_) for _ in range(60))}
    found = observe(
        TABLES,
        {text: (text, set(lineage.reads)) for text, lineage in statements.items()},
        seeds=1,
        prepare=lambda connection: connection.execute("use platform.current"),
    )
    assert {text: u for text, seen in found.items() if (u := unpredicted(seen, statements[text]))} == {}
    assert sum(bool(seen.shown) for seen in found.values()) > 40
