-- 人口基础库: the present row of every person, with the day of death from the health authority.
with present as (
    select * from {{ ref('person_history') }} where valid_to_date is null
),

deaths as (
    select
        resident_id_number,
        min(death_date) as death_date
    from {{ source('current', 'stg_weijian__death_records') }}
    group by resident_id_number
)

select
    present.resident_id_number,
    present.person_name,
    present.sex_code,
    present.birth_date,
    present.nation_code,
    present.household_number,
    present.relation_code,
    present.village_code,
    present.address,
    present.residence_status,
    deaths.death_date,
    deaths.resident_id_number is not null as is_deceased,
    present.valid_from_date,
    present.recorded_at,
    present._batch_id,
    present._row_number
from present
left join deaths on present.resident_id_number = deaths.resident_id_number
