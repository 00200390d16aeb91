{#- History of an integrated base, by SQL from full batches: a rebuild reproduces it.
    relation: all promoted batches of one staging table. A row's validity starts on the delivery day of
    the batch that first shows it so, and ends when a later batch shows other values or none. Rows that
    share a key within one batch are decided by `prefer` and then by row order; the others stay in staging,
    where the uniqueness rule reports them. -#}
{% macro history_from_batches(relation, key, columns, prefer) -%}
with delivered as (
    select *
    from {{ relation }}
    where {{ key }} is not null
    qualify row_number() over (partition by _batch_id, {{ key }} order by {{ prefer }}, _row_number) = 1
),

batches as (
    select
        _batch_id,
        _delivered_at,
        row_number() over (order by _delivered_at, _batch_id) as batch_number
    from (select distinct _batch_id, _delivered_at from {{ relation }}) as seen
),

numbered as (
    select
        delivered.*,
        batches.batch_number,
        hash({{ columns | join(', ') }}) as row_hash
    from delivered
    inner join batches on delivered._batch_id = batches._batch_id
),

changes as (
    select
        *,
        coalesce(
            lag(row_hash) over one_key <> row_hash or lag(batch_number) over one_key <> batch_number - 1, true
        ) as is_change
    from numbered
    window one_key as (partition by {{ key }} order by batch_number)
),

spells as (
    select
        *,
        sum(is_change::integer) over (partition by {{ key }} order by batch_number) as spell
    from changes
),

intervals as (
    select
        {{ key }},
        {%- for column in columns %}
        any_value({{ column }}) as {{ column }},
        {%- endfor %}
        min(batch_number) as first_batch,
        max(batch_number) as last_batch,
        arg_min(_batch_id, batch_number) as _batch_id,
        arg_min(_row_number, batch_number) as _row_number
    from spells
    group by {{ key }}, spell
)

select
    intervals.* exclude (first_batch, last_batch),
    cast(opened._delivered_at as date) as valid_from_date,
    cast(closed._delivered_at as date) as valid_to_date,
    opened._delivered_at as recorded_at
from intervals
inner join batches as opened on intervals.first_batch = opened.batch_number
left join batches as closed on intervals.last_batch + 1 = closed.batch_number
{%- endmacro %}
