-- 法人基础库（历史）: one row per business entity and spell of equal values; shichang is the declared source.
{{ history_from_batches(
    source('history', 'stg_shichang__enterprise'),
    'uscc',
    [
        'name', 'type_code', 'industry_code', 'registered_capital_yuan', 'established_on', 'status_code',
        'legal_representative', 'address', 'town_code', 'approved_on'
    ],
    'approved_on desc nulls last'
) }}
