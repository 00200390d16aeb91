"""Who asks on the command line: a person by account, else the system with the operating system's user.

Lives here: ``--by``, what the asker may see, what the audit chain keeps of a question asked here.
Add here: another fact about who sits at the command line.
Stays out: the questions (``cli.lineage_questions``, ``cli.lineage``), who may ask what (``lineage.access``).

The user of the operating system is kept with a named account too: anyone with a shell here can name any account.
"""

from __future__ import annotations

import os
import pwd
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.lineage_log import account_of
from cli.output import refuse

if TYPE_CHECKING:
    from lineage.access import Viewer
    from registry.models import Account

BY = Annotated[str, typer.Option("--by", help="account of the person who asks; without one, the system")]


def asker(by: str) -> Account | None:
    """Return the account named, None for none; refuses one that is not there or not active."""
    return account_of(by) if by else None


def sight_of(account: Account | None, question: str) -> Viewer:
    """Return what the asker sees; refuses an account that may not ask this question."""
    from lineage.access import system, viewer

    who = viewer(account) if account else system()
    if not who.may(question):
        refuse(f"account {account.username if account else 'system'} may not ask this: its role has no {question}")
    return who


def told(detail: dict[str, Any] | None = None) -> dict[str, Any]:
    """Return the detail of a look with where it came from: the command line, and whose login that was."""
    return {**(detail or {}), "interface": "cli", "os_user": os_user()}


def os_user() -> str:
    """Return the login name of the user this process runs as, by the operating system, not by the environment."""
    uid = os.getuid()
    try:
        return pwd.getpwuid(uid).pw_name
    except KeyError:
        return f"uid {uid}"
