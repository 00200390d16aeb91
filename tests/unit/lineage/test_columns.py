"""Column lineage of SQL as dbt compiles it, against edges worked out by hand."""

from __future__ import annotations

import re

import pytest

from lineage.columns import UnreadableSqlError, column_edges, statement_lineage

SCHEMA = {
    "landing.d.l": ["a", "b", "_row"],
    "platform.current.person": ["id", "born", "house"],
    "platform.current.dead": ["id"],
    "platform.current.pay": ["id", "day", "amount", "tags"],
}
P, PAY = "platform.current.person", "platform.current.pay"


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


def test_a_deep_chain_of_ctes_stays_fast():
    chain = "with c0 as (select id as a, house as b from platform.current.person)"
    for i in range(1, 40):
        chain += f", c{i} as (select a || b as a, b || a as b from c{i - 1})"
    found = {(e.column, e.source_column) for e in column_edges(f"{chain} select a from c39", SCHEMA)}
    assert found == {("a", "id"), ("a", "house")}


def test_unreadable_sql_is_an_error_not_an_empty_answer():
    with pytest.raises(UnreadableSqlError):
        column_edges("selec from", SCHEMA)


def kinds(sql: str, column: str) -> set[tuple]:
    """Source column, subtype and masking of the edges of one output column."""
    return {(e.source_column, e.subtype, e.masking) for e in column_edges(sql, SCHEMA) if e.column == column}


@pytest.mark.parametrize(
    ("expression", "expected"),
    [
        ("nullif(id, day)", {("id", "TRANSFORMATION", False), ("day", "CONDITIONAL", None)}),
        ("if(day is null, id, 0)", {("id", "TRANSFORMATION", False), ("day", "CONDITIONAL", None)}),
        ("lag(amount) over (partition by id order by day)",
         {("amount", "TRANSFORMATION", False), ("id", "WINDOW", None), ("day", "WINDOW", None)}),
        ("first_value(amount) over (order by day)", {("amount", "TRANSFORMATION", False), ("day", "WINDOW", None)}),
        ("sum(amount) over (partition by id)", {("amount", "AGGREGATION", None), ("id", "WINDOW", None)}),
        ("row_number() over (order by day)", {("day", "WINDOW", None)}),
        ("sum(amount) filter (where day > 3)", {("amount", "AGGREGATION", None), ("day", "FILTER", None)}),
        ("string_agg(id, ',' order by day)", {("id", "AGGREGATION", False), ("day", "SORT", None)}),
        ("arg_max(amount, day)", {("amount", "AGGREGATION", False), ("day", "SORT", None)}),
        ("percentile_cont(0.5) within group (order by amount)", {("amount", "AGGREGATION", False)}),
        ("count(distinct id)", {("id", "AGGREGATION", True)}),
        ("list_transform(tags, lambda t: keyed_token('S', t))",
         {("tags", "TRANSFORMATION", True), ("tags", "CONDITIONAL", None)}),
        ("list_filter(tags, lambda t: t > day)", {("tags", "TRANSFORMATION", False), ("tags", "CONDITIONAL", None),
                                                  ("day", "CONDITIONAL", None)}),
        ("(select max(id) from platform.current.dead)", {("id", "AGGREGATION", False)}),
        ("(select count(*) from platform.current.dead as d where d.id = p.day)",
         {("id", "FILTER", None), ("day", "FILTER", None)}),
        ("day in (select id from platform.current.dead)",
         {("day", "TRANSFORMATION", False), ("id", "CONDITIONAL", None)}),
        ("mask_index(amount, avg(amount) over (partition by id))",
         {("amount", "AGGREGATION", True), ("amount", "TRANSFORMATION", True), ("id", "WINDOW", None)}),
        ("mask_band(amount, [1, 2], [id, day, 'high'])",
         {("amount", "TRANSFORMATION", True), ("id", "TRANSFORMATION", False), ("day", "TRANSFORMATION", False)}),
        ("amount::varchar", {("amount", "IDENTITY", False)}),
    ],
)  # fmt: skip
def test_how_an_expression_uses_each_column(expression, expected):
    assert kinds(f"select {expression} as x from {PAY} as p", "x") == expected


@pytest.mark.parametrize(
    ("rest", "expected"),
    [
        ("where day > 3", {("day", "FILTER")}),
        ("qualify row_number() over (partition by id order by day) = 1", {("id", "WINDOW"), ("day", "WINDOW")}),
        ("qualify amount > 3", {("amount", "FILTER")}),
        ("order by day limit 3", {("day", "SORT")}),
        ("join platform.current.dead as d on d.id = p.id and case when amount > 1 then true end",
         {("id", "JOIN"), ("amount", "JOIN")}),
        ("asof join platform.current.dead as d on p.day >= d.id", {("day", "JOIN"), ("id", "JOIN")}),
        ("semi join platform.current.dead using (id)", {("id", "JOIN")}),
        ("where case when day then amount end in (select id from platform.current.dead)",
         {("day", "FILTER"), ("amount", "FILTER"), ("id", "FILTER")}),
        (", unnest(p.tags) as u(tag)", {("tags", "JOIN")}),
    ],
)  # fmt: skip
def test_what_decides_which_rows_there_are(rest, expected):
    found = column_edges(f"select p.amount as x from {PAY} as p {rest}", SCHEMA)
    assert {(e.source_column, e.subtype) for e in found if e.column == "*"} == expected


@pytest.mark.parametrize(
    ("sql", "says"),
    [
        ("", "one statement"),
        ("select 1; select 2", "one statement"),
        ("select nothing from {P}", "have a column nothing"),
        ("select p.nothing from {P} p", "have a column p.nothing"),
        ("select id from {P}, platform.current.dead", "stands in several tables"),
        ("select * from elsewhere.raw.t", "columns of elsewhere.raw.t are not known"),
        ("select a from elsewhere.raw.t, elsewhere.raw.u", "have a column a"),
        ("pivot {P} on house using count(*)", "only the data know"),
        ("select unnest({'a': id}) from {P}", "structured value"),
        ("select * from read_parquet('x.parquet')", "table function"),
        ("select * from our_table_macro(3)", "table function"),
        ("select columns(lambda c: c like 'i%') from {P}", "by a function"),
        ("select id from {P} union all select id, id from platform.current.dead", "different numbers of columns"),
        ("select sum(id) over w from {P}", "window w"),
        ("select id from {P} order by 2", "column number"),
        ("update {P} set id = 1", "UPDATE"),
        ("delete from {P}", "DELETE"),
        ("merge into {P} a using {P} b on a.id = b.id when matched then delete", "MERGE"),
        ("create macro f(x) as x + 1", "CREATE"),
        ("explain select id from {P}", "COMMAND"),
        ("select struct_pack(*) from {P}", "(*)"),
        ("select " + "(" * 600 + "id" + ")" * 600 + " from {P}", "too deeply"),
    ],
)
def test_what_cannot_be_traced_in_full_is_refused(sql, says):
    with pytest.raises(UnreadableSqlError, match=re.escape(says)):
        column_edges(sql.replace("{P}", P), SCHEMA)


def test_messages_and_logs_hold_no_values_of_the_statement(caplog):
    number = "'370812199001011234'"
    for sql in (f"explain select {number}", f"select {number} from from", f"call f({number})"):
        with pytest.raises(UnreadableSqlError) as refused:
            column_edges(sql, SCHEMA)
        assert number not in str(refused.value) + caplog.text


@pytest.mark.parametrize(
    "sql",
    [
        "create table t as select id as x from {P}",
        "create or replace view v(x) as select id from {P}",
        "insert into t (x) select id from {P}",
        "with c as (select id as x from {P}) insert into t select x from c",
        "copy (select id as x from {P}) to 'x.csv'",
        'SELECT "ID" AS x FROM "Platform"."CURRENT"."person"',
        "select x: id from person",
        "from {P} select id as x",
    ],
)
def test_statements_around_a_query_and_spellings_of_names(sql):
    assert edges(sql.replace("{P}", P)) == {("x", P, "id", "DIRECT", "IDENTITY", False)}


def test_what_is_only_counted_is_read_too():
    found = statement_lineage(f"select count(*) as n from {P}, platform.current.dead", SCHEMA)
    assert (found.edges, found.columns, found.reads) == ([], ["n"], ["platform.current.dead", P])


def test_a_table_of_unknown_columns_is_traced_by_the_columns_that_are_named():
    found = column_edges(f"select p.id, t.x from {P} as p join elsewhere.raw.t as t using (house)", SCHEMA)
    assert {(e.column, e.source, e.source_column) for e in found} == {
        ("id", P, "id"), ("x", "elsewhere.raw.t", "x"), ("*", P, "house"), ("*", "elsewhere.raw.t", "house"),
    }  # fmt: skip


def test_long_chains_are_read():
    united = " union all ".join([f"select id as x from {P}"] * 500)
    added = f"select {' || '.join(['id'] * 400)} as x from {P}"
    assert kinds(united, "x") == {("id", "IDENTITY", False)}
    assert kinds(added, "x") == {("id", "TRANSFORMATION", False)}


def test_a_recursive_cte_reaches_every_level():
    sql = (
        f"with recursive up(a, b, top) as (select id, house, house from {P} union all "
        f"select p.id, up.a, up.b from {P} as p join up on p.house = up.b) select top from up"
    )
    assert {(s, t) for s, t, _ in kinds(sql, "top")} == {("house", "IDENTITY"), ("id", "IDENTITY")}
