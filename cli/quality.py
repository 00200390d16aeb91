"""`suyuan quality`: what Great Expectations found.

Lives here: check, score, report, corrections, suite, orders, clock. Stays out: judging (``expectations``).
"""

from __future__ import annotations

from enum import StrEnum
from pathlib import Path
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.output import JSON, refuse, show
from cli.quality_documents import notice, report

if TYPE_CHECKING:
    from expectations.scoring import GroupScore, Score

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


class Level(StrEnum):
    """Levels of scores."""

    rule = "rule"
    item = "item"
    resource = "resource"
    department = "department"
    district = "district"


@app.command()
def score(
    level: Annotated[Level, typer.Option(help="what is scored")] = Level.resource,
    department: Annotated[str | None, typer.Option(help="only this department")] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Show scores in percent by GB/T 36344 (X = A/B); what was not evaluated has none, and nobody is ranked."""
    from config import django_setup
    from config.settings import settings
    from scheme.catalog_files import load_catalog

    django_setup()
    from expectations.score import department_scores, district_score, resource_scores

    catalog = load_catalog(settings().catalog)
    if department and department not in catalog.departments:
        refuse(f"{department} is no department of the catalog")
    if department and level is Level.district:
        refuse("the district's score is over all its departments: leave out --department")
    if level is Level.district:
        rows = [_figures(district_score(catalog))]
    elif level is Level.department:
        found = [g for g in department_scores(catalog) if department in (None, g.code)]
        rows = [{"department": g.code, "name": g.name, "resources": len(g.parts)} | _figures(g) for g in found]
    else:
        rows = [row for s in resource_scores(catalog, department) for row in _rows(s, level)]
    show(rows, as_json)


def _rows(score: Score, level: Level) -> list[dict[str, Any]]:
    if level is Level.resource:
        return [{"resource": score.resource, "department": score.department} | _figures(score)]
    if level is Level.item:
        return [
            {"resource": score.resource, "dimension": i.dimension, "item": i.item, "rules": len(i.rules),
             "score": i.percent}
            for i in score.items
        ]  # fmt: skip
    return [
        {"resource": score.resource, "dimension": r.dimension, "item": r.item, "rule": r.rule,
         "state": "not evaluated" if r.state == "error" else r.state,
         "A": r.conforming if r.is_evaluated else None, "B": r.assessed if r.is_evaluated else None,
         "score": r.percent}
        for r in score.rules
    ]  # fmt: skip


def _figures(score: Score | GroupScore) -> dict[str, Any]:
    return {
        "completeness": score.completeness, "consistency": score.consistency, "accuracy": score.accuracy,
        "timeliness": score.timeliness, "total": score.total, "not_evaluated": score.errors,
    }  # fmt: skip


app.command()(report)
app.command()(notice)


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
def orders(
    department: Annotated[str | None, typer.Option(help="only this department")] = None,
    state: Annotated[str | None, typer.Option(help="only this state, e.g. 整改中")] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """List remediation orders, newest first, with working days left."""
    from config import clock, django_setup
    from config.settings import settings
    from scheme.catalog_files import load_catalog

    django_setup()
    from expectations.models import Order
    from expectations.orders import reading, states

    if department and department not in load_catalog(settings().catalog).departments:
        refuse(f"{department} is no department of the catalog")
    known = {*states.OPEN, *states.CLOSED}
    if state and state not in known:
        refuse(f"{state} is no state of an order: {', '.join(sorted(known))}")
    wanted = {k: v for k, v in (("department", department), ("state", state)) if v}
    rows = [
        {
            "order": o.number, "department": o.department, "resource": f"{o.department}.{o.resource}", "rule": o.rule,
            "severity": o.severity, "state": o.state, "due_date": o.due.isoformat(),
            "days_left": reading.days_left(o, clock.today()), "overdue": reading.is_overdue(o, clock.today()),
            "provisional": o.is_provisional, "problem_rows": o.problem_count, "rows": o.total_count,
            "meaning": o.meaning,
        }
        for o in Order.objects.filter(**wanted)
    ]  # fmt: skip
    show(rows, as_json, ["order", "resource", "rule", "state", "due_date", "days_left", "problem_rows", "meaning"])


@app.command("clock")
def tick_clock() -> None:
    """Judge what is late and take the steps that are due: reminders, escalation, consequences. Run it every day."""
    from uuid import uuid4

    from config import django_setup
    from config.settings import settings
    from scheme.catalog_files import load_catalog

    django_setup()
    from expectations.orders.clock import tick
    from lineage.graph.impact import Impacts
    from orchestration.pipeline.lateness import judge_late

    late, unjudged = judge_late(load_catalog(settings().catalog), uuid4())
    done = tick(Impacts())
    print(f"{len(late)} late resources judged" + "".join(f"\n  {r}" for r in late))
    print(f"{len(done.steps)} steps" + "".join(f"\n  {s}" for s in done.steps))
    failed = [*unjudged, *done.failed]
    if failed:
        refuse(f"could not work on {len(failed)}: {'; '.join(failed[:3])}", 1)


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
