"""Random statements over the tables of ``test_columns_truth``.

Lives here: a small grammar: FROM with a join, a list of expressions, WHERE, grouping, and a query around it.
Add here: a form that should be tried in combination with the others.
Stays out: constructs one by one (``statements.sql``).
"""

from __future__ import annotations

import random

_BASES = (
    "person p",
    "(select * from person where income > 60 or income is null) p",
    "(select * from person semi join dead using (id)) p",
    "(select *, row_number() over (partition by house order by id, born, name) as nth from person) p",
    "(select * replace (coalesce(name, 'none') as name) from person qualify count(*) over (partition by house) > 1) p",
    "(select id, max(name) as name, min(born) as born, house, sum(income) as income from person group by id, house) p",
)
_JOINS = {
    "": [],
    "left join dead d on d.id = p.id": ["d.cause"],
    "full join dead d on d.day = p.born": ["d.cause"],
    "join house h on h.house = p.house and h.road <> 'r1'": ["h.road"],
    ", lateral (select count(*) as n, max(f.kind) as kind from firm f where f.owner = p.id) f": ["f.kind"],
    "left join (select distinct on (owner) * from firm order by owner, staff, kind) f on f.owner = p.id": ["f.kind"],
}  # fmt: skip
_ROW_BY_ROW = (
    "{t}", "{i}", "{d}", "upper({t})", "coalesce({t}, {t}, 'x')", "case when {i} > 100 then {t} else 'low' end",
    "{i} + {i}",
    "(select max(x.cause) from dead x where x.id = {i})", "{i} in (select owner from firm where staff > 9)",
    "max({t}) over (partition by {i})", "list_transform([{i}, {i}], lambda v: v + {i})", "nullif({t}, {t})",
    "year({d})", "{i} > {i}", "lag({t}) over (order by p.id, p.house, p.income, p.name, p.born)",
    "exists (select 1 from firm y where y.owner = {i} and y.staff > {i})", "count(*) over ()",
)  # fmt: skip
_GROUPED = (
    "count(*)", "sum({i})", "max({t})", "count(distinct {t})", "string_agg(p.name, ',' order by p.name)",
    "sum({i}) filter (where {i} > 2)", "arg_max({t}, {i} * 100 + length({t}))", "max({i}) - min({i})",
    "case when max({i}) > 100 then 'rich' end",
)  # fmt: skip
_CONDITIONS = (
    "true", "{i} > 50", "{t} is not null", "{i} in (select id from dead)", "{d} > date '1980-01-01' or {i} < 3",
    "exists (select 1 from firm y where y.owner = {i} and y.staff > 3)", "{i} = (select min(id) from dead)",
)  # fmt: skip
_AROUND = (
    "{s}", "{s}", "with w as ({s}) select * from w", "select count(*) as n, max(c0) as m from ({s})",
    "select distinct c1 from ({s})", "select * from ({s}) order by all limit 4", "{s} union all {s}",
    "with w as ({s}) select a.c0, b.c1 from w as a left join w as b on a.c0 = b.c0",
)  # fmt: skip


def statement(random_: random.Random) -> str:
    """Return one statement with the output columns ``c0`` and ``c1``, or what a query around it makes of them."""
    join = random_.choice(list(_JOINS))
    texts = ["p.name", *_JOINS[join]]

    def filled(template: str) -> str:
        for mark, names in (("{t}", texts), ("{i}", ["p.id", "p.house", "p.income"]), ("{d}", ["p.born"])):
            while mark in template:
                template = template.replace(mark, random_.choice(names), 1)
        return template

    rest = f"from {random_.choice(_BASES)} {join} where {filled(random_.choice(_CONDITIONS))}"
    if random_.random() < 0.4:
        key = filled(random_.choice(("{t}", "{i}", "year({d})")))
        inner = f"select {key} as c0, {filled(random_.choice(_GROUPED))} as c1 {rest} group by c0"
        inner = f"select c0, c1 from ({inner})"
    else:
        first, second = (filled(random_.choice(_ROW_BY_ROW)) for _ in range(2))
        inner = f"select {first} as c0, {second} as c1 {rest}"
    return random_.choice(_AROUND).replace("{s}", inner)
