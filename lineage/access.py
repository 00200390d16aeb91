"""Who may ask lineage what, and which data sets an account sees: deny by default（docs/security.md has the table）.

Lives here: an account's sight as a mask over data sets; taking out facets that an account may not read; the one
function that records who looked at what.
Add here: another limit on what an account sees of lineage.
Stays out: the table of roles (``lineage.sight``), who may open which page (``registry.accounts``), answering
(``lineage.answers``).

A mask is made for one view: what a department's data became, or a subset is made of, is asked as of the same time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lineage.sight import (
    ACTS_OF_ALL,
    ACTS_OF_OWN_PARTY,
    DIRECTIONS,
    EVERYTHING,
    NO_SIGHT,
    SIGHTS,
    Sight,
    closure,
    named,
    size_of,
)
from registry import audit
from registry.models import Account, AuditEvent, GrantRecord

if TYPE_CHECKING:
    from lineage.graph.view import View

_SQL_FACETS = frozenset({"sql", "sourceCode", "sourceCodeLocation"})
_FILE_FACETS = frozenset({"suyuan_delivery"})
_OF_DELIVERIES = frozenset({"version", "outputStatistics", "dataQualityMetrics"})
_LOOKED = "查询血缘"
_OBJECT = 120  # characters of the object of an audit event


@dataclass(frozen=True)
class Viewer:
    """What one account sees of lineage; ``account`` None: the system itself, on its own command line."""

    account: Account | None
    sight: Sight
    grants: tuple[str, ...] = ()

    @property
    def sees_sql(self) -> bool:
        """Whether it may read SQL text and source code."""
        return self.sight.sees_sql

    @property
    def sees_files(self) -> bool:
        """Whether it may read names, digests and batches of delivered files of the data sets it sees."""
        return self.sight.sees_files

    @property
    def sees_all(self) -> bool:
        """Whether nothing is hidden from it."""
        return self.sight.reach == "all"

    def may(self, question: str) -> bool:
        """Return whether it may ask this question at all."""
        return question in self.sight.questions

    @property
    def reads_all_acts(self) -> bool:
        """Whether it may read everyone's acts."""
        return self.may("acts") and (self.account is None or self.account.role in ACTS_OF_ALL)

    def may_read_acts_of(self, other: Account) -> bool:
        """Return whether it may read an account's acts: everyone's, its own organisation's, or its own only."""
        if self.account is None or self.reads_all_acts:
            return self.may("acts")
        own_party = self.account.party_id is not None and self.account.party_id == other.party_id
        of_party = own_party and self.account.role in ACTS_OF_OWN_PARTY
        return self.may("acts") and (other.pk == self.account.pk or of_party)

    def sees(self, view: View) -> np.ndarray:
        """Return a bool array, shape (ids,), true at the ids of the data sets it sees in this view."""
        if self.sees_all:
            return np.ones(size_of(view), dtype=bool)
        return closure(view, named(self._starts(), size_of(view)), DIRECTIONS.get(self.sight.reach, ()))

    def _starts(self) -> list[str]:
        """Prefixes of our own names from which what it sees is reached."""
        match self.sight.reach:
            case "department" if self.account and self.account.department:
                code = self.account.department
                return [f"delivery.{code}.", f"landing.{code}.", f"platform.staging.stg_{code}__"]
            case "service":
                return ["authorized.", "product."]
            case "grants":
                return [f"{zone}.{g.lower()}." for g in self.grants for zone in ("authorized", "product")]
        return []


def viewer(account: Any) -> Viewer:
    """Return what an account sees; anonymous, inactive and of unknown role: nothing."""
    if not getattr(account, "is_authenticated", False) or not account.is_active:
        return Viewer(None, NO_SIGHT)
    sight = SIGHTS.get(account.role, NO_SIGHT)
    grants: tuple[str, ...] = ()
    if sight.reach == "grants" and account.party_id:
        grants = tuple(GrantRecord.objects.filter(developer=account.party_id).values_list("grant", flat=True))
    return Viewer(account, sight, grants)


def system() -> Viewer:
    """Return the sight of the installation's own command line: everything."""
    return Viewer(None, EVERYTHING)


def redact(facets: dict[str, Any], who: Viewer, name: str = "") -> dict[str, Any]:
    """Return the facets an account may read: no SQL text, no delivered file, where it may not.

    ``name``: the data set they belong to; of a delivered file or landed batch its version and counts go too.
    """
    hidden: frozenset[str] = frozenset() if who.sees_sql else _SQL_FACETS
    if not who.sees_files:
        hidden |= _FILE_FACETS | (_OF_DELIVERIES if name.startswith(("delivery.", "landing.")) else frozenset())
    return {facet: content for facet, content in facets.items() if facet not in hidden}


def looked(
    account: Any, question: str, node: str, *, purpose: str = "", detail: dict[str, Any] | None = None,
    action: str = _LOOKED, key: str = "",
) -> AuditEvent:  # fmt: skip
    """Record that somebody asked: the question, about what, as of when, what for. ``detail`` carries no values.

    ``account`` None is the system's own command line. ``key``: id of the key that asked with the account's view.
    """
    told = {"question": question, "purpose": _plain(purpose)[:200], **(detail or {})}
    if len(node) > _OBJECT:
        told["node"] = _plain(node)[:1000]
    return audit.append(account, action, _plain(node)[:_OBJECT], told, key=key)


def _plain(text: str) -> str:
    return "".join(c for c in text if c.isprintable())
