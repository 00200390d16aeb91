"""`suyuan lineage verify`, `checkpoint`, `prune`: the log as evidence.

Lives here: the three commands.
Add here: another command about the log as a whole.
Stays out: the log itself (``lineage.log``).
"""

from __future__ import annotations

import sys
from datetime import datetime
from typing import TYPE_CHECKING, Annotated, Any

import typer

from cli.output import JSON, refuse, show_document

if TYPE_CHECKING:
    from registry.models import Account

_LONG = 200_000  # events from which on a walk shows how far it is


def verify(as_json: Annotated[bool, JSON] = False) -> None:
    """Check that the log is whole and unchanged; exit 1 if not, 2 if something could not be checked."""
    from config import django_setup

    django_setup()
    from lineage.log.verify import verify as walk

    found = walk(_progress)
    if as_json:
        problems = [p.document() for p in found.problems]
        show_document(
            {"events": found.events, "pruned": found.pruned, "checkpoints": found.checkpoints,
             "is_sound": found.is_sound, "broken": found.broken, "problems": problems, "errors": found.errors}, True,
        )  # fmt: skip
    else:
        emptied = f", {found.pruned} of them pruned" if found.pruned else ""
        print(f"{found.events} events{emptied}, {found.checkpoints} signed checkpoints")
        for problem in found.problems:
            print(f"  {problem}")
        if found.broken > len(found.problems):
            print(f"  {found.broken} broken places in all")
    for error in found.errors:
        print(f"suyuan: {error}", file=sys.stderr)
    if not found.is_sound:
        raise typer.Exit(1 if found.problems else 2)


def checkpoint(as_json: Annotated[bool, JSON] = False) -> None:
    """Sign the log's head now and export it to SUYUAN_ANCHORS; exit 1 if the log does not fit the last checkpoint."""
    from config import django_setup

    django_setup()
    from lineage.log import anchors
    from lineage.log import checkpoint as checkpoints

    try:
        path = checkpoints.write()
        last = checkpoints.latest()
    except checkpoints.CheckpointRefusedError as error:
        refuse(str(error), 1)
    except anchors.AnchorError as error:
        refuse(str(error))
    if last is None:
        refuse("the log is empty: there is nothing to sign", 1)
    folders = [str(f) for f in anchors.folders()]
    if as_json:
        show_document({**last.signed.model_dump(), "is_new": path is not None, "exported_to": folders}, True)
        return
    print(f"checkpoint {last.seq} {'signed' if path else 'was signed before'}: {last.chain_hash}")
    for folder in folders:
        print(f"  exported to {folder}")


def prune(
    before: Annotated[str, typer.Option(help="only events before this day, e.g. 2026-01-01")],
    by: Annotated[str, typer.Option(help="account that approves for the bureau")],
    reason: Annotated[str, typer.Option(help="why, as it is signed and told to the auditor")],
    dry_run: Annotated[bool, typer.Option("--dry-run", help="only say what would go")] = False,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """Empty old events that state nothing in force any more; signed, logged, told to the auditor."""
    moment = moment_of(before, "--before")
    account = account_of(by)
    from lineage.log.pruning import PruningRefusedError
    from lineage.log.pruning import prune as act

    try:
        found = act(moment, by=account, reason=reason, dry_run=dry_run)
    except PruningRefusedError as error:
        refuse(str(error))
    if as_json:
        document: dict[str, Any] = {"before": moment.isoformat(), "dry_run": dry_run, "act": found.act}
        span = {"first_seq": found.first_seq, "last_seq": found.last_seq}
        show_document({**document, "events": found.events, "bytes": found.size, **span}, True)
        return
    said = "would be emptied" if dry_run else "emptied"
    span = f", from {found.first_seq} to {found.last_seq}" if found.events else ""
    print(f"{found.events} events {said}, {found.size / 1e6:.1f} MB{span}")


def moment_of(text: str, option: str) -> datetime:
    """Read an ISO 8601 day or time; without a zone it is the district's."""
    from config import clock

    try:
        moment = datetime.fromisoformat(text)
    except ValueError:
        refuse(f"{option} is not an ISO 8601 date or time: {text[:40]}")
    return moment if moment.tzinfo else moment.replace(tzinfo=clock.SHANGHAI)


def account_of(name: str) -> Account:
    """Return an active account, or refuse."""
    from config import django_setup

    django_setup()
    from registry.models import Account

    found = Account.objects.filter(username=name, is_active=True).first()
    if found is None:
        refuse(f"there is no active account {name[:60]}")
    return found


def _progress(done: int, total: int) -> None:
    if total <= _LONG or not (done % 102_400 == 0 or done >= total):
        return
    print(f"\r{done:,} of {total:,} events ({done / total:.0%})", end="" if done < total else "\n", file=sys.stderr)
