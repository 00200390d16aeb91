-- # Statements whose column lineage is checked against the truth by data (test_columns_truth.py); asof joins are not.

-- # joins
-- inner
select p.id, f.kind from person p join firm f on p.id = f.owner and f.staff > 3;
-- left
select p.name, d.day from person p left join dead d on p.id = d.id;
-- right
select p.name, d.day from person p right join dead d on p.id = d.id;
-- full
select p.name, d.day from person p full join dead d on p.id = d.id;
-- using
select id, name, day from person join dead using (id);
-- left using
select id, day from person left join dead using (id);
-- right using
select id, name from person right join dead using (id);
-- full using
select id, name, day from person full join dead using (id);
-- star using
select * from house join person using (house);
-- natural
select * exclude (tags) from person natural join house;
-- semi
select name, house from person p semi join dead d on p.id = d.id;
-- anti
select name, house from person anti join dead using (id);
-- cross
select p.name, d.cause from person p, dead d;
-- where join
select p.name, d.cause from person p, dead d where p.id = d.id;
-- self
select c.road, u.road as up from house c left join house u on c.parent = u.house;
-- three
select p.name, h.road, d.day from person p join house h using (house) left join dead d on d.id = p.id;
-- parenthesised
select p.name, road from dead d left join (person p join house h on p.house = h.house) on p.id = d.id;
-- positional
select p.name, d.cause from person p positional join dead d;
-- lateral
select p.name, l.n from person p, lateral (select max(staff) as n from firm f where f.owner = p.id) l;
-- lateral without the word
select p.name, l.twice from person p, (select p.income * 2 as twice) l;

-- # CTEs and set operations
-- cte
with a as (select * from person), b as (select id, name n from a where income > 60) select n, id from b;
-- nested cte
with a as (with b as (select house, id from person) select house as k from b) select k from a;
-- materialized
with a(x, y) as materialized (select id, upper(name) from person) select y, x + 1 as z from a;
-- a cte hides a table
with person as (select id as house, house as id from person) select id from person;
-- recursive
with recursive up(house, top, n) as (select house, road, 0 from house where parent is null union all select h.house, up.top, n + 1 from house h join up on h.parent = up.house where n < 4) select * from up;
-- recursive union
with recursive up(a, b) as (select house, parent from house union select up.a, h.parent from up join house h on up.b = h.house) select a, b from up;
-- using key
with recursive up(k, v) using key (k) as (select house, income from person union select up.k, up.v + 1 from up where up.v < 3) select k, v from up;
-- union all
select id, name as n from person union all select id, cause from dead;
-- union
select id, name as n from person union select id, cause from dead order by 1;
-- by name
select id, name from person union all by name select day, id from dead;
-- except
select id from person except select id from dead;
-- intersect
select id from person intersect select id from dead;
-- ordered union
(select id, name from person union all select id, cause from dead) order by name, id limit 3;
-- set in from
select n, count(*) as c from (select name as n from person union all select cause from dead) group by n;

-- # windows
-- row number
select id, row_number() over (partition by house order by income, id, name, born) as r from person;
-- sum over
select name, sum(income) over (partition by house) as s from person;
-- running
select name, sum(income) over (partition by house order by born, id) as s from person where id > 1;
-- lag
select id, lag(name, 1, 'none') over (order by id, born, income, name) as before from person;
-- first value
select first_value(name ignore nulls) over (partition by house order by id, born, name) v from person;
-- named window
select rank() over w as r, max(income) over w as m from person window w as (partition by house order by id);
-- named window extended
select sum(income) over (w order by id) as m from person window w as (partition by house);
-- window filter
select sum(income) filter (where born > '2000-01-01') over (partition by house) as m from person;
-- share
select name, income / sum(income) over () as share from person;

-- # stars
-- star
select * from dead;
-- qualified star
select d.*, p.name from person p join dead d on d.id = p.id;
-- exclude
select * exclude (tags, home, born) from person;
-- replace
select * exclude (tags, home) replace (upper(name) as name, income + id as income) from person;
-- rename
select * rename (cause as why) from dead;
-- columns
select columns('i.*|name') from person;
-- columns in a function
select max(columns('id|income')) from person;
-- columns with names
select columns('(id|income)') + house as 'more_\1' from person;
-- columns of a star
select coalesce(columns(* exclude (day, id)), 'none') from dead;
-- columns in where
select cause from dead where columns(* exclude (id)) is not null;
-- star like
select * like 'i%' from person;
-- from first
from dead select cause, day where id > 2;

-- # lists, structs, lambdas
-- unnest
select id, unnest(tags) as tag from person;
-- unnest in from
select p.id, t.tag from person p, unnest(p.tags) as t(tag);
-- field
select home.f as f, p.home.g as g from person p;
-- field by bracket
select home['f'] as f from person;
-- struct
select {'k': id, 'v': name} as s from person;
-- list of values
select [id, income] as l, list_sum([id, income]) as s from person;
-- list transform
select list_transform(tags, lambda t: t + income) as l from person;
-- list filter
select list_filter(tags, lambda t: t > house) as l from person;
-- list reduce
select list_reduce(tags, lambda a, t: a + t * id) as l from person where len(tags) > 0;
-- comprehension
select [t * 2 for t in tags if t < house] as l from person;
-- map
select map {name: income} as m from person where name is not null;
-- slice
select tags[1:house] as l, tags[1] as one from person;
-- method
select name.upper() as n, tags.list_sum() as s from person as p;
-- whole row
select d as r from dead d;

-- # conditions
-- case
select case when income > 100 then name when house < 3 then 'low' else born::text end as c from person;
-- simple case
select case house when 1 then id when income then 0 end as c from person;
-- if
select if(income > 60, name, 'poor') as n from person;
-- coalesce
select coalesce(name, born::text, 'none') as n from person;
-- nullif
select nullif(house, id) as h from person;
-- compare
select id = house as own, name is null as nameless, income between house and id * 100 as fits from person;

-- # filters
-- where
select name from person where income > 60 and born is not null;
-- alias in where
select income * 2 as twice from person where twice > 100;
-- alias in select
select income * 2 as twice, twice + house as more from person;
-- qualify
select name from person qualify row_number() over (partition by house order by id, born, name) = 1;
-- distinct
select distinct house, name from person;
-- distinct on
select distinct on (house) house, name from person order by house, id, born, name;
-- limit
select name from person order by income nulls last, id, born, name limit 3;
-- limit by query
select name from person order by id, born, name, income limit (select count(*) from dead where id > 3);

-- # grouping
-- group
select house, count(*) as n, sum(income) as s from person where born is not null group by house;
-- group all
select house, upper(name) as n, min(born) as b from person group by all;
-- group by number
select house % 2 as odd, avg(income) as a from person group by 1 having count(*) > 2 order by all;
-- group by alias
select year(born) as y, count(distinct house) as n from person group by y;
-- rollup
select house, name, grouping(name) as g, sum(income) as s from person group by rollup (house, name);
-- grouping sets
select house, name, sum(income) as s from person group by grouping sets ((house), (name));
-- having
select house from person group by house having max(income) > 100;
-- aggregates
select min(born) as a, arg_max(name, income * 10 + id) as b, any_value(house) as c, list(id order by born, id) as d,string_agg(name, ',' order by id, name) as e, bool_or(income > 100) as f, mode(house) as g, median(income) as h,count(*) filter (where house > 3) as i, quantile_cont(income, 0.3) as j, stddev(income) as k from person;
-- within group
select percentile_cont(0.5) within group (order by income) as m from person;
-- filtered sum
select sum(income) filter (where name = 'a') as s from person;
-- count of all
select count(*) as n from person where income > 60;
-- count of rows
select count(p.*) as n from person p join dead d using (id);

-- # subqueries
-- scalar
select name, (select max(day) from dead where cause <> 'z') as last from person;
-- correlated
select name, (select count(*) from firm f where f.owner = p.id and f.staff > 3) as n from person p;
-- ordered scalar
select id, (select kind from firm f order by staff, firm, owner, month, kind limit 1) as k from person;
-- exists
select name from person p where exists (select 1 from dead d where d.id = p.id and cause <> 'z');
-- not exists
select name from person p where not exists (from dead d where d.id = p.id);
-- in
select name from person where id in (select id from dead where day is not null);
-- not in
select name, id not in (select id from dead) as alive from person;
-- tuple in
select name from person where (id, name) in (select id, cause from dead);
-- any
select name from person where id > all (select id from dead where cause = 'a') or id = any (select owner from firm);
-- array
select name, array(select cause from dead d where d.id = p.id order by cause) as causes from person p;
-- in from
select s.k, s.n from (select house as k, count(*) as n from person group by house) as s where s.n > 1;
-- nested
select name from person p where house in (select house from house h where exists (select 1 from firm f where f.owner = p.id and f.kind = h.road));

-- # values, series, pivots
-- values
select p.name, v.label from person p join (values (1, 'one'), (2, 'two')) as v(house, label) using (house);
-- values of columns
select v.x from person p, (values (p.id), (p.income)) as v(x);
-- series
select p.id, s.i from person p, generate_series(1, p.house) as s(i);
-- pivot
pivot (select kind, staff, owner from firm) on kind in ('a', 'b') using sum(staff) group by owner;
-- pivot several
select * from (select kind, staff, owner from firm) pivot (sum(staff) as s, count(*) for kind in ('a', 'b'));
-- unpivot
unpivot (select name, id, income from person) on id, income into name what value much;
-- unpivot in from
select name, v from (select name, id, income from person) unpivot (v for n in (id, income));

-- # ours
-- masks
select mask_band(income, [100, 200], ['low', 'middle', 'high']) as b, mask_truncate(born, 'year') as y,mask_prefix(name, 1) as x, mask_age_band(born, date '2026-09-24', [18, 60], ['a', 'b', 'c']) as g from person;
-- index
with a as (select *, avg(income) over (partition by house) as m from person) select mask_index(income, m) as i from a;
-- alone
with a as (select *, count(*) over (partition by house) as n from person) select mask_alone(n) as alone from a;
-- change
with n as (select *, hash(name, income) as h from person), c as (select *, coalesce(lag(h) over k <> h, true) as ch from n window k as (partition by house order by id, born, name)), s as (select *, sum(ch::integer) over (partition by house order by id, born, name) as spell from c) select house, spell, any_value(name) as name, min(id) as first from s group by house, spell;
