-- 法人基础库: the present row of every business entity, with its size by insured staff（small = 小微）.
with present as (
    select * from {{ ref('enterprise_history') }} where valid_to_date is null
),

staff as (
    select
        uscc,
        arg_max(insured_count, "month") as insured_count
    from {{ source('current', 'stg_renshe__employer_insurance') }}
    group by uscc
)

select
    present.uscc,
    present.name,
    present.type_code,
    present.industry_code,
    present.registered_capital_yuan,
    present.established_on,
    present.status_code,
    present.legal_representative,
    present.address,
    present.town_code,
    present.approved_on,
    staff.insured_count,
    case
        when staff.insured_count is null or staff.insured_count < 20 then 'micro'
        when staff.insured_count < 300 then 'small'
        when staff.insured_count < 1000 then 'medium'
        else 'large'
    end as size_code,
    present.valid_from_date,
    present.recorded_at,
    present._batch_id,
    present._row_number
from present
left join staff on present.uscc = staff.uscc
