
latest as (
    select *
    from cleaned
    qualify
        not ${deletion}
        and (
            (_delivered_at, _batch_id) = max((_delivered_at, _batch_id)) over (partition by ${key})
            or ${without_key}
        )
),
