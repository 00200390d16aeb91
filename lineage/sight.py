"""What each role sees of lineage, as one table, and what lies downstream or upstream of what it may start from.

Lives here: ``SIGHTS``: role → reach, SQL text, delivered files, questions; whose acts a role may read.
Add here: a role, a question.
Stays out: an account's own sight (``lineage.access``). A role that is not in the table sees nothing.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

import numpy as np

from config.settings import settings
from lineage.models import Dataset
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
DIRECTIONS: dict[str, tuple[str, ...]] = {"department": ("down",), "service": ("up",), "grants": ("down", "up")}


def named(prefixes: list[str], size: int) -> list[int]:
    """Return the ids, below ``size``, of our own data sets whose names begin with one of these."""
    ours = Dataset.objects.filter(namespace=lineage_namespace(settings().district), id__lt=size)
    return [pk for prefix in prefixes for pk in ours.filter(name__startswith=prefix).values_list("id", flat=True)]


def closure(view: View, starts: list[int], directions: tuple[str, ...]) -> np.ndarray:
    """Return a bool array by data set id: the starts and what lies in each direction, one after the other."""
    mask = np.zeros(size_of(view), dtype=bool)
    mask[starts] = True
    for direction in directions:
        _reach(view, direction, mask)
    return mask


def size_of(view: View) -> int:
    """Return one more than the greatest data set id of a view."""
    return len(view.index.datasets)


def _reach(view: View, direction: str, mask: np.ndarray) -> None:
    edges, index = view.index.dataset_edges, view.index
    near, side = (index.out_of, "output") if direction == "down" else (index.into, "input")
    frontier = np.flatnonzero(mask)
    while len(frontier):
        rows = near.of(frontier)
        others = np.unique(edges[side][rows[view.held.derivations[edges["derivation"][rows]]]])
        frontier = others[~mask[others]]
        mask[frontier] = True
