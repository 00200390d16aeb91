-- 不动产基础库（历史）: one row per unit and spell of equal values; ziran is the declared source.
{{ history_from_batches(
    source('history', 'stg_ziran__real_estate_registration'),
    'unit_number',
    ['use_code', 'area_m2', 'address', 'registered_on', 'is_mortgaged', 'is_sealed'],
    'registered_on desc nulls last'
) }}
