{{ config(schema='staging', alias='${table}_dropped', materialized='table', tags=['staging']) }}
-- Rows of ${table} that dedupe left out, with the reason.
select landed._batch_id, landed._row_number, ${dropped_reason} as _reason
from {{ source('landing_${department}', '${landing}') }} as landed
anti join {{ ref('${table}') }} as kept
    on landed._batch_id = kept._batch_id and landed._row_number = kept._row_number
