"""Database triggers that make the event log append-only.

Lives here: the SQL for SQLite and PostgreSQL, and running it in a migration.
Add here: another database vendor.
Stays out: the chain itself (``lineage.log``, ``lineage.log.verify``).

They stop mistakes and ordinary access. Whoever may drop a trigger is found out by the hash chain and
its signed checkpoints.
"""

from __future__ import annotations

from typing import Any

REFUSAL = "the lineage log is append-only"
GENESIS = "0" * 64

_SQLITE = {
    "lineage_event_no_update": f"""
        CREATE TRIGGER lineage_event_no_update BEFORE UPDATE ON lineage_event
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    "lineage_event_no_delete": f"""
        CREATE TRIGGER lineage_event_no_delete BEFORE DELETE ON lineage_event
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
    # REPLACE deletes silently unless recursive_triggers is on: a sequence that is not the next is refused.
    "lineage_event_next": f"""
        CREATE TRIGGER lineage_event_next BEFORE INSERT ON lineage_event
        WHEN NEW.seq <> COALESCE((SELECT MAX(seq) FROM lineage_event), 0) + 1
        BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END""",
}
_POSTGRES_FUNCTIONS = {
    "lineage_event_refuse": f"""
        CREATE FUNCTION lineage_event_refuse() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN RAISE EXCEPTION '{REFUSAL}'; END $$""",
    "lineage_event_next": f"""
        CREATE FUNCTION lineage_event_next() RETURNS trigger LANGUAGE plpgsql AS
        $$ BEGIN
          IF NEW.seq <> COALESCE((SELECT MAX(seq) FROM lineage_event), 0) + 1 THEN
            RAISE EXCEPTION '{REFUSAL}';
          END IF;
          RETURN NEW;
        END $$""",
}
_POSTGRES = {
    "lineage_event_no_change": """
        CREATE TRIGGER lineage_event_no_change BEFORE UPDATE OR DELETE ON lineage_event
        FOR EACH ROW EXECUTE FUNCTION lineage_event_refuse()""",
    "lineage_event_no_truncate": """
        CREATE TRIGGER lineage_event_no_truncate BEFORE TRUNCATE ON lineage_event
        FOR EACH STATEMENT EXECUTE FUNCTION lineage_event_refuse()""",
    "lineage_event_next": """
        CREATE TRIGGER lineage_event_next BEFORE INSERT ON lineage_event
        FOR EACH ROW EXECUTE FUNCTION lineage_event_next()""",
}


def install(apps: Any, schema_editor: Any) -> None:
    """Create the triggers (a migration's forward step)."""
    for statement in _created(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def remove(apps: Any, schema_editor: Any) -> None:
    """Drop the triggers (a migration's backward step)."""
    for statement in _dropped(schema_editor.connection.vendor):
        schema_editor.execute(statement)


def _created(vendor: str) -> list[str]:
    if vendor == "postgresql":
        return [*_POSTGRES_FUNCTIONS.values(), *_POSTGRES.values()]
    if vendor == "sqlite":
        return list(_SQLITE.values())
    raise NotImplementedError(f"the lineage log has no append-only triggers for {vendor}: use SQLite or PostgreSQL")


def _dropped(vendor: str) -> list[str]:
    if vendor == "postgresql":
        triggers = [f"DROP TRIGGER IF EXISTS {name} ON lineage_event" for name in _POSTGRES]
        return triggers + [f"DROP FUNCTION IF EXISTS {name}" for name in _POSTGRES_FUNCTIONS]
    return [f"DROP TRIGGER IF EXISTS {name}" for name in _SQLITE]
