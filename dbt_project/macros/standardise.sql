{#- Standardisation of delivered text. Lives here: cleaning and typing of one item, with a failed cast
    giving null (the item's code then stands in _invalid_items). Stays out: judging values. -#}

{% macro cleaned(column, steps) -%}
    {%- set ns = namespace(expr='"' ~ column ~ '"') -%}
    {%- if 'fullwidth' in steps -%}
        {%- set ns.expr = "translate(" ~ ns.expr ~ ", '０１２３４５６７８９ＡＢＣＤＥＦＧＨＩＪＫＬＭＮＯＰＱＲＳＴＵＶＷＸＹＺａｂｃｄｅｆｇｈｉｊｋｌｍｎｏｐｑｒｓｔｕｖｗｘｙｚ　', '0123456789ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz ')" -%}
    {%- endif -%}
    {%- if 'spaces' in steps or 'id18' in steps -%}
        {%- set ns.expr = "replace(" ~ ns.expr ~ ", ' ', '')" -%}
    {%- endif -%}
    {%- if 'upper' in steps or 'id18' in steps -%}
        {%- set ns.expr = "upper(" ~ ns.expr ~ ")" -%}
    {%- endif -%}
    nullif(trim({{ ns.expr }}), '')
{%- endmacro %}

{% macro as_decimal(expr, scale) -%}
    try_cast(replace({{ expr }}, ',', '') as decimal(18, {{ scale }}))
{%- endmacro %}

{% macro as_integer(expr) -%}
    try_cast({{ expr }} as bigint)
{%- endmacro %}

{% macro as_boolean(expr) -%}
    case
        when lower({{ expr }}) in ('1', 'true', 't', 'y', '是') then true
        when lower({{ expr }}) in ('0', 'false', 'f', 'n', '否') then false
    end
{%- endmacro %}

{#- Epoch milliseconds are midnights of UTC+8 (open portal exports); a number beyond any date is no date. -#}
{% macro as_timestamp(expr, formats) -%}
    {%- set patterns = formats | reject('equalto', 'epoch_ms') | list -%}
    {%- if 'epoch_ms' in formats -%}
        coalesce(
            try_strptime({{ expr }}, {{ patterns }}),
            try(make_timestamp((try_cast({{ expr }} as bigint) + 28800000) * 1000))
        )
    {%- else -%}
        try_strptime({{ expr }}, {{ patterns }})
    {%- endif -%}
{%- endmacro %}

{% macro as_date(expr, formats) -%}
    cast({{ as_timestamp(expr, formats) }} as date)
{%- endmacro %}
