"""Column lineage against the truth by data, for every construct of DuckDB's SQL that it reads.

Every change that changing a source column makes is predicted (soundness); every DIRECT edge shows itself in some
change (precision), but for those listed.
"""

from __future__ import annotations

import datetime as dt
from importlib.resources import files

import pytest

from lineage.columns import Lineage, statement_lineage
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
P, D, F, H = (f"platform.current.{t}" for t in ("person", "dead", "firm", "house"))

STATEMENTS: dict[str, str] = {
    # joins
    "inner": f"select p.id, f.kind from {P} p join {F} f on p.id = f.owner and f.staff > 3",
    "left": f"select p.name, d.day from {P} p left join {D} d on p.id = d.id",
    "right": f"select p.name, d.day from {P} p right join {D} d on p.id = d.id",
    "full": f"select p.name, d.day from {P} p full join {D} d on p.id = d.id",
    "using": f"select id, name, day from {P} join {D} using (id)",
    "left using": f"select id, day from {P} left join {D} using (id)",
    "right using": f"select id, name from {P} right join {D} using (id)",
    "full using": f"select id, name, day from {P} full join {D} using (id)",
    "star using": f"select * from {H} join {P} using (house)",
    "natural": f"select * exclude (tags) from {P} natural join {H}",
    "semi": f"select name, house from {P} p semi join {D} d on p.id = d.id",
    "anti": f"select name, house from {P} anti join {D} using (id)",
    "cross": f"select p.name, d.cause from {P} p, {D} d",
    "where join": f"select p.name, d.cause from {P} p, {D} d where p.id = d.id",
    "asof": f"select p.name, f.kind from {P} p asof left join "
    f"(select owner, month, min(kind) as kind from {F} group by all) f on p.id = f.owner and p.income >= f.month",
    "self": f"select c.road, u.road as up from {H} c left join {H} u on c.parent = u.house",
    "three": f"select p.name, h.road, d.day from {P} p join {H} h using (house) left join {D} d on d.id = p.id",
    "parenthesised": f"select p.name, road from {D} d left join ({P} p join {H} h on p.house = h.house) on p.id = d.id",
    "positional": f"select p.name, d.cause from {P} p positional join {D} d",
    "lateral": f"select p.name, l.n from {P} p, lateral (select max(staff) as n from {F} f where f.owner = p.id) l",
    "lateral without the word": f"select p.name, l.twice from {P} p, (select p.income * 2 as twice) l",
    # CTEs and set operations
    "cte": f"with a as (select * from {P}), b as (select id, name n from a where income > 60) select n, id from b",
    "nested cte": f"with a as (with b as (select house, id from {P}) select house as k from b) select k from a",
    "materialized": f"with a(x, y) as materialized (select id, upper(name) from {P}) select y, x + 1 as z from a",
    "a cte hides a table": f"with person as (select id as house, house as id from {P}) select id from person",
    "recursive": (
        f"with recursive up(house, top, n) as (select house, road, 0 from {H} where parent is null union all "
        f"select h.house, up.top, n + 1 from {H} h join up on h.parent = up.house where n < 4) select * from up"
    ),
    "recursive union": (
        f"with recursive up(a, b) as (select house, parent from {H} union "
        f"select up.a, h.parent from up join {H} h on up.b = h.house) select a, b from up"
    ),
    "using key": (
        f"with recursive up(k, v) using key (k) as (select house, income from {P} union "
        f"select up.k, up.v + 1 from up where up.v < 3) select k, v from up"
    ),
    "union all": f"select id, name as n from {P} union all select id, cause from {D}",
    "union": f"select id, name as n from {P} union select id, cause from {D} order by 1",
    "by name": f"select id, name from {P} union all by name select day, id from {D}",
    "except": f"select id from {P} except select id from {D}",
    "intersect": f"select id from {P} intersect select id from {D}",
    "ordered union": f"(select id, name from {P} union all select id, cause from {D}) order by name, id limit 3",
    "set in from": f"select n, count(*) as c from (select name as n from {P} union all select cause from {D}) group by n",
    # windows
    "row number": f"select id, row_number() over (partition by house order by income, id, name, born) as r from {P}",
    "sum over": f"select name, sum(income) over (partition by house) as s from {P}",
    "running": f"select name, sum(income) over (partition by house order by born, id) as s from {P} where id > 1",
    "lag": f"select id, lag(name, 1, 'none') over (order by id, born, income, name) as before from {P}",
    "first value": f"select first_value(name ignore nulls) over (partition by house order by id, born, name) v from {P}",
    "named window": f"select rank() over w as r, max(income) over w as m from {P} window w as (partition by house order by id)",
    "named window extended": f"select sum(income) over (w order by id) as m from {P} window w as (partition by house)",
    "window filter": f"select sum(income) filter (where born > '2000-01-01') over (partition by house) as m from {P}",
    "share": f"select name, income / sum(income) over () as share from {P}",
    # stars
    "star": f"select * from {D}",
    "qualified star": f"select d.*, p.name from {P} p join {D} d on d.id = p.id",
    "exclude": f"select * exclude (tags, home, born) from {P}",
    "replace": f"select * exclude (tags, home) replace (upper(name) as name, income + id as income) from {P}",
    "rename": f"select * rename (cause as why) from {D}",
    "columns": f"select columns('i.*|name') from {P}",
    "columns in a function": f"select max(columns('id|income')) from {P}",
    "columns with names": f"select columns('(id|income)') + house as 'more_\\1' from {P}",
    "columns of a star": f"select coalesce(columns(* exclude (day, id)), 'none') from {D}",
    "columns in where": f"select cause from {D} where columns(* exclude (id)) is not null",
    "star like": f"select * like 'i%' from {P}",
    "from first": f"from {D} select cause, day where id > 2",
    # lists, structs, lambdas
    "unnest": f"select id, unnest(tags) as tag from {P}",
    "unnest in from": f"select p.id, t.tag from {P} p, unnest(p.tags) as t(tag)",
    "field": f"select home.f as f, p.home.g as g from {P} p",
    "field by bracket": f"select home['f'] as f from {P}",
    "struct": f"select {{'k': id, 'v': name}} as s from {P}",
    "list of values": f"select [id, income] as l, list_sum([id, income]) as s from {P}",
    "list transform": f"select list_transform(tags, lambda t: t + income) as l from {P}",
    "list filter": f"select list_filter(tags, lambda t: t > house) as l from {P}",
    "list reduce": f"select list_reduce(tags, lambda a, t: a + t * id) as l from {P} where len(tags) > 0",
    "comprehension": f"select [t * 2 for t in tags if t < house] as l from {P}",
    "map": f"select map {{name: income}} as m from {P} where name is not null",
    "slice": f"select tags[1:house] as l, tags[1] as one from {P}",
    "method": f"select name.upper() as n, tags.list_sum() as s from {P} as p",
    "whole row": f"select d as r from {D} d",
    # conditions
    "case": f"select case when income > 100 then name when house < 3 then 'low' else born::text end as c from {P}",
    "simple case": f"select case house when 1 then id when income then 0 end as c from {P}",
    "if": f"select if(income > 60, name, 'poor') as n from {P}",
    "coalesce": f"select coalesce(name, born::text, 'none') as n from {P}",
    "nullif": f"select nullif(house, id) as h from {P}",
    "compare": f"select id = house as own, name is null as nameless, income between house and id * 100 as fits from {P}",
    # filters
    "where": f"select name from {P} where income > 60 and born is not null",
    "alias in where": f"select income * 2 as twice from {P} where twice > 100",
    "alias in select": f"select income * 2 as twice, twice + house as more from {P}",
    "qualify": f"select name from {P} qualify row_number() over (partition by house order by id, born, name) = 1",
    "distinct": f"select distinct house, name from {P}",
    "distinct on": f"select distinct on (house) house, name from {P} order by house, id, born, name",
    "limit": f"select name from {P} order by income nulls last, id, born, name limit 3",
    "limit by query": f"select name from {P} order by id, born, name, income limit (select count(*) from {D} where id > 3)",
    # grouping
    "group": f"select house, count(*) as n, sum(income) as s from {P} where born is not null group by house",
    "group all": f"select house, upper(name) as n, min(born) as b from {P} group by all",
    "group by number": f"select house % 2 as odd, avg(income) as a from {P} group by 1 having count(*) > 2 order by all",
    "group by alias": f"select year(born) as y, count(distinct house) as n from {P} group by y",
    "rollup": f"select house, name, grouping(name) as g, sum(income) as s from {P} group by rollup (house, name)",
    "grouping sets": f"select house, name, sum(income) as s from {P} group by grouping sets ((house), (name))",
    "having": f"select house from {P} group by house having max(income) > 100",
    "aggregates": (
        "select min(born) as a, arg_max(name, income * 10 + id) as b, any_value(house) as c, list(id order by born, id) as d,"
        "string_agg(name, ',' order by id, name) as e, bool_or(income > 100) as f, mode(house) as g, median(income) as h,"
        f"count(*) filter (where house > 3) as i, quantile_cont(income, 0.3) as j, stddev(income) as k from {P}"
    ),
    "within group": f"select percentile_cont(0.5) within group (order by income) as m from {P}",
    "filtered sum": f"select sum(income) filter (where name = 'a') as s from {P}",
    "count of all": f"select count(*) as n from {P} where income > 60",
    "count of rows": f"select count(p.*) as n from {P} p join {D} d using (id)",
    # subqueries
    "scalar": f"select name, (select max(day) from {D} where cause <> 'z') as last from {P}",
    "correlated": f"select name, (select count(*) from {F} f where f.owner = p.id and f.staff > 3) as n from {P} p",
    "ordered scalar": f"select id, (select kind from {F} f order by staff, firm, owner, month, kind limit 1) as k from {P}",
    "exists": f"select name from {P} p where exists (select 1 from {D} d where d.id = p.id and cause <> 'z')",
    "not exists": f"select name from {P} p where not exists (from {D} d where d.id = p.id)",
    "in": f"select name from {P} where id in (select id from {D} where day is not null)",
    "not in": f"select name, id not in (select id from {D}) as alive from {P}",
    "tuple in": f"select name from {P} where (id, name) in (select id, cause from {D})",
    "any": f"select name from {P} where id > all (select id from {D} where cause = 'a') or id = any (select owner from {F})",
    "array": f"select name, array(select cause from {D} d where d.id = p.id order by cause) as causes from {P} p",
    "in from": f"select s.k, s.n from (select house as k, count(*) as n from {P} group by house) as s where s.n > 1",
    "nested": (
        f"select name from {P} p where house in (select house from {H} h where exists "
        f"(select 1 from {F} f where f.owner = p.id and f.kind = h.road))"
    ),
    # values, series, pivots
    "values": f"select p.name, v.label from {P} p join (values (1, 'one'), (2, 'two')) as v(house, label) using (house)",
    "values of columns": f"select v.x from {P} p, (values (p.id), (p.income)) as v(x)",
    "series": f"select p.id, s.i from {P} p, generate_series(1, p.house) as s(i)",
    "pivot": f"pivot (select kind, staff, owner from {F}) on kind in ('a', 'b') using sum(staff) group by owner",
    "pivot several": f"select * from (select kind, staff, owner from {F}) pivot (sum(staff) as s, count(*) for kind in ('a', 'b'))",
    "unpivot": f"unpivot (select name, id, income from {P}) on id, income into name what value much",
    "unpivot in from": f"select name, v from (select name, id, income from {P}) unpivot (v for n in (id, income))",
    # ours
    "masks": (
        f"select mask_band(income, [100, 200], ['low', 'middle', 'high']) as b, mask_truncate(born, 'year') as y,"
        f"mask_prefix(name, 1) as x, mask_age_band(born, date '2026-09-24', [18, 60], ['a', 'b', 'c']) as g from {P}"
    ),
    "index": f"with a as (select *, avg(income) over (partition by house) as m from {P}) select mask_index(income, m) as i from a",
    "alone": f"with a as (select *, count(*) over (partition by house) as n from {P}) select mask_alone(n) as alone from a",
    "change": (
        "with n as (select *, hash(name, income) as h from {P}), c as (select *, coalesce(lag(h) over k <> h, true) as ch "
        "from n window k as (partition by house order by id, born, name)), s as (select *, sum(ch::integer) over "
        "(partition by house order by id, born, name) as spell from c) select house, spell, any_value(name) as name, "
        "min(id) as first from s group by house, spell"
    ).replace("{P}", P),
}  # fmt: skip

# DIRECT edges that no change can show by itself, with the reason.
UNSHOWN = {
    ("grouping sets", "g"): "",
}


@pytest.fixture(scope="module")
def lineages() -> dict[str, Lineage]:
    return {key: statement_lineage(sql, SCHEMA) for key, sql in STATEMENTS.items()}


@pytest.fixture(scope="module")
def observed(lineages: dict[str, Lineage]) -> dict[str, Observed]:
    masks = files("warehouse").joinpath("sql/masks.sql").read_text("utf-8")
    statements = {key: (sql, set(lineages[key].reads)) for key, sql in STATEMENTS.items()}
    return observe(TABLES, statements, seeds=3, prepare=lambda connection: connection.execute(masks))


@pytest.mark.parametrize("key", STATEMENTS)
def test_every_change_is_predicted(key, observed, lineages):
    assert observed[key].full and unpredicted(observed[key], lineages[key]) == []


@pytest.mark.parametrize("key", STATEMENTS)
def test_every_direct_edge_shows(key, observed, lineages):
    assert [e for e in unseen(observed[key], lineages[key]) if (key, e[0]) not in UNSHOWN] == []


@pytest.mark.parametrize("key", STATEMENTS)
def test_the_columns_are_those_of_the_result(key, observed, lineages):
    assert [c.lower() for c in lineages[key].columns] == [c.lower() for c in observed[key].columns]
