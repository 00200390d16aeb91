"""dbt-duckdb plugin: what every connection of the dbt process gets.

Lives here: the encryption extension, the masking functions and the token functions of the grants named in
the profile. Keys never enter model SQL, manifests or logs.
Add here: a function that rendered models call.
Stays out: the models.
"""

from __future__ import annotations

from importlib.resources import files
from typing import Any

from dbt.adapters.duckdb.plugins import BasePlugin

from config.keys import grant_token_key
from warehouse.engine import load_encryption
from warehouse.token_sql import install_token_macros


def install_masks(connection: Any) -> None:
    """Define the masking functions in a DuckDB connection."""
    connection.execute(files("warehouse").joinpath("sql/masks.sql").read_text("utf-8"))


class Plugin(BasePlugin):
    """Configures dbt's DuckDB connection."""

    def initialize(self, plugin_config: dict[str, Any]) -> None:
        """Remember which grants' tokens this run may make."""
        self.grants = [g for g in str(plugin_config.get("grants", "")).split(",") if g]

    def configure_connection(self, conn: Any) -> None:
        """Install functions once on the connection that all cursors share."""
        load_encryption(conn)

    def configure_cursor(self, cursor: Any) -> None:
        """Install per-cursor (temporary) functions."""
        install_masks(cursor)
        install_token_macros(cursor, {g: grant_token_key(g) for g in self.grants})
