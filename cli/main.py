"""`suyuan`: the command line.

Lives here: the app, its commands' registration, and the one place where errors become one line and an exit code:
0 done, 1 a gate or check said no, 2 bad usage or bad input.
Add here: a group of commands, as a module of its own.
Stays out: work. Heavy libraries are imported inside commands.
"""

from __future__ import annotations

import os
import sys
from typing import Any

import typer

from cli import catalog, collect, deliver, demo, grant, keys, lineage, messages, privacy, quality, run, up

os.environ.setdefault("GX_ANALYTICS_ENABLED", "False")
os.environ.setdefault("DAGSTER_DISABLE_TELEMETRY", "1")
os.environ.setdefault("DO_NOT_TRACK", "1")

app = typer.Typer(
    name="suyuan", help="Suyuan（溯源）: a district's public data, from delivery to product, traced.",
    no_args_is_help=True, add_completion=False, pretty_exceptions_enable=False,
)  # fmt: skip
for module in (run, deliver, collect, up):
    app.command(module.NAME)(module.command)
for group in (catalog, quality, grant, privacy, lineage, messages, demo, keys):
    app.add_typer(group.app, name=group.NAME)


_UsageError: Any = typer.BadParameter.__base__  # Typer exports this subclass only


def main() -> None:
    """Run the command line; never a traceback for bad input, never more than one line."""
    try:
        sys.exit(app(standalone_mode=False) or 0)
    except _UsageError as error:
        _show_usage(error)
        sys.exit(2)
    except _bad_input() as error:
        print(f"suyuan: {_one_line(error)}", file=sys.stderr)
        sys.exit(2)
    except (KeyboardInterrupt, typer.Abort):
        print("suyuan: stopped", file=sys.stderr)
        sys.exit(130)


def _show_usage(error: Any) -> None:
    """Say in one line what is wrong with the words given; a bare command shows its help instead."""
    if type(error).__name__ == "NoArgsIsHelpError":
        error.show()
        return
    command = error.ctx.command_path if error.ctx else "suyuan"
    print(f"suyuan: {error.format_message().rstrip('.')}: see {command} --help", file=sys.stderr)


def _bad_input() -> tuple[type[BaseException], ...]:
    from config.clock import ClockError
    from config.django import ControlDatabaseError
    from config.keys import KeyFileError
    from config.settings import SettingsError
    from orchestration.pipeline.dbt_files import DbtError
    from scheme.catalog_files import CatalogError
    from scheme.grant_files import GrantFileError
    from scheme.names import NameRefusedError
    from warehouse.lock import WarehouseBusyError

    return (
        SettingsError, ClockError, ControlDatabaseError, KeyFileError, CatalogError, GrantFileError,
        NameRefusedError, WarehouseBusyError, DbtError, FileNotFoundError, PermissionError, IsADirectoryError,
    )  # fmt: skip


def _one_line(error: BaseException) -> str:
    if isinstance(error, OSError) and error.filename:
        return f"{error.filename}: {error.strerror}"
    return str(error).splitlines()[0] if str(error) else type(error).__name__


if __name__ == "__main__":
    main()
