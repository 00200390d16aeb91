"""`suyuan privacy`: Presidio over a file.

Lives here: scan. Stays out: recognizers (``desensitization``).
"""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from cli.output import JSON, refuse, show

NAME = "privacy"
app = typer.Typer(help="Personal data in files（脱敏核验）.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keep ``scan`` a subcommand."""


@app.command()
def scan(file: Path, as_json: Annotated[bool, JSON] = False) -> None:
    """Scan every cell of a CSV, Parquet, xlsx or HTML file; exit 1 if personal data is found."""
    if not file.is_file():
        refuse(f"{file} is not a file")
    from desensitization.file_scan import scan_file
    from desensitization.scan import ScanError

    try:
        report = scan_file(file)
    except ScanError as error:
        refuse(str(error))
    rows = [
        {"table": f.table, "column": f.column, "entity": f.entity, "count": f.count, "score": f.score}
        for f in report.findings
    ]
    show(rows, as_json, ["table", "column", "entity", "count", "score"])
    if not as_json:
        print(f"{report.cells:,} cells scanned")
    if rows:
        raise typer.Exit(1)
