"""How commands speak: tables for people, JSON for programs, one line for an error.

Lives here: printing. Stays out: what is printed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import typer

JSON = typer.Option("--json", help="print JSON")


def show(rows: Sequence[dict[str, Any]], as_json: bool, columns: Sequence[str] | None = None) -> None:
    """Print rows as JSON or as a table."""
    if as_json:
        print(json.dumps(list(rows), ensure_ascii=False, indent=1, default=str))
        return
    if not rows:
        print("（无）")
        return
    from rich.console import Console
    from rich.table import Table

    names = list(columns or rows[0])
    table = Table(*names, box=None, header_style="bold")
    for row in rows:
        table.add_row(*(str(row.get(n, "") if row.get(n) is not None else "") for n in names))
    Console(soft_wrap=True).print(table)


def show_document(document: Any, as_json: bool) -> None:
    """Print one document as JSON or as YAML."""
    if as_json:
        print(json.dumps(document, ensure_ascii=False, indent=1, default=str))
        return
    import yaml

    print(yaml.safe_dump(json.loads(json.dumps(document, default=str)), allow_unicode=True, sort_keys=False))


def refuse(message: str, code: int = 2) -> NoReturn:
    """Print one line on stderr and end."""
    print(f"suyuan: {message}", file=sys.stderr)
    raise typer.Exit(code)
