-- Masking functions of authorized subsets. Names are a contract: lineage reads masking from them
-- (keyed_token stands in warehouse/token_sql.py, because it carries keys).

-- A number into a labelled band; edges are lower bounds from the second label on. Null stays null.
create or replace temp macro mask_band(value, edges, labels) as
    case
        when value is not null
            then labels[1 + list_sum(list_transform(edges, lambda edge: cast(value >= edge as integer)))::integer]
    end;

-- A birth date into an age band on a day.
create or replace temp macro mask_age_band(birth_date, as_of, edges, labels) as
    mask_band(date_part('year', age(as_of, birth_date)), edges, labels);

-- A date cut to year (2026), quarter (2026-Q3) or month (2026-08).
create or replace temp macro mask_truncate(value, unit) as
    case unit
        when 'year' then strftime(cast(value as date), '%Y')
        when 'month' then strftime(cast(value as date), '%Y-%m')
        when 'quarter' then strftime(cast(value as date), '%Y') || '-Q' || quarter(cast(value as date))
    end;

-- The first characters of a code.
create or replace temp macro mask_prefix(value, length) as left(value, length);

-- A value relative to its unit's own mean, 2 decimals; no mean, no index.
create or replace temp macro mask_index(value, mean) as
    case when mean <> 0 then round(value / mean, 2) end;

-- Whether a row is alone in its group.
create or replace temp macro mask_alone(group_count) as group_count = 1;

-- Whether a month (202608, 2026-08 or a date) or a year lies in the last n months or years up to a day.
create or replace temp macro within_months(value, as_of, n) as
    coalesce(
        try_strptime(left(replace(cast(value as varchar), '-', ''), 6), '%Y%m')
        > as_of - to_months(cast(n as integer) + 1),
        false
    );
create or replace temp macro within_years(value, as_of, n) as
    coalesce(cast(left(cast(value as varchar), 4) as integer) > year(as_of) - n - 1, false);
