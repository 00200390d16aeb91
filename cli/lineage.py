"""`suyuan lineage`: the lineage catalog.

Lives here: ingest, trace. Add here: another command on the whole catalog.
Stays out: the catalog itself (``lineage``), producers (``cli.lineage_producers``), the log as evidence
(``cli.lineage_log``, ``cli.lineage_evidence``), the four questions (``cli.lineage_questions``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli import lineage_producers, lineage_questions, lineage_words
from cli.lineage_asker import BY, asker, sight_of, told
from cli.lineage_evidence import evidence
from cli.lineage_log import checkpoint, prune, verify
from cli.lineage_questions import AT, COLUMN, KNOWN, NODE, PURPOSE, asked_of
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
    node: NODE,
    upstream: Annotated[bool, typer.Option("--upstream", help="to the sources (default)")] = False,
    downstream: Annotated[bool, typer.Option("--downstream", help="to what was made of it")] = False,
    column: COLUMN = "",
    at: AT = "",
    known: KNOWN = "",
    purpose: PURPOSE = "",
    by: BY = "",
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Walk from a data set or column to its sources, or to what was made of it."""
    if upstream and downstream:
        refuse("give --upstream or --downstream, not both")
    from config import django_setup

    django_setup()
    from lineage.access import looked
    from lineage.answers.chain import walk
    from lineage.graph.trace import UnknownNodeError

    account, question = asker(by), asked_of(node, column, at, known, purpose)
    direction = "downstream" if downstream else "upstream"
    try:
        found = walk(question, sight_of(account, "graph"), direction).found
    except UnknownNodeError as error:
        refuse(str(error))
    detail = {"direction": direction, **question.detail(), "is_complete": found.is_complete}
    looked(account, "trace", node, purpose=question.purpose, detail=told(detail))
    if as_json:
        show_document(found.document(), True)
    else:
        print("\n".join(lineage_words.trace(found.document())))


for each in (verify, checkpoint, prune, evidence):
    app.command()(each)
