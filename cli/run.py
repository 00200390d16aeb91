"""`suyuan run`: the pipeline, headless.

Lives here: its options, progress and summary. Stays out: running (``orchestration.headless``).
"""

from __future__ import annotations

import time
from typing import Annotated

import typer

from cli.output import refuse

NAME = "run"


def command(
    department: Annotated[str | None, typer.Option(help="only this department's resources and what follows")] = None,
    resource: Annotated[str | None, typer.Option(help="only this resource (D.R) and what follows")] = None,
    grant: Annotated[str | None, typer.Option(help="only this grant's subset")] = None,
    force: Annotated[bool, typer.Option("--force", help="run although nothing changed")] = False,
) -> None:
    """Run the pipeline with progress: the same assets as in the Dagster UI."""
    from orchestration.headless import SelectionError, run

    started = time.monotonic()

    def progress(step: str, what: str) -> None:
        if what != "start":
            print(f"{time.monotonic() - started:6.1f}s  {step}  {what}", flush=True)

    try:
        outcome = run(department=department, resource=resource, grant=grant, force=force, progress=progress)
    except SelectionError as error:
        refuse(str(error))
    if not outcome.changed:
        print("nothing changed since the last finished run")
        return
    print(
        f"{outcome.steps} steps done in {time.monotonic() - started:.0f}s, {len(outcome.failed)} failed, "
        f"{len(outcome.blocked)} blocked, {outcome.warnings} rules with problem rows"
    )
    for line in (*outcome.failed, *outcome.blocked):
        print(f"  {line}")
    if not outcome.is_good:
        raise typer.Exit(1)
