"""`suyuan collect`: one register, collected from its source and landed.

Lives here: its options and what it prints. Stays out: collecting (``orchestration.collect``).
"""

from __future__ import annotations

from typing import Annotated
from uuid import uuid4

import typer

from cli.deliver import summary
from cli.output import JSON, refuse, show_document

NAME = "collect"


def command(
    resource: Annotated[str, typer.Argument(help="<department>.<resource>")],
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Collect one register from its database or interface now; prints what landed."""
    from config import clock, django_setup
    from config.settings import settings
    from orchestration.collect.collect import collect
    from orchestration.collect.error import CollectError
    from orchestration.collect.state import sha256
    from orchestration.ingest.deliver import land_waiting
    from orchestration.pipeline import events
    from scheme.catalog_files import load_catalog
    from warehouse import batches

    entry = load_catalog(settings().catalog).entries.get(resource)
    if entry is None:
        refuse(f"{resource} is not in the catalog: see suyuan catalog list")
    try:
        waiting = collect(entry, "command line")
    except CollectError as error:
        refuse(str(error), error.code)
    collected = sha256(waiting) if waiting else None
    new = {b.file_sha256: b for b in land_waiting(entry, "command line")}
    django_setup()
    events.trace_landed(entry, uuid4(), clock.now())
    if collected is None:
        show_document({"resource": entry.id, "batch": None, "collected": "nothing new"}, as_json)
        return
    batch = new.get(collected) or batches.find_by_hash(entry.department, entry.resource, collected)
    if batch is None or batch.state == "refused":
        refuse(f"refused: {batch.refusal} {batch.next_step}" if batch else "another process landed it", 1)
    show_document(summary(batch, collected in new), as_json)
    if collected not in new and not as_json:
        print("the source says what it said before: nothing changed")
