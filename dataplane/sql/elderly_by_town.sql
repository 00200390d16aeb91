-- 老年人口：按镇街、年龄段。计数单位为人。
with towns as (
    select code as town_code, name as town
    from {{ division }}
    where level = 'town'
),

people as (
    select
        left(elders.village_code, 9) as town_code,
        elders.age_band
    from {{ elders }} as elders
)

select
    towns.town,
    people.age_band,
    count(*) as elders
from people
inner join towns on people.town_code = towns.town_code
group by towns.town, people.age_band
order by towns.town, people.age_band
