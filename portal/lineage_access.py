"""Which part of the graph an account sees, and whether it reads statement texts.

Lives here: the two questions the pages of lineage ask before they show anything.
Add here: another thing that only some may see.
Stays out: who may open the pages at all (``registry.accounts``).
"""

from __future__ import annotations

from lineage.graph.surroundings import Sees
from registry.accounts import ALL_DEPARTMENTS
from registry.models import Account


def sees_of(account: Account) -> Sees | None:
    """Return what hides data sets from an account; None: it sees all that the page's permission opens."""
    return None


def may_read_sql(account: Account) -> bool:
    """Return whether statement texts are shown: to the bureau, its engineers and the auditor."""
    return account.role in ALL_DEPARTMENTS
