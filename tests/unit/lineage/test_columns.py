"""Column lineage of SQL as dbt compiles it, against edges worked out by hand."""

from __future__ import annotations

import pytest

from lineage.columns import UnreadableSqlError, column_edges, is_protected

SCHEMA = {
    "landing.d.l": ["a", "b", "_row"],
    "platform.current.person": ["id", "born", "house"],
    "platform.current.dead": ["id"],
}
P = "platform.current.person"


def edges(sql: str) -> set[tuple]:
    return {(e.column, e.source, e.source_column, e.type, e.subtype, e.masking) for e in column_edges(sql, SCHEMA)}


@pytest.mark.parametrize(
    ("sql", "expected"),
    [
        (f"select id from {P}", {("id", P, "id", "DIRECT", "IDENTITY", False)}),
        (f"select upper(id) as x from {P}", {("x", P, "id", "DIRECT", "TRANSFORMATION", False)}),
        (f"select keyed_token('S', id) as t from {P}", {("t", P, "id", "DIRECT", "TRANSFORMATION", True)}),
        (f"select min(born) as m from {P}", {("m", P, "born", "DIRECT", "AGGREGATION", False)}),
        (f"select count(id) as n from {P}", {("n", P, "id", "DIRECT", "AGGREGATION", True)}),
        (
            f"select case when born is null then house else id end as x from {P}",
            {
                ("x", P, "born", "INDIRECT", "CONDITIONAL", None),
                ("x", P, "house", "DIRECT", "TRANSFORMATION", False),
                ("x", P, "id", "DIRECT", "TRANSFORMATION", False),
            },
        ),
        (
            f"with p as (select * from {P}) select p.* exclude (born, house) from p where born is not null",
            {("id", P, "id", "DIRECT", "IDENTITY", False), ("*", P, "born", "INDIRECT", "FILTER", None)},
        ),
        (
            f"select id from {P} union all select id from platform.current.dead",
            {("id", P, "id", "DIRECT", "IDENTITY", False),
             ("id", "platform.current.dead", "id", "DIRECT", "IDENTITY", False)},
        ),
        (
            f"with a as (select keyed_token('S', id) as id from {P}), b as (select id from a) "
            "select id || 'x' as id from b",
            {("id", P, "id", "DIRECT", "TRANSFORMATION", True)},
        ),
        (
            f"with {'person'} as (select id as house, house as id from {P}) select id from person",
            {("id", P, "house", "DIRECT", "IDENTITY", False)},
        ),
        (
            f"select house, count(*) as n from {P} where born is not null group by house",
            {
                ("house", P, "house", "DIRECT", "IDENTITY", False),
                ("n", P, "house", "INDIRECT", "GROUP_BY", None),
                ("n", P, "born", "INDIRECT", "FILTER", None),
                ("*", P, "house", "INDIRECT", "GROUP_BY", None),
                ("*", P, "born", "INDIRECT", "FILTER", None),
            },
        ),
        (
            f"select count(*) over (partition by house) as n from {P}",
            {("n", P, "house", "INDIRECT", "WINDOW", None)},
        ),
        (
            f"select p.id from {P} as p where not exists (select 1 from platform.current.dead as d where d.id = p.id)",
            {("id", P, "id", "DIRECT", "IDENTITY", False), ("*", P, "id", "INDIRECT", "FILTER", None),
             ("*", "platform.current.dead", "id", "INDIRECT", "FILTER", None)},
        ),
    ],
)  # fmt: skip
def test_edges(sql, expected):
    assert edges(sql) == expected


def test_a_column_is_protected_only_if_every_path_is_masked():
    found = column_edges(f"select keyed_token('S', id) || house as x from {P}", SCHEMA)
    assert is_protected([e for e in found if e.column == "x"]) is False
    found = column_edges(f"select keyed_token('S', id) as x from {P}", SCHEMA)
    assert is_protected(found) is True


def test_a_deep_chain_of_ctes_stays_fast():
    chain = "with c0 as (select id as a, house as b from platform.current.person)"
    for i in range(1, 40):
        chain += f", c{i} as (select a || b as a, b || a as b from c{i - 1})"
    found = {(e.column, e.source_column) for e in column_edges(f"{chain} select a from c39", SCHEMA)}
    assert found == {("a", "id"), ("a", "house")}


def test_unreadable_sql_is_an_error_not_an_empty_answer():
    with pytest.raises(UnreadableSqlError):
        column_edges("selec from", SCHEMA)
