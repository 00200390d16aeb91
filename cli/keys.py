"""`suyuan keys`: key files of the two platforms.

Lives here: init, show. Stays out: the provider (``config.keys``).
"""

from __future__ import annotations

from typing import Annotated

import typer

from cli.output import JSON, refuse
from cli.output import show as show_rows

NAME = "keys"
app = typer.Typer(help="Key files（SUYUAN_KEYS）.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Make keys, and show by what others recognise them."""


@app.command()
def init() -> None:
    """Make the keys that are not there yet; prints key ids, never keys."""
    from config.keys import key, signing_key

    for platform in ("bureau", "service"):
        print(f"{platform} signing {signing_key(platform)[0]}")
        for purpose in ("tokens", "encryption"):
            print(f"{platform} {purpose} {key(platform, purpose).key_id}")
    print(f"portal webhook {key('portal', 'webhook').key_id}")


@app.command()
def show(as_json: Annotated[bool, JSON] = False) -> None:
    """Print key id and fingerprint of each public signing key there is, to compare with documents and packages."""
    from config.keys import KeyFileError, public_fingerprint, verify_key

    rows, faults = [], []
    for platform in ("bureau", "service"):
        try:
            mark = public_fingerprint(platform)
            rows.append({"platform": platform, "key": verify_key(platform)[0], "fingerprint": mark})
        except KeyFileError as error:
            faults.append(str(error))
    if not rows:
        refuse(faults[0])
    show_rows(rows, as_json)
