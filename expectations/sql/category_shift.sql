-- Total variation distance between the codes of an item now and before: half the sum of the changes of their shares
-- （Levin, Peres, Wilmer: Markov Chains and Mixing Times, §4.1）, i.e. the share of rows that moved to another code.
-- Rows without a value are left out; null if either side has none.
with held as (
    select "$item"::varchar as code, 1 as now, 0 as earlier from this where "$item" is not null
    union all
    select "$item"::varchar as code, 0 as now, 1 as earlier from previous where "$item" is not null
),

counted as (
    select code, sum(now) as now, sum(earlier) as earlier from held group by code
),

total as (
    select nullif(sum(now), 0) as now, nullif(sum(earlier), 0) as earlier from counted
)

select sum(abs(counted.now / total.now - counted.earlier / total.earlier)) / 2
from counted cross join total
