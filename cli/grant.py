"""`suyuan grant`: grants and what they compile to.

Lives here: list, show, compile. Stays out: their states (``registry``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.output import JSON, refuse, show, show_document

NAME = "grant"
app = typer.Typer(help="Grants（数据授权）.", no_args_is_help=True)


@app.command("list")
def list_grants(as_json: Annotated[bool, JSON] = False) -> None:
    """List grants with their state."""
    from config import clock, django_setup

    django_setup()
    from registry.grants import refused_grants
    from registry.models import GrantRecord

    refused = refused_grants(clock.today())
    rows = [
        {
            "grant": r.grant, "scenario": r.document["scenario"]["name"], "developer": r.developer.name,
            "state": r.state, "valid_to": r.document["valid_to"],
            "in_force": r.grant not in refused, "why_not": "；".join(refused.get(r.grant, [])),
        }
        for r in GrantRecord.objects.select_related("developer").order_by("grant")
    ]  # fmt: skip
    show(rows, as_json)


@app.command("show")
def show_grant(grant: str, as_json: Annotated[bool, JSON] = False) -> None:
    """Show one grant document."""
    show_document(_record(grant).document, as_json)


@app.command("compile")
def compile_grant(
    grant: str, output: Annotated[Path, typer.Option("-o", "--output", help="folder for the models")]
) -> None:
    """Write the dbt models that a grant compiles to."""
    from config import clock
    from config.settings import settings
    from orchestration.pipeline.dbt_files import current_columns
    from scheme.catalog_files import load_catalog
    from scheme.compile_models import authorized_models, missing_columns
    from scheme.grant import Grant
    from warehouse import atomic

    document = Grant.model_validate(_record(grant).document)
    problems = missing_columns(document, current_columns(load_catalog(settings().catalog)))
    if problems:
        refuse("; ".join(problems), 1)
    for name, text in authorized_models(document, clock.today()).items():
        atomic.write_bytes(output / name, text.encode())
        print(output / name)


def _record(grant: str):  # noqa: ANN202
    from config import django_setup

    django_setup()
    from registry.models import GrantRecord

    record = GrantRecord.objects.filter(grant=grant.upper()).first()
    if record is None:
        refuse(f"there is no grant {grant[:20]}: see suyuan grant list")
    return record
