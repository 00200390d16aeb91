"""When an order's time stands still: while it is not the department's turn, its days do not run.

Lives here: stopping and going on, with the days given back.
Add here: another reason why it is not the department's turn (its caller says so).
Stays out: deadlines (``policy``), what is done at one (``clock``).

Time stands still while the bureau verifies a dispute or a problem that no rule can judge, and while the rule itself
could not be evaluated on what the department delivered.
"""

from __future__ import annotations

from config import clock
from expectations.models import Order
from expectations.orders import consequences
from scheme.workdays import after, count_between


def pause(order: Order) -> bool:
    """Stop an order's time from today on; return whether it ran before. What being late had done ends."""
    if order.paused_on is not None:
        return False
    order.paused_on = clock.today()
    consequences.lift(order)
    return True


def resume(order: Order) -> bool:
    """Let an order's time run again, with as many working days more as it stood still; return whether it stood."""
    if order.paused_on is None:
        return False
    taken = count_between(order.paused_on, clock.today())
    extended = after(order.due, taken)
    order.paused_on, order.due = None, extended.due
    order.due_days = [*order.due_days, *(d.isoformat() for d in extended.days)]
    order.is_provisional = order.is_provisional or extended.is_provisional
    return True
