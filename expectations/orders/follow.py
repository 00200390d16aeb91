"""What a judgement does to orders: raise, note progress, close, reopen.

Lives here: outcomes of Great Expectations → orders; one open order per rule and resource however many runs see it.
Add here: another consequence of an outcome.
Stays out: judging, acts of people (``acts``). The same judgement again changes nothing.
"""

from __future__ import annotations

from collections.abc import Iterable

from django.db import transaction

from config import clock
from expectations.models import Order
from expectations.orders import consequences, letters, notices, pausing
from expectations.orders.numbers import next_number
from expectations.orders.policy import Policy, fix_by, forward_by, policy
from expectations.orders.states import CLOSED, WITH_DEPARTMENT
from expectations.parameters import remediation
from registry import audit
from scheme.catalog import CatalogEntry, Department
from scheme.protocols import RuleOutcome
from scheme.workdays import count_between
from warehouse import batches
from warehouse.versions import Version


@transaction.atomic
def follow(version: Version, entry: CatalogEntry, department: Department, outcomes: Iterable[RuleOutcome]) -> list[str]:
    """Bring a resource's orders in line with the judgement of a version; return the numbers that changed.

    A rule that could not be evaluated opens and closes nothing: it alarms the engineer.
    """
    audit.take_turn()
    found = list(outcomes)
    notices.rules_broken(entry, version.version, [o for o in found if o.state == "error"])
    if not department.counts or entry.state != "在用":
        return []
    batch = version.batches[-1] if version.batches else ""
    known = set(Order.objects.filter(department=entry.department).values_list("pk", flat=True))
    touched = [order for o in found if (order := _follow(o, entry, batch)) is not None]
    notices.raised(entry, batch, [o for o in touched if o.pk not in known])
    return [o.number for o in touched]


def _follow(outcome: RuleOutcome, entry: CatalogEntry, batch: str) -> Order | None:
    """Return the order that this outcome changed, or None."""
    order = _latest(outcome)
    if order is not None and batch < order.last_batch:
        return None  # an older batch is current again because the newer one was set aside
    if order is None or order.state in CLOSED:
        return _begin(outcome, order, entry, batch) if outcome.state == "failed" else None
    if outcome.state == "error":
        return _stand_still(order)
    if outcome.state == "passed":
        return _close(outcome, order, batch) if _is_proof(outcome, order, batch) else None
    return _note(outcome, order, batch)


def _stand_still(order: Order) -> Order | None:
    """A rule that could not be evaluated says nothing of what the department delivered: its time stands still."""
    if order.state not in WITH_DEPARTMENT or not pausing.pause(order):
        return None
    order.save()
    audit.append(None, "规则未能执行，期限中止计算", f"order:{order.number}", {"paused": True})
    return order


def _is_proof(outcome: RuleOutcome, order: Order, batch: str) -> bool:
    """Whether a pass shows that the problem is gone.

    Not if nothing was evaluated, nor in a batch that was set aside for another reason; and what a person met is not
    refuted by the batch in which it was met.
    """
    if outcome.evaluated_count == 0 or batch in batches.set_aside():
        return False
    return order.origin == "check" or batch != order.first_batch


def _begin(outcome: RuleOutcome, last: Order | None, entry: CatalogEntry, batch: str) -> Order | None:
    rules = policy(outcome.severity, entry.department, clock.today())
    if rules is None or _is_accepted(outcome, last):
        return None
    if last is not None and last.state == "已办结":
        return _reopen(outcome, last, rules, batch)
    return _raise(outcome, entry, rules, batch)


def _is_accepted(outcome: RuleOutcome, order: Order | None) -> bool:
    """Whether an upheld dispute, or the bureau's withdrawal, covers as many problem rows as there are.

    For a time only: until then the bureau amends the rule, or the problem is raised again.
    """
    if order is None or order.state not in ("异议成立", "已撤销") or order.closed_on is None:
        return False
    lasts = int(remediation(clock.today())["accepted_for_days"])
    is_fresh = count_between(order.closed_on, clock.today()) <= lasts
    return is_fresh and outcome.unexpected_count <= order.accepted_count


def _latest(outcome: RuleOutcome) -> Order | None:
    """Return the open order of a rule, else the one closed last."""
    orders = Order.objects.select_for_update().filter(dataset=outcome.dataset, rule=outcome.rule)
    return orders.exclude(state__in=CLOSED).first() or orders.order_by("-closed_on", "-pk").first()


def _raise(outcome: RuleOutcome, entry: CatalogEntry, rules: Policy, batch: str) -> Order:
    forward = forward_by(rules, clock.today())
    fix = fix_by(rules, forward.due)
    order = Order.objects.create(
        number=next_number("ZG"), origin="check", department=entry.department, resource=entry.resource,
        dataset=outcome.dataset, rule=outcome.rule, item=outcome.item or "", dimension=outcome.dimension,
        severity=outcome.severity, meaning=outcome.meaning, state="待发出", problem_count=outcome.unexpected_count,
        first_count=outcome.unexpected_count, total_count=outcome.evaluated_count, first_batch=batch,
        last_batch=batch, raised_at=clock.now(), raised_by="system", forward_due=forward.due, due=fix.due,
        due_days=[d.isoformat() for d in fix.days], is_provisional=forward.is_provisional or fix.is_provisional,
    )  # fmt: skip
    detail = {"rule": order.rule, "batch": batch, "problems": order.problem_count, "due": order.due.isoformat()}
    audit.append(None, "质量检查发现问题", f"order:{order.number}", detail)
    return order


def _note(outcome: RuleOutcome, order: Order, batch: str) -> Order | None:
    """Note what is left; a redelivery that still fails sends the order back to the department."""
    is_new_batch, before = batch != order.last_batch, order.problem_count
    was_still = order.state in WITH_DEPARTMENT and not order.is_manual and pausing.resume(order)
    if not was_still and not is_new_batch and (outcome.unexpected_count, outcome.severity) == (before, order.severity):
        return None
    order.problem_count, order.total_count = outcome.unexpected_count, outcome.evaluated_count
    order.severity, order.meaning, order.last_batch = outcome.severity, outcome.meaning, batch
    was_reviewed = is_new_batch and order.state == "待复核"
    if was_reviewed:
        order.state = "整改中"
    order.save()
    if was_still:
        detail = {"due": order.due.isoformat(), "paused": False}
        audit.append(None, "期限恢复计算", f"order:{order.number}", detail)
    word = "复核未通过" if was_reviewed else "部分整改" if order.problem_count < before else "问题数变化"
    detail = {"batch": batch, "before": before, "problems": order.problem_count}
    audit.append(None, word, f"order:{order.number}", detail)
    if was_reviewed:
        notices.not_passed(order)
    return order


def _close(outcome: RuleOutcome, order: Order, batch: str) -> Order:
    order.state, order.closed_on, order.closed_by = "已办结", clock.today(), "system"
    order.closing_batch, order.problem_count, order.total_count = batch, 0, outcome.evaluated_count
    order.last_batch, order.paused_on = batch, None
    order.save()
    letters.expire(order)
    audit.append(None, "复核通过办结", f"order:{order.number}", {"first_batch": order.first_batch, "batch": batch})
    consequences.lift(order)
    notices.closed(order)
    return order


def _reopen(outcome: RuleOutcome, order: Order, rules: Policy, batch: str) -> Order:
    """The same problem is back: the same order, with time counted anew from today."""
    was_dispatched = order.dispatched_on is not None
    forward = forward_by(rules, clock.today())
    fix = fix_by(rules, clock.today() if was_dispatched else forward.due)
    order.state, order.dispatched_on = ("待签收", clock.today()) if was_dispatched else ("待发出", None)
    order.closed_on, order.closed_by, order.closing_batch = None, "", ""
    order.problem_count, order.total_count, order.last_batch = outcome.unexpected_count, outcome.evaluated_count, batch
    order.severity, order.meaning = outcome.severity, outcome.meaning
    order.forward_due, order.due, order.due_days = forward.due, fix.due, [d.isoformat() for d in fix.days]
    order.is_provisional = fix.is_provisional or forward.is_provisional
    order.acknowledged_by, order.is_extended, order.paused_on = "", False, None
    order.reopened += 1
    order.save()
    detail = {"batch": batch, "problems": order.problem_count, "due": order.due.isoformat()}
    audit.append(None, "问题复发重新办理", f"order:{order.number}", detail)
    notices.reopened(order)
    return order
