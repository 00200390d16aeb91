-- HMAC-SHA256 tokens (scheme/tokens.py says what a token is). The name is a contract: lineage reads
-- masking from it. Keys come from session variables; a grant without a key is an error, never a null.

create or replace temp macro token_key(keys, grant_id) as
    case when map_contains(keys, grant_id) then keys[grant_id] else error('no token key for this grant') end;

create or replace temp macro keyed_token(grant_id, value) as
    't_' || left(
        sha256(
            token_key(getvariable('suyuan_token_outer'), grant_id)
            || unhex(
                sha256(
                    token_key(getvariable('suyuan_token_inner'), grant_id)
                    || encode(cast(value as varchar))
                )
            )
        ),
        32
    );
