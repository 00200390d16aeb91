-- 养老服务供需：按镇街。床位为机构数据，老年人口、独居、低保为人数。
with towns as (
    select code as town_code, name as town
    from {{ division }}
    where level = 'town'
),

elders as (
    select
        left(elders.village_code, 9) as town_code,
        count(*) as elders,
        count(*) filter (where elders.lives_alone) as alone,
        count(allowance.resident_token) as low_income
    from {{ elders }} as elders
    left join {{ allowance }} as allowance on elders.resident_token = allowance.resident_token
    group by left(elders.village_code, 9)
),

beds as (
    select
        left(institutions.village_code, 9) as town_code,
        count(*) as institutions,
        sum(institutions.bed_count) as beds
    from {{ institutions }} as institutions
    group by left(institutions.village_code, 9)
)

select
    towns.town,
    coalesce(elders.elders, 0) as elders,
    coalesce(elders.alone, 0) as alone,
    coalesce(elders.low_income, 0) as low_income,
    coalesce(beds.institutions, 0) as institutions,
    coalesce(beds.beds, 0) as beds
from towns
left join elders on towns.town_code = elders.town_code
left join beds on towns.town_code = beds.town_code
order by towns.town
