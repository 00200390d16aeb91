"""Database triggers that make the homes of events append-only.

Lives here: the SQL for SQLite and PostgreSQL, and running it in a migration.
Add here: nothing else.
Stays out: the triggers of the log (``lineage.triggers``), what a home is for (``lineage.foreign.homes``).
"""

from __future__ import annotations

from typing import Any

from lineage.triggers import REFUSAL

_TABLE = "lineage_eventhome"
_SQLITE = [
    f"CREATE TRIGGER {_TABLE}_no_{when.lower()} BEFORE {when} ON {_TABLE} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"
    for when in ("UPDATE", "DELETE")
]
_POSTGRES = [
    f"""CREATE TRIGGER {_TABLE}_no_change BEFORE UPDATE OR DELETE ON {_TABLE}
        FOR EACH ROW EXECUTE FUNCTION lineage_event_refuse()""",
    f"""CREATE TRIGGER {_TABLE}_no_truncate BEFORE TRUNCATE ON {_TABLE}
        FOR EACH STATEMENT EXECUTE FUNCTION lineage_event_refuse()""",
]


def install(apps: Any, schema_editor: Any) -> None:
    """Create the triggers (a migration's forward step)."""
    for statement in _POSTGRES if schema_editor.connection.vendor == "postgresql" else _SQLITE:
        schema_editor.execute(statement)


def remove(apps: Any, schema_editor: Any) -> None:
    """Drop the triggers (a migration's backward step)."""
    if schema_editor.connection.vendor == "postgresql":
        for name in ("change", "truncate"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {_TABLE}_no_{name} ON {_TABLE}")
    else:
        for name in ("update", "delete"):
            schema_editor.execute(f"DROP TRIGGER IF EXISTS {_TABLE}_no_{name}")
