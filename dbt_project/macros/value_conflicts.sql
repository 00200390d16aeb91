{#- Rows of other registers whose value differs from the declared source's. Lives here: the one comparison; which
    copies there are is rendered from the catalog (copies.sql). A subject that the source lists twice is compared
    with its first row; that it is listed twice is another rule's finding. -#}
{% macro value_conflicts(copies) -%}
{%- for copy in copies %}
select
    '{{ copy.element }}' as data_element,
    '{{ copy.source_resource }}' as source_resource,
    '{{ copy.source_item }}' as source_item,
    truth._batch_id as source_batch_id,
    truth._row_number as source_row_number,
    '{{ copy.copy_resource }}' as copy_resource,
    '{{ copy.copy_item }}' as copy_item,
    other._batch_id as copy_batch_id,
    other._row_number as copy_row_number
from {{ present_rows(copy.copy_schema, copy.copy_table) }} as other
inner join (
    select
        {{ copy.source_key }} as subject,
        {{ copy.source_item }} as declared,
        _batch_id,
        _row_number
    from {{ present_rows(copy.source_schema, copy.source_table) }} as source_rows
    qualify row_number() over (partition by {{ copy.source_key }} order by _row_number) = 1
) as truth on other.{{ copy.copied_by }} = truth.subject and other.{{ copy.copy_item }} <> truth.declared
{% if not loop.last %}union all{% endif %}
{%- else %}
select
    cast(null as varchar) as data_element,
    cast(null as varchar) as source_resource,
    cast(null as varchar) as source_item,
    cast(null as varchar) as source_batch_id,
    cast(null as bigint) as source_row_number,
    cast(null as varchar) as copy_resource,
    cast(null as varchar) as copy_item,
    cast(null as varchar) as copy_batch_id,
    cast(null as bigint) as copy_row_number
where false
{%- endfor %}
{%- endmacro %}

{#- Present rows of a promoted register: with history those of the batch delivered last. -#}
{% macro present_rows(schema, table) -%}
{%- if schema == 'history' -%}
(
        select *
        from {{ source(schema, table) }}
        where _batch_id = (select arg_max(_batch_id, _delivered_at) from {{ source(schema, table) }})
    )
{%- else -%}
{{ source(schema, table) }}
{%- endif -%}
{%- endmacro %}
