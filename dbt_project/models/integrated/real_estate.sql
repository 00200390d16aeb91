-- 不动产基础库: the present row of every unit, with its number of owners; who they are stays in the register.
with present as (
    select * from {{ ref('real_estate_history') }} where valid_to_date is null
),

owners as (
    select
        unit_number,
        count(*) as owner_count
    from {{ present_rows('history', 'stg_ziran__real_estate_registration') }} as present_owners
    group by unit_number
)

select
    present.unit_number,
    present.use_code,
    present.area_m2,
    present.address,
    present.registered_on,
    present.is_mortgaged,
    present.is_sealed,
    owners.owner_count,
    present.valid_from_date,
    present.recorded_at,
    present._batch_id,
    present._row_number
from present
left join owners on present.unit_number = owners.unit_number
