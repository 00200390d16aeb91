"""`suyuan lineage`: the lineage catalog.

Lives here: ingest, trace. Stays out: the catalog itself (``lineage``), producers (``cli.lineage_producers``), the log
as evidence (``cli.lineage_log``, ``cli.lineage_evidence``), the four questions (``cli.lineage_questions``).
"""

from __future__ import annotations

from datetime import datetime
from pathlib import Path
from typing import Annotated

import typer

from cli import lineage_producers, lineage_questions
from cli.lineage_evidence import evidence
from cli.lineage_log import checkpoint, prune, verify
from cli.output import JSON, refuse, show_document

NAME = "lineage"
app = typer.Typer(help="Lineage（数据溯源）.", no_args_is_help=True)
app.add_typer(lineage_producers.keys, name="key")
app.command("refused")(lineage_producers.refused)
lineage_questions.add(app)


@app.command()
def ingest(file: Path) -> None:
    """Take in OpenLineage events, one JSON document a line; exit 1 if a line was refused."""
    if not file.is_file():
        refuse(f"{file} is not a file")
    from config import django_setup

    django_setup()
    from lineage.events.ingest import ingest_file

    report = ingest_file(file)
    print(f"{report.accepted} events accepted, {len(report.refused)} refused")
    for refusal in report.refused[:20]:
        print(f"  line {refusal.line}: {refusal.reason}")
    if report.refused:
        raise typer.Exit(1)


@app.command()
def trace(
    node: Annotated[str, typer.Argument(help="data set zone.schema.table")],
    upstream: Annotated[bool, typer.Option("--upstream", help="to the sources (default)")] = False,
    downstream: Annotated[bool, typer.Option("--downstream", help="to what was made of it")] = False,
    column: Annotated[str | None, typer.Option(help="one column")] = None,
    at: Annotated[str | None, typer.Option(help="as it stood at this ISO 8601 time")] = None,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Walk from a data set or column to its sources, or to what was made of it."""
    if upstream and downstream:
        refuse("give --upstream or --downstream, not both")
    from config import clock, django_setup

    try:
        moment = datetime.fromisoformat(at) if at else None
    except ValueError:
        refuse(f"--at is not an ISO 8601 time: {at}")
    if moment and moment.tzinfo is None:
        moment = moment.replace(tzinfo=clock.SHANGHAI)
    django_setup()
    from lineage.graph.trace import UnknownNodeError
    from lineage.graph.trace import trace as walk

    try:
        found = walk(node, direction="downstream" if downstream else "upstream", column=column, at=moment)
    except UnknownNodeError as error:
        refuse(str(error))
    if as_json:
        show_document(found.document(), True)
        return
    for each in found.nodes:
        columns = f" [{', '.join(each.columns)}]" if each.columns else ""
        version = f"  {each.version[:12]}" if each.version else ""
        print(f"{'  ' * each.distance}{each.name}{columns}  {each.title}{version}")
        for name, facet in each.facts.items():
            shown = ", ".join(f"{k}={v}" for k, v in facet.items() if v not in ("", None))
            print(f"{'  ' * each.distance}  · {name.removeprefix('suyuan_')}: {shown}")
    state = "complete" if found.is_complete else "INCOMPLETE: " + "; ".join(found.incomplete_because)
    print(f"as of {found.as_of.isoformat(timespec='seconds')}, event {found.as_of_seq}: {state}")


for each in (verify, checkpoint, prune, evidence):
    app.command()(each)
