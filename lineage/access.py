"""Who may ask lineage what, and which data sets an account sees: deny by default（docs/security.md has the table）.

Lives here: an account's sight as masks over data sets; taking out of facets what an account may not read; the one
function that records who looked at what.
Add here: another limit on what an account sees of lineage.
Stays out: the table of roles (``lineage.sight``), the members of facets that are told (``lineage.shown_facets``), who
may open which page (``registry.accounts``), answering (``lineage.answers``).

A mask is made for one view: what a department's data became, or a subset is made of, is asked as of the same time.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from lineage import shown_facets
from lineage.sight import (
    ACTS_OF_ALL,
    ACTS_OF_OWN_PARTY,
    EVERYTHING,
    NO_SIGHT,
    SIGHTS,
    Scope,
    Sight,
    scope,
    size_of,
)
from registry import audit
from registry.models import Account, AuditEvent, GrantRecord

if TYPE_CHECKING:
    from lineage.graph.view import View

_FOREIGN = "dataset:"  # how a node that is not ours begins
DELIVERED = ("delivery.", "landing.")
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

    @property
    def reads_all(self) -> bool:
        """Whether nothing of any facet is hidden from it."""
        return self.sees_all and self.sees_sql and self.sees_files

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

    def scope(self, view: View) -> Scope:
        """Return what it sees in this view, and of that what it knows more of than names."""
        if self.sees_all:
            everything = np.ones(size_of(view), dtype=bool)
            return Scope(everything, everything)
        return scope(view, self._starts(), self.sight.reach)

    def sees(self, view: View) -> np.ndarray:
        """Return a bool array, shape (ids,), true at the ids of the data sets it sees in this view."""
        return self.scope(view).sees

    def knows(self, view: View) -> np.ndarray:
        """Return the same for those it sees of which it may read more than name, title and columns."""
        return self.scope(view).knows

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


def redact(facets: dict[str, Any], who: Viewer, node: str = "", *, is_known: bool = True) -> dict[str, Any]:
    """Return what an account may read of the facets of a data set: no SQL text, no value, no delivered file.

    ``node``: the data set as answers call it, our own by plain name; ``is_known``: more of it than name, title and
    columns is told. Whoever reads everything gets the facets as they were stated.
    """
    if who.reads_all:
        return facets
    if not is_known:
        return shown_facets.cut(facets, shown_facets.NAMED)
    shapes = dict(shown_facets.DATASET)
    if node and not node.startswith(_FOREIGN):
        shapes |= shown_facets.OWN | (shown_facets.DELIVERY if who.sees_files else {})
    if who.sees_all:
        shapes |= shown_facets.COLUMN_LINEAGE
    hides = not who.sees_files and node.startswith(DELIVERED)
    return shown_facets.cut(facets, {k: v for k, v in shapes.items() if not (hides and k in _OF_DELIVERIES)})


def redact_job(facets: dict[str, Any], who: Viewer) -> dict[str, Any]:
    """Return what an account may read of the facets of a job."""
    return facets if who.reads_all else shown_facets.cut(facets, shown_facets.JOB)


def redact_run(facets: dict[str, Any], who: Viewer) -> dict[str, Any]:
    """Return what an account may read of the facets of a run."""
    return facets if who.reads_all else shown_facets.cut(facets, shown_facets.RUN)


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
