-- 地址基础库（历史）: one row per standard address and spell of equal values; gongan is the declared source.
{{ history_from_batches(
    source('history', 'stg_gongan__standard_addresses'),
    'address_code',
    ['village_code', 'road_name', 'plate_no', 'building_no', 'longitude', 'latitude'],
    'plate_no nulls last'
) }}
