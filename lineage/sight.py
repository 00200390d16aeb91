"""What each role sees of lineage, as one table, and what lies downstream or upstream of what it may start from.

Lives here: ``SIGHTS``: role → reach, SQL text, delivered files, questions; whose acts a role may read.
Add here: a role, a question.
Stays out: an account's own sight (``lineage.access``). A role that is not in the table sees nothing.

Sight starts from our own data sets that our own events named, and goes only where our own jobs say: what others state
widens nobody's sight. Up and down are two ways from the same start: what else is made of a source is nobody's source.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, NamedTuple

import numpy as np

from config.settings import settings
from lineage.models import PIPELINE, Dataset, Event
from registry.models import Role
from scheme.names import lineage_namespace

if TYPE_CHECKING:
    from lineage.graph.view import View

Reach = Literal["all", "department", "service", "grants", "nothing"]
QUESTIONS: frozenset[str] = frozenset({"graph", "sources", "destinations", "responsibility", "impact", "acts"})
ALL_QUESTIONS = QUESTIONS | {"rebuild"}


@dataclass(frozen=True)
class Sight:
    """What a role sees: which data sets, SQL text, delivered files and batches; which questions it may ask."""

    reach: Reach
    sees_sql: bool = False
    sees_files: bool = False
    questions: frozenset[str] = QUESTIONS


NO_SIGHT = Sight("nothing", questions=frozenset())
EVERYTHING = Sight("all", sees_sql=True, sees_files=True, questions=ALL_QUESTIONS)
SIGHTS: dict[str, Sight] = {
    Role.AUDITOR: EVERYTHING,
    Role.BUREAU_APPROVER: EVERYTHING,
    Role.BUREAU_HANDLER: EVERYTHING,
    Role.DATA_ENGINEER: EVERYTHING,
    Role.SECURITY_AUTHORITY: Sight("all", sees_files=True, questions=ALL_QUESTIONS),
    Role.PRIMARY_REVIEWER: Sight("service"),
    Role.SERVICE_ENGINEER: Sight("service"),
    Role.DATA_CLERK: Sight("department", sees_files=True),
    Role.DEPARTMENT_HEAD: Sight("department", sees_files=True),
    Role.DEVELOPER: Sight("grants"),
}
ACTS_OF_ALL = frozenset({Role.AUDITOR, Role.BUREAU_APPROVER})  # as the page 审计记录
ACTS_OF_OWN_PARTY = frozenset({Role.DEPARTMENT_HEAD, Role.PRIMARY_REVIEWER})
KNOWS_DOWN: frozenset[Reach] = frozenset({"department", "grants"})  # knows what was made of its own
NAMES_UP: frozenset[Reach] = frozenset({"service", "grants"})  # sees by name what its own is made of


class Scope(NamedTuple):
    """Two bool arrays by data set id: ``sees``, and of those ``knows``, of which more than names is told."""

    sees: np.ndarray
    knows: np.ndarray


def scope(view: View, prefixes: list[str], reach: Reach) -> Scope:
    """Return what is seen in a view from our own data sets whose names begin with one of these."""
    size = size_of(view)
    starts = np.zeros(size, dtype=bool)
    starts[named(prefixes, size)] = True
    knows, sees = starts.copy(), starts
    if reach in KNOWS_DOWN:
        _reach(view, "down", knows)
    if reach in NAMES_UP:
        _reach(view, "up", sees)
    return Scope(sees | knows, knows)


def named(prefixes: list[str], size: int) -> list[int]:
    """Return the ids, below ``size``, of our own data sets whose names begin with one of these."""
    own = lineage_namespace(settings().district)
    ours = Dataset.objects.filter(namespace=own, named_by_us=True, id__lt=size)
    return [pk for prefix in prefixes for pk in ours.filter(name__startswith=prefix).values_list("id", flat=True)]


def is_ghost(view: View, dataset: int) -> bool:
    """Whether a data set bears our namespace though only others ever named it."""
    vouched = view.index.named_by_us
    is_vouched = dataset < len(vouched) and bool(vouched[dataset])
    return view.namespace(dataset) == view.own and not is_vouched


def is_made_up(view: View, dataset: int, column: str, seq: int) -> bool:
    """Whether only others name this column of a data set of ours; ``seq``: of the event that named it first."""
    if dataset >= size_of(view) or view.namespace(dataset) != view.own:
        return False
    number = view.column(dataset, column)
    if number is None or not Event.objects.filter(seq=seq).exclude(via=PIPELINE).exists():
        return False
    if "schema" in view.facets(dataset, "schema") and column in {c.name for c in view.columns(dataset)}:
        return False
    index, here = view.index, np.array([number])
    rows = view.column_edges(np.concatenate([index.columns_into.of(here), index.columns_out_of.of(here)]))
    return not _stated_by_us(view, index.column_edges["derivation"][rows]).any()


def size_of(view: View) -> int:
    """Return one more than the greatest data set id of a view."""
    return len(view.index.datasets)


def _reach(view: View, direction: Literal["up", "down"], mask: np.ndarray) -> None:
    """Add to a mask what lies in a direction, along what our own jobs state."""
    edges, index = view.index.dataset_edges, view.index
    near, side = (index.out_of, "output") if direction == "down" else (index.into, "input")
    frontier = np.flatnonzero(mask)
    while len(frontier):
        rows = near.of(frontier)
        rows = rows[view.held.in_force(edges["derivation"][rows])]
        others = np.unique(edges[side][rows[_stated_by_us(view, edges["derivation"][rows])]])
        others = others[others < len(mask)]
        frontier = others[~mask[others]]
        mask[frontier] = True


def _stated_by_us(view: View, derivations: np.ndarray) -> np.ndarray:
    """Return a bool for each of these derivations: whether a job in our namespace states it."""
    jobs, places = np.unique(view.index.derivations["job"][derivations], return_inverse=True)
    own = np.array([view.index.jobs[job][0] == view.own for job in jobs.tolist()], dtype=bool)
    return own[places]
