-- 地址基础库: the present row of every standard address, with its village and town and the road's present name.
with present as (
    select * from {{ ref('place_history') }} where valid_to_date is null
)

select
    present.address_code,
    present.village_code,
    village.name as village_name,
    village.parent_code as town_code,
    town.name as town_name,
    coalesce(alias.name, present.road_name) as road_name,
    present.plate_no,
    present.building_no,
    case when present.longitude between 116 and 118 then present.longitude end as longitude,
    case when present.latitude between 35 and 36 then present.latitude end as latitude,
    concat_ws('', town.name, coalesce(alias.name, present.road_name), present.plate_no, present.building_no)
        as full_address,
    present.valid_from_date,
    present.recorded_at,
    present._batch_id,
    present._row_number
from present
left join {{ ref('division') }} as village on present.village_code = village.code
left join {{ ref('division') }} as town on village.parent_code = town.code
left join {{ ref('road_alias') }} as alias on present.road_name = alias.code
