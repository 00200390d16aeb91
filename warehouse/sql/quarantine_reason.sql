-- Why a delivered row is set apart instead of landed; null = it lands. One pass over each row's joined text.
-- A reason carried along from the batch that this one corrects stands; 'released' rows land.
case
    when starts_with(_reason, 'carried:') then nullif(substr(_reason, 9), 'released')
    when coalesce(trim(concat_ws('', {cells})), '') = '' then 'empty_row'
    when translate(concat_ws('', {cells}), '0. ', '') = '' then 'all_zero'
    when
        length(concat_ws('', {cells})) < 60
        and ({filled}) <= 3
        and regexp_matches(
            concat_ws('', {cells}),
            '^\s*(合\s*计|总\s*计|小\s*计|本页|第\s*[0-9一二三四五六七八九十]+\s*页|制表|填报|打印)'
        )
        then 'page_footing'
    when _reason is not null then _reason
    when regexp_matches(concat_ws('', {cells}), '[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\x{{FFFD}}]') then 'damaged_text'
    when {leaked} then 'leaked_heading'
end
