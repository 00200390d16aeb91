"""`suyuan lineage key` and `suyuan lineage refused`: producers that are not ours.

Lives here: making, listing and revoking their keys; what was not taken in.
Add here: another command about a producer.
Stays out: keys and refusals themselves (``lineage.events.keys``, ``lineage.events.refused``). No secret is printed
twice, no content of an event at all.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Annotated

import typer

from cli.output import JSON, refuse, show

if TYPE_CHECKING:
    from datetime import datetime

    from registry.models import Account

BY = typer.Option("--by", help="your user name; it stands in the audit chain")
keys = typer.Typer(help="Keys by which producers send events in（接入密钥）.", no_args_is_help=True)


@keys.command()
def create(
    name: Annotated[str, typer.Argument(help="the producer, as the bureau calls it")],
    by: Annotated[str, BY],
    namespace: Annotated[
        list[str] | None, typer.Option(help="prefix of namespaces it may write to; default: all that are not ours")
    ] = None,
    reads_as: Annotated[str, typer.Option(help="account whose view it reads with; default: it reads nothing")] = "",
) -> None:
    """Make a key; the secret is printed once, on stdout alone."""
    from config import django_setup

    django_setup()
    from lineage.events.keys import KeyRefusedError
    from lineage.events.keys import create as make

    try:
        made = make(name, _account(by), namespace or (), reads_as)
    except KeyRefusedError as error:
        refuse(str(error))
    typer.echo(f"key {made.key.key_id} of {made.key.name}: this is shown once, keep it safe", err=True)
    print(made.secret)


@keys.command("list")
def list_keys(as_json: Annotated[bool, JSON] = False) -> None:
    """List keys, newest first; never their secrets."""
    from config import django_setup

    django_setup()
    from lineage.models import ProducerKey

    rows = [
        {
            "key": k.key_id, "name": k.name, "namespaces": k.namespaces if as_json else " ".join(k.namespaces),
            "reads_as": k.reads_as, "made_by": k.made_by, "made_at": _at(k.made_at),
            "revoked_by": k.revoked_by, "revoked_at": _at(k.revoked_at) if k.revoked_at else None,
        }
        for k in ProducerKey.objects.order_by("-made_at", "key_id")
    ]  # fmt: skip
    show(rows, as_json)


@keys.command()
def revoke(
    key: Annotated[str, typer.Argument(help="key id, as suyuan lineage key list shows it")], by: Annotated[str, BY]
) -> None:
    """Revoke a key at once."""
    from config import django_setup

    django_setup()
    from lineage.events.keys import KeyRefusedError
    from lineage.events.keys import revoke as end

    try:
        found = end(key, _account(by))
    except KeyRefusedError as error:
        refuse(str(error))
    print(f"key {found.key_id} of {found.name} is revoked")


def refused(
    limit: Annotated[int, typer.Option(help="events at most", min=1, max=100_000)] = 100,
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """List events that were not taken in, latest first: when, from whom, why; never their content."""
    from config import django_setup

    django_setup()
    from lineage.events.refused import listing
    from lineage.models import ProducerKey

    names = dict(ProducerKey.objects.values_list("key_id", "name"))
    rows = [
        {
            "received_at": _at(e.received_at), "key": e.via, "producer": names.get(e.via, ""), "reason": e.reason,
            "bytes": e.size, "sha256": e.sha256,
        }
        for e in listing()[:limit]
    ]  # fmt: skip
    show(rows, as_json)


def _account(name: str) -> Account:
    from registry.accounts import may
    from registry.models import Account

    account = Account.objects.filter(username=name).first()
    if account is None or not may(account, "lineage_keys"):
        refuse(
            f"{name[:60]} is no active account that may manage keys of producers: "
            "a data engineer or the bureau's approver does"
        )
    return account


def _at(moment: datetime) -> str:
    from django.utils.timezone import localtime

    return localtime(moment).isoformat(timespec="seconds")
