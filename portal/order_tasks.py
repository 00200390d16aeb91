"""待办事项 of remediation orders, letters and objections: how many wait for this account, and where.

Lives here: which of them wait for whom.
Add here: another thing that waits.
Stays out: doing it (``expectations.orders``).
"""

from __future__ import annotations

from collections.abc import Iterator
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.urls import reverse

from config import clock
from expectations.models import Letter, Objection, Order
from expectations.orders import reading
from portal.order_list import LETTERS
from registry.accounts import may
from registry.models import Account, Role

OrderTask = tuple[str, str, str]  # what, the act, the address
_BY_STATE: dict[str, tuple[tuple[str, str, str], ...]] = {
    Role.BUREAU_HANDLER: (("待发出", "整改通知单待拟发", "拟发"),),
    Role.BUREAU_APPROVER: (("待签发", "整改通知单待签发", "签发、退回"),),
    Role.DATA_CLERK: (("待签收", "整改通知单待签收", "签收"), ("整改中", "整改事项待反馈", "填写整改情况反馈单")),
    Role.DEPARTMENT_HEAD: (("待签收", "整改通知单待签收", "签收"),),
}
_BY_LETTER: dict[str, tuple[tuple[str, str, str], ...]] = {
    Role.BUREAU_APPROVER: (("extension", "延期申请待答复", "同意延期、不同意延期"),
                           ("dispute", "异议说明待答复", "异议成立、异议不成立")),
    Role.DEPARTMENT_HEAD: (("sign", "整改文书待签发", "签发、退回"),),
}  # fmt: skip
_OBJECTIONS = (("待受理", "数据异议待受理", "受理、不予受理"), ("办理中", "数据异议待答复", "答复"))


def order_tasks(account: Account) -> Iterator[OrderTask]:
    """Yield what waits for an account, most formal first; nothing where nothing waits."""
    if may(account, "orders"):
        yield from _orders(account, reading.visible(account))
    if account.role == Role.BUREAU_HANDLER:
        for state, what, act in _OBJECTIONS:
            found = Objection.objects.filter(state=state)
            late = found.filter(reply_due__lt=clock.today()).count()
            yield from _task(what, found.count(), late, act, reverse("objections"), {"state": state})


def _orders(account: Account, visible: QuerySet[Order]) -> Iterator[OrderTask]:
    today = clock.today()
    for state, what, act in _BY_STATE.get(account.role, ()):
        found = visible.filter(state=state)
        if state == "整改中":
            found = found.exclude(pk__in=Letter.objects.filter(kind="反馈", state="待签发").values("order"))
        late = reading.late(found, today).count()
        yield from _task(what, found.count(), late, act, reverse("orders"), {"state": state})
    for letter, what, act in _BY_LETTER.get(account.role, ()):
        found = visible.filter(LETTERS[letter][1]).distinct()
        yield from _task(what, found.count(), 0, act, reverse("orders"), {"letter": letter})
    if account.role == Role.BUREAU_HANDLER:
        count = visible.filter(state="待复核", rule__startswith="manual_").count()
        yield from _task("人工提出的问题待核实", count, 0, "核实办结、退回整改", reverse("orders"), {"state": "待复核"})


def _task(what: str, count: int, late: int, act: str, page: str, query: dict[str, str]) -> Iterator[OrderTask]:
    if count:
        yield f"{what} {count} 项" + (f"（逾期 {late} 项）" if late else ""), act, f"{page}?{urlencode(query)}"
