"""What an account sees of lineage, as pages and interface ask it.

Lives here: the account's sight in the form walks take, recording that it looked.
Add here: another thing that only some may see.
Stays out: the rules (``lineage.access``, ``lineage.sight``), who may open the pages at all (``registry.accounts``).
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from lineage.access import looked, viewer
from lineage.graph.view import View
from lineage.graph.walks import Sees
from registry.models import Account


def sees_of(account: Account) -> Callable[[View], Sees] | None:
    """Return what hides data sets from an account; None: it sees all."""
    who = viewer(account)
    return None if who.sees_all else who.sees


def saw(account: Account, question: str, node: str, standing: Any, *, purpose: str = "", **detail: Any) -> None:
    """Record that an account was shown an answer: the question, as of when, how complete.

    ``standing``: what has ``as_of``, ``as_of_seq`` and ``is_complete``; None where the question has none.
    """
    told = {} if standing is None else {
        "as_of": standing.as_of.isoformat(timespec="seconds"), "as_of_seq": standing.as_of_seq,
        "is_complete": standing.is_complete,
    }  # fmt: skip
    looked(account, question, node, purpose=purpose, detail={**told, **detail})
