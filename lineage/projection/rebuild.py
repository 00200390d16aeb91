"""Making the graph anew from the log.

Lives here: emptying the projected tables and projecting every event again.
Stays out: what an event means (``lineage.projection``).
"""

from __future__ import annotations

from django.core.management.color import no_style
from django.db import connection, transaction

from lineage.models import PROJECTION
from lineage.projection import projector as projection


def rebuild() -> int:
    """Rebuild the projected tables in one transaction; return the sequence reached."""
    tables = [model._meta.db_table for model in PROJECTION]
    with transaction.atomic():
        statements = connection.ops.sql_flush(no_style(), tables, reset_sequences=True)
        with connection.cursor() as cursor:
            for statement in statements:
                cursor.execute(statement)
        return projection.catch_up()
