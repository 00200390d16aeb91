"""`suyuan deliver`: one delivery, handed over and landed.

Lives here: its options and what it prints. Stays out: landing (``orchestration.ingest``).
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any
from uuid import uuid4

import typer

from cli.output import JSON, refuse, show_document

if TYPE_CHECKING:
    from warehouse.batches import Batch

NAME = "deliver"


def command(
    resource: Annotated[str, typer.Argument(help="<department>.<resource>")],
    file: Annotated[Path, typer.Argument(help="CSV, Excel, JSON, Parquet, or one of them zipped")],
    rows: Annotated[int | None, typer.Option(min=0, help="number of rows declared")] = None,
    by: Annotated[str, typer.Option(help="who delivers")] = "",
    secrecy: Annotated[str, typer.Option(help="非涉密 or 涉密")] = "非涉密",
    increment: Annotated[bool, typer.Option("--increment", help="only what changed（增量）")] = False,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Hand over one delivery; prints batch id, rows landed, rows quarantined and why."""
    from config import clock, django_setup
    from config.settings import settings
    from orchestration.ingest.deliver import land
    from orchestration.pipeline import events
    from scheme.catalog_files import load_catalog
    from warehouse.declaration import Declaration
    from warehouse.inbox import hand_over
    from warehouse.lock import writer_lock
    from warehouse.refusal import DeliveryRefusedError

    entry = load_catalog(settings().catalog).entries.get(resource)
    if entry is None:
        refuse(f"{resource} is not in the catalog: see suyuan catalog list")
    if secrecy not in ("非涉密", "涉密"):
        refuse("--secrecy is 非涉密 or 涉密")
    if not file.is_file():
        refuse(f"{file} is not a file")
    mode = "increment" if increment else "full"
    declared = Declaration(rows_declared=rows, delivered_by=by, declared_secrecy=secrecy, mode=mode)
    try:
        waiting = hand_over(entry, file, declared, by or "command line")
    except DeliveryRefusedError as error:
        refuse(f"refused: {error}", 1)
    with writer_lock():
        batch, is_new = land(entry, waiting, by or "command line")
    if batch.state == "refused":
        refuse(f"refused: {batch.refusal} {batch.next_step}", 1)
    django_setup()
    events.trace_landed(entry, uuid4(), clock.now())
    found = summary(batch, is_new)
    show_document(found, as_json)
    if not is_new and not as_json:
        print("the same file was landed before: nothing changed")


def summary(batch: Batch, is_new: bool) -> dict[str, Any]:
    """Return what is printed of a landed batch."""
    return {
        "batch": batch.batch_id, "resource": f"{batch.department}.{batch.resource}", "mode": batch.mode,
        "rows_declared": batch.rows_declared, "rows_in": batch.rows_in, "rows_landed": batch.rows_landed,
        "rows_quarantined": batch.rows_quarantined, "quarantine_reasons": batch.quarantine_reasons,
        "encoding": batch.encoding, "is_new": is_new,
    }  # fmt: skip
