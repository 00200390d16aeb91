"""What persons do about notices: send a failed one again, state where mail reaches them.

Lives here: these two acts. Neither the trace nor a refusal repeats an address.
Add here: another act of a person on notices.
Stays out: sending (``delivering``), reading (``outbox``).
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import QuerySet

from config import clock
from registry import audit, states
from registry.models import Account, Message
from registry.outbox import FAILED
from registry.states import RefusedError

LONGEST_ADDRESS = 254  # RFC 5321


def failed() -> QuerySet[Message]:
    """Return the notices that were given up, newest first."""
    return Message.objects.filter(state=FAILED).select_related("recipient").order_by("-made_at", "-pk")


@transaction.atomic
def resend(pk: int, *, by: Account) -> Message:
    """Put a failed notice among those to be sent at once, with all its attempts anew; it keeps its id.

    Raises:
        RefusedError: it has not failed, or the account may not.
    """
    message = Message.objects.select_for_update().get(pk=pk)
    message.state = states.next_state(states.MESSAGE, message.state, "重新发送", by)
    message.attempts, message.next_attempt_at = 0, clock.now()
    message.save(update_fields=["state", "attempts", "next_attempt_at"])
    audit.append(by, "重新发送通知", f"message:{pk}", {"becomes": message.state, "channel": message.channel})
    return message


@transaction.atomic
def resend_all(*, by: Account) -> int:
    """Put every failed notice among those to be sent at once, as after an outage; return how many.

    Raises:
        RefusedError: the account may not.
    """
    return len([resend(pk, by=by) for pk in failed().values_list("pk", flat=True)])


@transaction.atomic
def state_email(address: str, *, by: Account) -> Account:
    """Record a person's own address, or that there is none (""): notices are then read in the portal only.

    Raises:
        RefusedError: it is no address that mail can be sent to.
    """
    address = address.strip()
    if address:
        _demand_address(address)
    account = Account.objects.select_for_update().get(pk=by.pk)
    if account.email != address:
        act = "登记电子邮箱" if not account.email else "变更电子邮箱" if address else "删除电子邮箱"
        account.email = address
        account.save(update_fields=["email"])
        audit.append(by, act, f"account:{account.username}")
    return account


def _demand_address(address: str) -> None:
    try:
        validate_email(address)
        address.encode("ascii")
    except (ValidationError, UnicodeEncodeError):
        is_good = False
    else:
        is_good = len(address) <= LONGEST_ADDRESS and '"' not in address
    if not is_good:
        raise RefusedError("未保存：电子邮箱格式不正确。请填写完整地址，如“姓名拼音@单位域名”。")
