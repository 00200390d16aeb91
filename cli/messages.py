"""`suyuan messages`: the outbox of notices.

Lives here: list, deliver. Stays out: sending (``registry.delivering``). No address is printed.
"""

from __future__ import annotations

from typing import Annotated

import typer

from cli.output import JSON, refuse, show

NAME = "messages"
app = typer.Typer(help="Notices（消息通知）.", no_args_is_help=True)


@app.command("list")
def list_messages(
    state: Annotated[str, typer.Option(help="待发送, 发送中, 已发送, 发送失败 or 仅站内; default: all")] = "",
    as_json: Annotated[bool, JSON] = False,
) -> None:
    """List notices, newest first."""
    from config import django_setup

    django_setup()
    from registry.models import Message
    from registry.outbox import STATES

    if state and state not in STATES:
        refuse(f"there is no state {state[:20]}: choose {', '.join(STATES)}")
    found = Message.objects.select_related("recipient").order_by("-made_at", "-pk")
    show([_row(m) for m in (found.filter(state=state) if state else found)], as_json)


@app.command("deliver")
def deliver_messages(
    limit: Annotated[int, typer.Option(help="notices at most", min=1, max=100_000)] = 200,
) -> None:
    """Send what is due; exit 1 if something could not be sent."""
    from config import django_setup

    django_setup()
    from registry.delivering import deliver

    attempts = deliver(limit)
    for a in attempts:
        again = f", again after {a.next_at:%Y-%m-%d %H:%M}" if a.next_at else ""
        print(f"message {a.message} {a.channel} {a.state}{again}{f': {a.error}' if a.error else ''}")
    if not attempts:
        print("nothing is due")
    if not all(a.is_good for a in attempts):
        raise typer.Exit(1)


def _row(message):  # noqa: ANN001, ANN202
    from django.utils.timezone import localtime

    def at(moment):  # noqa: ANN001, ANN202
        return localtime(moment).isoformat(timespec="seconds") if moment else None

    return {
        "message": message.pk, "kind": message.kind, "channel": message.channel,
        "recipient": message.recipient.username if message.recipient else None, "subject": message.subject,
        "state": message.state, "attempts": message.attempts, "made_at": at(message.made_at),
        "next_attempt_at": at(message.next_attempt_at), "sent_at": at(message.sent_at), "error": message.last_error,
    }  # fmt: skip
