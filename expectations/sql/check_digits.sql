-- Check digits and numbers in free text. Null stays null; callers decide what a missing value means.

-- Resident id, GB 11643-1999: ISO 7064 MOD 11-2 over 17 digits, and a date that exists.
create or replace temp macro is_resident_id(x) as
    regexp_full_match(x, '[1-9][0-9]{16}[0-9X]')
    and try_strptime(substr(x, 7, 8), '%Y%m%d') is not null
    and substr('10X98765432', 1 + (
        (ascii(substr(x, 1, 1)) - 48) * 7 + (ascii(substr(x, 2, 1)) - 48) * 9
        + (ascii(substr(x, 3, 1)) - 48) * 10 + (ascii(substr(x, 4, 1)) - 48) * 5
        + (ascii(substr(x, 5, 1)) - 48) * 8 + (ascii(substr(x, 6, 1)) - 48) * 4
        + (ascii(substr(x, 7, 1)) - 48) * 2 + (ascii(substr(x, 8, 1)) - 48) * 1
        + (ascii(substr(x, 9, 1)) - 48) * 6 + (ascii(substr(x, 10, 1)) - 48) * 3
        + (ascii(substr(x, 11, 1)) - 48) * 7 + (ascii(substr(x, 12, 1)) - 48) * 9
        + (ascii(substr(x, 13, 1)) - 48) * 10 + (ascii(substr(x, 14, 1)) - 48) * 5
        + (ascii(substr(x, 15, 1)) - 48) * 8 + (ascii(substr(x, 16, 1)) - 48) * 4
        + (ascii(substr(x, 17, 1)) - 48) * 2
    ) % 11, 1) = substr(x, 18, 1);

-- Value of a character of GB 32100-2015 (no I, O, S, V, Z).
create or replace temp macro uscc_value(x, i) as instr('0123456789ABCDEFGHJKLMNPQRTUWXY', substr(x, i, 1)) - 1;

-- Unified social credit code, GB 32100-2015: weights 3^(i-1) mod 31.
create or replace temp macro is_uscc(x) as
    regexp_full_match(x, '[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}')
    and (31 - (
        uscc_value(x, 1) * 1 + uscc_value(x, 2) * 3 + uscc_value(x, 3) * 9 + uscc_value(x, 4) * 27
        + uscc_value(x, 5) * 19 + uscc_value(x, 6) * 26 + uscc_value(x, 7) * 16 + uscc_value(x, 8) * 17
        + uscc_value(x, 9) * 20 + uscc_value(x, 10) * 29 + uscc_value(x, 11) * 25 + uscc_value(x, 12) * 13
        + uscc_value(x, 13) * 8 + uscc_value(x, 14) * 24 + uscc_value(x, 15) * 10 + uscc_value(x, 16) * 30
        + uscc_value(x, 17) * 28
    ) % 31) % 31 = uscc_value(x, 18);

-- A resident id, mobile or bank card number inside a text（备注等文本项）.
create or replace temp macro holds_personal_number(x) as
    regexp_matches(
        x,
        '(^|[^0-9A-Za-z])([1-9][0-9]{5}(18|19|20)[0-9]{9}[0-9Xx]|1[3-9][0-9]{9}|6[0-9]{15,18})($|[^0-9A-Za-z])'
    );

-- Bank card number, ISO/IEC 7812-1: 16 to 19 digits that pass Luhn. Every second digit from the right is doubled
-- and its digits added, which the place in '0516273849' gives.
create or replace temp macro is_bank_card(x) as
    regexp_full_match(x, '[0-9]{16,19}')
    and (
        ascii(substr(lpad(x, 19, '0'), 1, 1)) - 48 + instr('0516273849', substr(lpad(x, 19, '0'), 2, 1)) - 1
        + ascii(substr(lpad(x, 19, '0'), 3, 1)) - 48 + instr('0516273849', substr(lpad(x, 19, '0'), 4, 1)) - 1
        + ascii(substr(lpad(x, 19, '0'), 5, 1)) - 48 + instr('0516273849', substr(lpad(x, 19, '0'), 6, 1)) - 1
        + ascii(substr(lpad(x, 19, '0'), 7, 1)) - 48 + instr('0516273849', substr(lpad(x, 19, '0'), 8, 1)) - 1
        + ascii(substr(lpad(x, 19, '0'), 9, 1)) - 48 + instr('0516273849', substr(lpad(x, 19, '0'), 10, 1)) - 1
        + ascii(substr(lpad(x, 19, '0'), 11, 1)) - 48 + instr('0516273849', substr(lpad(x, 19, '0'), 12, 1)) - 1
        + ascii(substr(lpad(x, 19, '0'), 13, 1)) - 48 + instr('0516273849', substr(lpad(x, 19, '0'), 14, 1)) - 1
        + ascii(substr(lpad(x, 19, '0'), 15, 1)) - 48 + instr('0516273849', substr(lpad(x, 19, '0'), 16, 1)) - 1
        + ascii(substr(lpad(x, 19, '0'), 17, 1)) - 48 + instr('0516273849', substr(lpad(x, 19, '0'), 18, 1)) - 1
        + ascii(substr(lpad(x, 19, '0'), 19, 1)) - 48
    ) % 10 = 0;
