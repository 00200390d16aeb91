{{ config(
    database='authorized', schema='${schema}', alias='${alias}', materialized='table',
    tags=['grant_${schema}'], contract={'enforced': true},
    meta={'grant': '${grant}', 'grant_version': ${version}, 'grant_sha256': '${sha256}'}
) }}
-- Rendered from grant ${grant} version ${version}: nothing else may widen it.
with in_force as (
    select *${grouped}
    from {{ source('current', '${source}') }} as source_rows
    where ${conditions}
),

granted_rows as (
    select *${averaged}
    from in_force
    where ${ages}
)

select
    ${columns}
from granted_rows
