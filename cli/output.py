"""How commands speak: tables for people, JSON for programs, one line for an error.

Lives here: printing. Stays out: what is printed.
"""

from __future__ import annotations

import json
import sys
from collections.abc import Sequence
from typing import Any, NoReturn

import typer

_WIDE = 400  # characters a line where no terminal sets a width: nothing is cut or folded
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
    from rich.table import Column, Table

    names = list(columns or rows[0])
    table = Table(*(Column(n, overflow="fold") for n in names), box=None, header_style="bold")
    for row in rows:
        table.add_row(*(str(row.get(n, "") if row.get(n) is not None else "") for n in names))
    Console(width=None if sys.stdout.isatty() else _WIDE).print(table)


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
