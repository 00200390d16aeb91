{{ config(schema='staging', alias='${table}', materialized='table', tags=['staging']) }}
-- Rendered from catalog/${department}/${resource}.yml, schema version ${version}: edit the entry, not this.
with landed as (
    select *, hash(${raw}) as _row_hash
    from {{ source('landing_${department}', '${landing}') }}
),

repeated as (
    select _batch_id, ${key}, _row_hash, min(_row_number) as first_row
    from landed
    group by all
    having count(*) > 1
),

kept as (
    select landed.*
    from landed
    left join repeated
        on landed._batch_id = repeated._batch_id
        and landed._row_hash = repeated._row_hash
        ${same_key}
    where repeated.first_row is null or landed._row_number = repeated.first_row
),

cleaned as (
    select
        ${cleaned},
        _batch_id,
        _row_number,
        _repaired_items,
        _delivered_at
    from kept
),
${superseding}
typed as (
    select
        ${typed},
        ${invalid} as _invalid_items,
        _repaired_items,
        _batch_id,
        _row_number,
        _delivered_at
    from ${latest}
)

select * from typed
