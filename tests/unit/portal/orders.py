"""Orders as the portal's tests make them: made-up outcomes of a judgement, the walk up to a state, lineage.

Lives here: what more than one file of tests needs. Stays out: fixtures (``conftest``).
"""

from __future__ import annotations

import datetime as dt
from uuid import uuid4

from django.http import HttpResponse

from config.settings import settings
from expectations.models import Letter, Order
from expectations.orders.follow import follow
from lineage.events import emit
from scheme.catalog_files import load_catalog
from scheme.names import staging_name
from scheme.protocols import Column, ColumnEdge, LineageNode, RuleOutcome
from tests.unit.portal.accounts import as_user
from warehouse.versions import Version

ALLOWANCE = "minzheng.subsistence_allowance"
DATASET = "platform.staging.stg_minzheng__subsistence_allowance"
SUBSET, PRODUCT = "authorized.s2.auth_s2__allowance", "product.s2.elderly_care_report"
MADE = dt.datetime(2026, 9, 20, 8, 5, tzinfo=dt.timezone(dt.timedelta(hours=8)))
FEEDBACK = {"kind": "反馈", "cause": "源头录入", "analysis": "死亡信息未及时比对", "measures": "停发并核减"}


def judged(
    failed: int = 9, *, rule: str = "Q09", severity: str = "critical", batch: str = "b1", resource: str = ALLOWANCE,
    meaning: str = "享受低保人员已死亡", item: str = "resident_id_number", total: int = 2600,
) -> Order:  # fmt: skip
    """One judgement of a batch as Great Expectations' outcome of one rule; the rule's latest order."""
    catalog = load_catalog(settings().catalog)
    entry = catalog.entry(resource)
    dataset = str(staging_name(entry.department, entry.stem))
    version = Version(dataset=dataset, version=f"v{batch}", rows=total, columns={}, batches=[batch], written_at=MADE)
    state = "failed" if failed else "passed"
    outcome = RuleOutcome(rule, dataset, item, "consistency", severity, meaning, state, total, failed)
    follow(version, entry, catalog.departments[entry.department], [outcome])
    return Order.objects.filter(dataset=dataset, rule=rule).latest("pk")


def post(name: str, address: str, **fields: object) -> HttpResponse:
    """What an account reads after sending a form."""
    return as_user(name).post(address, fields, follow=True)


def text(answer: HttpResponse) -> str:
    """The page's text."""
    return answer.content.decode()


def act(name: str, order: Order, action: str, reason: str = "") -> str:
    """One act on an order through the portal; ``order`` is read anew."""
    said = text(post(name, f"/orders/{order.number}/act/", action=action, reason=reason))
    order.refresh_from_db()
    return said


def act_on_letter(name: str, letter: Letter, action: str, reason: str = "") -> str:
    """One act on a letter through the portal; letter and order are read anew."""
    said = text(post(name, f"/letters/{letter.pk}/act/", action=action, reason=reason))
    letter.refresh_from_db()
    return said


def dispatched(**outcome: object) -> Order:
    """An order signed by the bureau, through the portal."""
    order = judged(**outcome)  # type: ignore[arg-type]
    act("bureau_handler", order, "拟发")
    act("bureau_approver", order, "签发")
    assert order.state == "待签收"
    return order


def under_repair(**outcome: object) -> Order:
    """An order its department has received, through the portal."""
    order = dispatched(**outcome)
    act("minzheng_clerk", order, "签收")
    assert order.state == "整改中"
    return order


def lineage_of_subset() -> None:
    """The persons' numbers become tokens in S2's table of recipients, and those a product."""
    steps = (
        (DATASET, "resident_id_number", SUBSET, "resident_token"), (SUBSET, "resident_token", PRODUCT, "persons"),
    )  # fmt: skip
    for source, column, target, becomes in steps:
        edge = ColumnEdge(becomes, source, column, "DIRECT", "TRANSFORMATION", masking=True)
        emit.step(
            f"make {target}", uuid4(), inputs=[LineageNode(source, (Column(column, "text"),))],
            outputs=[LineageNode(target, (Column(becomes, "text"),), "v1", (edge,))],
            started=MADE, ended=MADE, job_type="MODEL", sql="select 1",
        )  # fmt: skip
