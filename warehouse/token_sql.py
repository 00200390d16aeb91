"""Keyed tokens inside DuckDB, equal to ``scheme.tokens`` and vectorised.

Lives here: the SQL function ``keyed_token(grant, value)`` that rendered models call.
Add here: another token algorithm beside HMAC-SHA256.
Stays out: the other masks (``warehouse/sql/masks.sql``), the key files (``config.keys``).

HMAC(k, m) = H((k ^ opad) || H((k ^ ipad) || m)), RFC 2104. The two padded keys are session variables of
the connection, handed over as parameters: they stand in no SQL text, manifest or log. Temporary macros
and variables do not pass from a connection to its ``cursor()`` (DuckDB 1.5.5, measured), so this is
called on every cursor that tokens are made on.
"""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from config.keys import Key
from scheme.tokens import padded_keys

if TYPE_CHECKING:
    import duckdb


def install_token_macros(connection: duckdb.DuckDBPyConnection, grants: dict[str, Key]) -> None:
    """Define ``keyed_token`` for these grants; any other grant is an error, null stays null."""
    padded = {grant: padded_keys(key) for grant, key in grants.items()}
    for place, variable in enumerate(("suyuan_token_inner", "suyuan_token_outer")):
        keys = {grant: pair[place] for grant, pair in padded.items()}
        connection.execute(
            f"SET VARIABLE {variable} = map_from_entries(list_zip(?::VARCHAR[], ?::BLOB[]))",
            [list(keys), list(keys.values())],
        )
    connection.execute(files("warehouse").joinpath("sql/tokens.sql").read_text("utf-8"))
