"""A problem that a person met while developing or operating becomes an order（运营开发中发现质量问题）.

Lives here: raising by the primary operator, a developer, or a handler for a public objection; on which resources.
Add here: another person who may raise one.
Stays out: problems that checks find (``follow``).
"""

from __future__ import annotations

from django.db import transaction

from config import clock
from config.settings import settings
from expectations.models import Order
from expectations.orders import notices
from expectations.orders.numbers import next_number
from expectations.orders.policy import fix_by, forward_by, policy
from expectations.orders.states import CLOSED
from expectations.rules import rules_of
from registry import audit
from registry.models import Account, GrantRecord, Role
from registry.states import RefusedError
from scheme.catalog import Catalog, CatalogEntry, Dimension, Severity
from scheme.catalog_files import load_catalog
from scheme.grant import Grant
from scheme.grant_uses import uses
from scheme.legal_basis import basis
from scheme.names import staging_name
from warehouse import batches

MAY_RAISE: tuple[str, ...] = (Role.PRIMARY_REVIEWER, Role.DEVELOPER, Role.BUREAU_HANDLER)
_IN_USE = ("生效", "暂时关闭")  # states of a grant in which its holder has met the data


def raisable(by: Account, catalog: Catalog) -> list[CatalogEntry]:
    """Return the resources on which an account may raise a problem, in the catalog's order.

    A developer: those its own grants use; the primary operator: those any grant uses; the bureau's handler: all.
    """
    found = [e for e in catalog.entries.values() if e.state == "在用" and catalog.departments[e.department].counts]
    if by.role == Role.BUREAU_HANDLER:
        return found
    if by.role not in MAY_RAISE:
        return []
    grants = GrantRecord.objects.filter(state__in=_IN_USE)
    own = grants.filter(developer=by.party) if by.role == Role.DEVELOPER else grants
    used = {u.resource for g in own for u in uses(Grant.model_validate(g.document), catalog)}
    return [e for e in found if e.id in used]


@transaction.atomic
def raise_order(
    entry: CatalogEntry, *, by: Account, meaning: str, dimension: str, severity: str, item: str = "",
    rule: str = "", note: str = "", origin: str = "operation",
) -> Order:  # fmt: skip
    """Record a problem as an order that waits for dispatch; its due date is set at once.

    ``rule``: a rule of the resource that the problem breaks, so that the next batch closes the order by itself; without
    one the bureau verifies it. ``meaning``: one sentence without data values.

    Raises:
        RefusedError: not the account's business, no such item or rule, nothing said, or an order is open already.
    """
    if by.role not in MAY_RAISE:
        raise RefusedError(f"您的账号不能提出数据质量问题。依据：{basis('数据治理')}。请联系一级运营主体。")
    if entry.id not in {e.id for e in raisable(by, load_catalog(settings().catalog))}:
        raise RefusedError(
            f"未提交：“{entry.name}”不在您所用的授权数据之内。依据：{basis('数据治理')}。请选择授权内的资源。"
        )
    audit.take_turn()
    known = {r.rule: r for r in rules_of(entry)}
    _demand_sound(entry, meaning, dimension, severity, item, rule, set(known))
    if rule:
        _demand_not_open(entry, rule)
        meaning, item = meaning.strip() or known[rule].meaning, known[rule].item or item
        dimension = known[rule].dimension
    order = _create(entry, by, meaning.strip(), dimension, severity, item, rule, note, origin)
    detail = {"origin": origin, "resource": entry.id, "item": item, "due": order.due.isoformat()}
    audit.append(by, "提出数据质量问题", f"order:{order.number}", detail)
    notices.raised_by_person(order)
    return order


def _demand_sound(
    entry: CatalogEntry, meaning: str, dimension: str, severity: str, item: str, rule: str, known: set[str]
) -> None:
    if not meaning.strip() and not rule:
        raise RefusedError("未提交：请用一句话说明问题（不写具体数据内容）。")
    if dimension not in set(Dimension) and not rule:
        raise RefusedError("未提交：请选择完整性、一致性、准确性或及时性。")
    if severity not in (Severity.critical, Severity.warning):
        raise RefusedError("未提交：严重程度应为严重或一般。")
    if item and item not in {i.code for i in entry.items}:
        raise RefusedError("未提交：该资源没有所选信息项。")
    if rule and rule not in known:
        raise RefusedError("未提交：该资源没有所选质量规则。")


def _demand_not_open(entry: CatalogEntry, rule: str) -> None:
    dataset = str(staging_name(entry.department, entry.stem))
    found = Order.objects.filter(dataset=dataset, rule=rule).exclude(state__in=CLOSED).first()
    if found:
        raise RefusedError(f"该问题已有整改单 {found.number}（{found.state}），无需重复提出。")


def _create(
    entry: CatalogEntry, by: Account, meaning: str, dimension: str, severity: str, item: str, rule: str, note: str,
    origin: str,
) -> Order:  # fmt: skip
    rules = policy(severity, entry.department, clock.today())
    if rules is None:
        raise RefusedError("未提交：该严重程度没有规定整改期限。请先由区大数据主管部门设定期限。")
    forward = forward_by(rules, clock.today())
    fix = fix_by(rules, forward.due)
    number, landed = next_number("ZG"), batches.landed(entry.department, entry.resource)
    batch = landed[-1].batch_id if landed else ""
    return Order.objects.create(
        number=number, origin=origin, department=entry.department, resource=entry.resource,
        dataset=str(staging_name(entry.department, entry.stem)), rule=rule or f"manual_{number[3:]}", item=item,
        dimension=dimension, severity=severity, meaning=meaning[:500], state="待发出", first_batch=batch,
        last_batch=batch, raised_at=clock.now(), raised_by=by.username, note=note.strip()[:1000],
        forward_due=forward.due, due=fix.due, due_days=[d.isoformat() for d in fix.days],
        is_provisional=forward.is_provisional or fix.is_provisional,
    )  # fmt: skip
