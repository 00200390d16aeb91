"""`suyuan keys`: key files of the two platforms.

Lives here: init. Stays out: the provider (``config.keys``).
"""

from __future__ import annotations

import typer

NAME = "keys"
app = typer.Typer(help="Key files（SUYUAN_KEYS）.", no_args_is_help=True)


@app.callback()
def group() -> None:
    """Keep ``init`` a subcommand."""


@app.command()
def init() -> None:
    """Make the keys that are not there yet; prints key ids, never keys."""
    from config.keys import key, signing_key

    for platform in ("bureau", "service"):
        print(f"{platform} signing {signing_key(platform)[0]}")
        for purpose in ("tokens", "encryption"):
            print(f"{platform} {purpose} {key(platform, purpose).key_id}")
    print(f"portal webhook {key('portal', 'webhook').key_id}")
