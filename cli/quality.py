"""`suyuan quality`: what Great Expectations found.

Lives here: check, score, report, corrections, suite. Stays out: judging (``expectations``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.output import JSON, refuse, show

NAME = "quality"
app = typer.Typer(help="Data quality（数据质量）.", no_args_is_help=True)
_ORDER = ["error", "failed", "passed"]


@app.command()
def check(resource: str, as_json: Annotated[bool, JSON] = False) -> None:
    """Judge the written version of a resource; exit 1 if it may not be promoted."""
    from config import django_setup
    from config.settings import settings
    from scheme.catalog_files import load_catalog
    from scheme.names import staging_name
    from warehouse import versions

    django_setup()
    from expectations import findings
    from expectations.evaluate import basis, evaluate

    catalog = load_catalog(settings().catalog)
    entry = catalog.entries.get(resource)
    if entry is None:
        refuse(f"{resource} is not in the catalog: see suyuan catalog list")
    version = versions.latest_written(staging_name(entry.department, entry.stem))
    if version is None:
        refuse(f"{resource} has no written version: deliver it and run suyuan run")
    on = basis(version, entry)
    outcomes = findings.of_version(version, on) or evaluate(version, entry, catalog)
    findings.record(version, outcomes, on)
    rows = [
        {
            "rule": o.rule, "item": o.item, "dimension": o.dimension, "severity": o.severity, "state": o.state,
            "problem_rows": o.unexpected_count, "rows": o.evaluated_count, "blocks": o.blocks, "meaning": o.meaning,
        }
        for o in sorted(outcomes, key=lambda o: (not o.blocks, _ORDER.index(o.state)))
    ]  # fmt: skip
    show(rows, as_json, ["rule", "state", "problem_rows", "rows", "severity", "blocks", "meaning"])
    if not findings.verdict(version, on).promotable:
        raise typer.Exit(1)


@app.command()
def score(as_json: Annotated[bool, JSON] = False) -> None:
    """Show the scores of resources in the four dimensions."""
    from config import django_setup
    from config.settings import settings
    from scheme.catalog_files import load_catalog

    django_setup()
    from expectations.score import scores

    rows = [
        {
            "resource": s.resource, "department": s.department, "completeness": s.completeness,
            "consistency": s.consistency, "accuracy": s.accuracy, "timeliness": s.timeliness, "total": s.total,
        }
        for s in scores(load_catalog(settings().catalog))
    ]  # fmt: skip
    show(rows, as_json)


@app.command()
def report(
    output: Annotated[Path, typer.Option("-o", "--output", help="folder")],
    department: Annotated[str | None, typer.Option(help="only this department")] = None,
) -> None:
    """Write the departments' quality reports as HTML."""
    from config import django_setup
    from config.settings import settings
    from scheme.catalog_files import load_catalog

    django_setup()
    from expectations.report import write_report

    catalog = load_catalog(settings().catalog)
    if department and department not in catalog.departments:
        refuse(f"{department} is no department of the catalog")
    known = {e.department for e in catalog.entries.values()}
    for code in [department] if department else sorted(known):
        print(write_report(code, output, catalog))


@app.command()
def corrections(
    resource: str, output: Annotated[Path, typer.Option("-o", "--output", help="workbook to write")]
) -> None:
    """Write the failing rows of the last delivery as a workbook; filled in and delivered it is the redelivery."""
    from config import django_setup
    from config.settings import settings
    from scheme.catalog_files import load_catalog

    django_setup()
    from expectations.corrections import NothingToCorrectError, write_corrections

    entry = load_catalog(settings().catalog).entries.get(resource)
    if entry is None:
        refuse(f"{resource} is not in the catalog: see suyuan catalog list")
    try:
        made = write_corrections(entry, output)
    except NothingToCorrectError as error:
        refuse(str(error), 1)
    left = f", {made.left_out:,} more in a second round" if made.left_out else ""
    print(f"{output}  {made.rows:,} failing rows{left}")


@app.command()
def suite(resource: str, output: Annotated[Path, typer.Option("-o", "--output", help="JSON file to write")]) -> None:
    """Write the rules of a resource as a suite that stock Great Expectations opens."""
    from config.settings import settings
    from scheme.catalog_files import load_catalog

    entry = load_catalog(settings().catalog).entries.get(resource)
    if entry is None:
        refuse(f"{resource} is not in the catalog: see suyuan catalog list")
    if output.is_dir() or not output.parent.is_dir():
        refuse(f"{output} is no file that can be written")
    from expectations.suite import stock_json
    from warehouse import atomic

    text, count, left_out = stock_json(entry)
    atomic.write_bytes(output, text.encode())
    print(f"{output}  {count} expectations")
    for rule, why in left_out.items():
        print(f"left out {rule}: {why}")
