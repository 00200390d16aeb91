"""Database triggers that make the audit chain append-only.

Lives here: the SQL for SQLite and PostgreSQL, run by a migration.
Stays out: the chain itself (``registry.audit``).
"""

from __future__ import annotations

from typing import Any

REFUSAL = "the audit chain is append-only"
TABLE = "registry_auditevent"

_SQLITE = [
    f"CREATE TRIGGER {TABLE}_no_{word} BEFORE {word.upper()} ON {TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for word in ("update", "delete")
] + [
    # REPLACE deletes silently unless recursive_triggers is on: only the next sequence may be inserted.
    f"CREATE TRIGGER {TABLE}_next BEFORE INSERT ON {TABLE} "
    f"WHEN NEW.seq <> COALESCE((SELECT MAX(seq) FROM {TABLE}), 0) + 1 "
    f"BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
]
_POSTGRES = [
    f"CREATE FUNCTION {TABLE}_refuse() RETURNS trigger LANGUAGE plpgsql AS "
    f"$$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$",
    f"CREATE TRIGGER {TABLE}_no_change BEFORE UPDATE OR DELETE ON {TABLE} "
    f"FOR EACH ROW EXECUTE FUNCTION {TABLE}_refuse()",
    f"CREATE TRIGGER {TABLE}_no_truncate BEFORE TRUNCATE ON {TABLE} "
    f"FOR EACH STATEMENT EXECUTE FUNCTION {TABLE}_refuse()",
]


def install(apps: Any, schema_editor: Any) -> None:
    """Create the triggers."""
    for statement in _POSTGRES if schema_editor.connection.vendor == "postgresql" else _SQLITE:
        schema_editor.execute(statement)


def remove(apps: Any, schema_editor: Any) -> None:
    """Drop the triggers."""
    if schema_editor.connection.vendor == "postgresql":
        schema_editor.execute(f"DROP FUNCTION {TABLE}_refuse() CASCADE")
        return
    for name in ("no_update", "no_delete", "next"):
        schema_editor.execute(f"DROP TRIGGER IF EXISTS {TABLE}_{name}")
