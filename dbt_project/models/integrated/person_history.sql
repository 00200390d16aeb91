-- 人口基础库（历史）: one row per person and spell of equal values; gongan is the declared source of every item.
{{ history_from_batches(
    source('history', 'stg_gongan__resident'),
    'resident_id_number',
    [
        'person_name', 'sex_code', 'birth_date', 'nation_code', 'household_number', 'relation_code',
        'village_code', 'address', 'residence_status'
    ],
    'updated_at desc nulls last'
) }}
