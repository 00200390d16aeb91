"""Keyed tokens: what stands in a subset where an identifier stood（密钥令牌）.

Lives here: the one definition of a token, in Python. ``warehouse.token_sql`` computes the same in DuckDB.
Add here: another token algorithm (HMAC-SM3), named in the token's prefix.
Stays out: where keys come from (``config.keys``), which columns are tokens (``scheme.grant``).

A token is ``t_`` and the first 32 hexadecimal digits of HMAC-SHA256 (RFC 2104, FIPS 198-1) over the
UTF-8 value: 128 bits, so that equal tokens mean equal values, and nothing without the key.
"""

from __future__ import annotations

import hashlib
import hmac
import re

from config.keys import Key

PREFIX = "t_"
DIGITS = 32
FORM = re.compile(rf"{PREFIX}[0-9a-f]{{{DIGITS}}}")
_BLOCK = 64  # bytes of a SHA-256 block


def token(value: str | None, key: Key) -> str | None:
    """Return the token of a value; no value, no token."""
    if value is None:
        return None
    return PREFIX + hmac.new(key.material, value.encode(), hashlib.sha256).hexdigest()[:DIGITS]


def padded_keys(key: Key) -> tuple[bytes, bytes]:
    """Return (key xor ipad, key xor opad) of RFC 2104, for engines that only have a plain hash."""
    material = key.material if len(key.material) <= _BLOCK else hashlib.sha256(key.material).digest()
    block = material.ljust(_BLOCK, b"\0")
    return bytes(b ^ 0x36 for b in block), bytes(b ^ 0x5C for b in block)
