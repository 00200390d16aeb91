"""`suyuan catalog`: the resource catalog.

Lives here: check, list, show, coverage, export. Stays out: reading entries (``scheme.catalog_files``).
"""

from __future__ import annotations

import sys
from pathlib import Path
from typing import Annotated

import typer

from cli.output import JSON, refuse, show, show_document

NAME = "catalog"
app = typer.Typer(help="The resource catalog（公共数据资源目录）.", no_args_is_help=True)


@app.command()
def check(folder: Annotated[Path | None, typer.Argument(help="catalog folder")] = None) -> None:
    """Check every entry; every problem on its own line."""
    from config.settings import settings
    from scheme.catalog_files import CatalogError, load_catalog

    try:
        catalog = load_catalog(folder or settings().catalog)
    except CatalogError as error:
        for problem in error.problems:
            print(problem, file=sys.stderr)
        raise typer.Exit(1) from None
    print(
        f"{len(catalog.entries)} entries of {len({e.department for e in catalog.entries.values()})} departments: good"
    )


@app.command("list")
def list_entries(as_json: Annotated[bool, JSON] = False) -> None:
    """List the resources."""
    from config.settings import settings
    from scheme.catalog_files import load_catalog

    catalog = load_catalog(settings().catalog)
    rows = [
        {
            "resource": e.id, "department": catalog.departments[e.department].short, "name": e.name,
            "update_cycle": e.update_cycle.chinese, "grade": e.grade, "items": len(e.items), "sharing": e.sharing,
            "operation": e.operation,
        }
        for e in catalog.entries.values()
    ]  # fmt: skip
    show(rows, as_json)


@app.command("show")
def show_entry(resource: str, as_json: Annotated[bool, JSON] = False) -> None:
    """Show one entry."""
    from config.settings import settings
    from scheme.catalog_files import load_catalog

    entry = load_catalog(settings().catalog).entries.get(resource)
    if entry is None:
        refuse(f"{resource} is not in the catalog: see suyuan catalog list")
    show_document(entry.model_dump(mode="json", exclude_defaults=True), as_json)


@app.command()
def coverage(as_json: Annotated[bool, JSON] = False) -> None:
    """What the catalog lists against what arrived; a resource overdue is no failure of this command."""
    from config import clock
    from config.settings import settings
    from scheme.catalog_files import load_catalog
    from warehouse.coverage import ledger, summary

    found = ledger(load_catalog(settings().catalog), clock.today())
    rows = [
        {
            "resource": r.entry.id, "name": r.entry.name, "department": r.department,
            "obtained_by": r.entry.obtained_by,
            "counts": r.counts, "batches": r.batches, "last_on": r.last_on, "rows_declared": r.rows_declared,
            "rows_landed": r.rows_landed, "rows_quarantined": r.rows_quarantined, "shortfall": r.shortfall,
            "due": r.due.due if r.due else None, "due_is_provisional": bool(r.due and r.due.is_provisional),
            "state": r.state,
        }
        for r in found
    ]  # fmt: skip
    shown = ["resource", "obtained_by", "batches", "last_on", "rows_declared", "rows_landed", "rows_quarantined",
             "due", "due_is_provisional", "state"]  # fmt: skip
    show(rows, as_json, shown)
    if not as_json:
        total = summary(found)
        print(f"{total.delivered} of {total.catalogued} resources delivered ({total.share}%), {total.overdue} overdue")


@app.command()
def export(
    output: Annotated[Path, typer.Option("-o", "--output", help="file to write")],
    dcat: Annotated[bool, typer.Option("--dcat", help="DCAT-AP as JSON-LD")] = False,
) -> None:
    """Export the catalog of the district's own resources."""
    from config import clock
    from config.settings import settings
    from scheme.catalog_files import load_catalog
    from scheme.dcat import catalog_document
    from warehouse import atomic

    if not dcat:
        refuse("give the form to export: --dcat")
    document = catalog_document(load_catalog(settings().catalog), settings().district, clock.today())
    atomic.write_json(output, document)
    print(output)
