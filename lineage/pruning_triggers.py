"""Database triggers that let an event lose its body when a pruning covers it, and nothing else.

Lives here: the SQL for SQLite and PostgreSQL, and running it in a migration; it takes the place of the plain refusal
of every UPDATE in ``lineage.triggers``.
Add here: another table of retention that only grows.
Stays out: the log's other triggers (``lineage.triggers``), the act (``lineage.log.pruning``).
"""

from __future__ import annotations

from typing import Any

from lineage.triggers import REFUSAL

RECORDS = ("lineage_pruning", "lineage_prunedevent")
_KEPT = ("seq", "received_us", "event_us", "kind", "producer", "via", "sha256", "prev_hash", "chain_hash")
_COVERED = "EXISTS (SELECT 1 FROM lineage_prunedevent WHERE seq = OLD.seq)"


def install(apps: Any, schema_editor: Any) -> None:
    """Create the triggers (a migration's forward step)."""
    for statement in _POSTGRES if schema_editor.connection.vendor == "postgresql" else _SQLITE:
        schema_editor.execute(statement)


def remove(apps: Any, schema_editor: Any) -> None:
    """Put the plain refusal back (a migration's backward step)."""
    for statement in _POSTGRES_BACK if schema_editor.connection.vendor == "postgresql" else _SQLITE_BACK:
        schema_editor.execute(statement)


def _sqlite_refusal(name: str, when: str, table: str, condition: str = "") -> str:
    return f"CREATE TRIGGER {name} BEFORE {when} ON {table} {condition} BEGIN SELECT RAISE(ABORT, '{REFUSAL}'); END"


_SAME = " AND ".join(f"NEW.{c} IS OLD.{c}" for c in _KEPT)
_SQLITE = [
    "DROP TRIGGER IF EXISTS lineage_event_no_update",
    _sqlite_refusal(
        "lineage_event_no_update", "UPDATE", "lineage_event",
        f"WHEN NOT ({_SAME} AND typeof(NEW.body) = 'blob' AND length(NEW.body) = 0 AND {_COVERED})",
    ),
    *(_sqlite_refusal(f"{t}_no_{w.lower()}", w, t) for t in RECORDS for w in ("UPDATE", "DELETE")),
]  # fmt: skip
_SQLITE_BACK = [
    *(f"DROP TRIGGER IF EXISTS {t}_no_{w}" for t in RECORDS for w in ("update", "delete")),
    "DROP TRIGGER IF EXISTS lineage_event_no_update",
    _sqlite_refusal("lineage_event_no_update", "UPDATE", "lineage_event"),
]

_SAME_ROW = " AND ".join(f"NEW.{c} IS NOT DISTINCT FROM OLD.{c}" for c in _KEPT)
_POSTGRES = [
    f"""
    CREATE FUNCTION lineage_event_pruned() RETURNS trigger LANGUAGE plpgsql AS
    $$ BEGIN
      IF NOT ({_SAME_ROW} AND length(NEW.body) = 0 AND {_COVERED}) THEN
        RAISE EXCEPTION '{REFUSAL}';
      END IF;
      RETURN NEW;
    END $$""",
    "DROP TRIGGER IF EXISTS lineage_event_no_change ON lineage_event",
    """CREATE TRIGGER lineage_event_no_change BEFORE DELETE ON lineage_event
       FOR EACH ROW EXECUTE FUNCTION lineage_event_refuse()""",
    """CREATE TRIGGER lineage_event_no_update BEFORE UPDATE ON lineage_event
       FOR EACH ROW EXECUTE FUNCTION lineage_event_pruned()""",
    *(
        f"""CREATE TRIGGER {t}_no_change BEFORE UPDATE OR DELETE ON {t}
            FOR EACH ROW EXECUTE FUNCTION lineage_event_refuse()"""
        for t in RECORDS
    ),
    *(
        f"""CREATE TRIGGER {t}_no_truncate BEFORE TRUNCATE ON {t}
            FOR EACH STATEMENT EXECUTE FUNCTION lineage_event_refuse()"""
        for t in RECORDS
    ),
]
_POSTGRES_BACK = [
    *(f"DROP TRIGGER IF EXISTS {t}_no_{w} ON {t}" for t in RECORDS for w in ("change", "truncate")),
    "DROP TRIGGER IF EXISTS lineage_event_no_update ON lineage_event",
    "DROP TRIGGER IF EXISTS lineage_event_no_change ON lineage_event",
    "DROP FUNCTION IF EXISTS lineage_event_pruned",
    """CREATE TRIGGER lineage_event_no_change BEFORE UPDATE OR DELETE ON lineage_event
       FOR EACH ROW EXECUTE FUNCTION lineage_event_refuse()""",
]
