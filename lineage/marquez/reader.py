"""Who reads the catalog, as of when, and what they must not see.

Lives here: ``Reader``: one view, the data sets that are seen in it, facets without what is hidden, and the reasons for
which an answer is not the whole.
Add here: another thing that every document must respect.
Stays out: which account sees what (``lineage.access``), the documents.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from lineage.graph.arrays import Ints
from lineage.graph.view import View
from lineage.log import pruned
from lineage.models import Dataset, Mention, microseconds

Facets = dict[str, Any]
Sees = Callable[[View], np.ndarray]
Redact = Callable[[Facets, str], Facets]

CUT_BY_ACCESS = "data sets the caller may not see are left out"
PRUNED = "the content of some events was pruned"
_NAMES_OTHERS = frozenset({"columnLineage", "lineage", "hierarchy", "lifecycleStateChange", "symlinks"})
_MAY_HOLD_SQL = frozenset({"columnLineage", "lineage"})  # descriptions of steps; both are told by columns
_OPEN_RUN = frozenset({"parent", "nominalTime", "processing_engine", "tags"})
_OPEN_JOB = frozenset({"jobType", "documentation", "ownership", "sql", "sourceCode", "sourceCodeLocation", "tags"})


class UnknownError(LookupError):
    """Nothing of that name is known, or the caller may not see it: both read the same. ``kind``: of what."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"no such {kind}")
        self.kind = kind


def _all(facets: Facets, name: str) -> Facets:
    return facets


@dataclass
class Reader:
    """One reading; ``sees`` None: every data set. ``redact`` takes facets and the name of their data set."""

    view: View
    sees: Sees | None = None
    redact: Redact = _all
    sees_sql: bool = True
    is_past: bool = False
    gaps: list[str] = field(default_factory=list)

    @cached_property
    def mask(self) -> np.ndarray | None:
        """Bool by data set id, None for everything."""
        return None if self.sees is None else self.sees(self.view)

    @property
    def at_us(self) -> int:
        """The moment asked about, in microseconds since 1970."""
        return microseconds(self.view.at)

    def may_see(self, dataset: int) -> bool:
        """Whether a data set is seen."""
        return self.mask is None or (dataset < len(self.mask) and bool(self.mask[dataset]))

    def see(self, datasets: Ints) -> np.ndarray:
        """Return a bool for each of these ids; of ids newer than the view, False."""
        if self.mask is None:
            return np.ones(len(datasets), bool)
        known = datasets < len(self.mask)
        return known & self.mask[np.where(known, datasets, 0)]

    def seen(self, datasets: list[int]) -> list[int]:
        """Return those of the data sets that are seen; what is left out is said."""
        kept = [i for i in datasets if self.may_see(i)]
        if len(kept) < len(datasets):
            self.lacks(CUT_BY_ACCESS)
        return kept

    def lacks(self, reason: str) -> None:
        """Note why the answer is not the whole."""
        if reason not in self.gaps:
            self.gaps.append(reason)

    def tells_history(self) -> None:
        """Say that what is told goes back only so far, if events were pruned."""
        if pruned.before() is not None:
            self.lacks(PRUNED)

    def check_past(self) -> None:
        """Say that the moment asked about lies where events were pruned, if it does."""
        limit = pruned.before() if self.is_past else None
        if limit is not None and self.view.at < limit:
            self.lacks(PRUNED)

    def dataset(self, namespace: str, name: str) -> int:
        """Return the id of a data set.

        Raises:
            UnknownError: nobody named it by then, or it is not seen.
        """
        found = self.view.index.ids.get((namespace, name))
        if found is None or not self.may_see(found) or not (self.view.is_known(found) or self._is_named(found)):
            raise UnknownError("dataset")
        return found

    def _is_named(self, dataset: int) -> bool:
        """Whether an edge named it though no event was about it: it has no time of its own."""
        return not self.is_past and Dataset.objects.filter(id=dataset, first_seq__lte=self.view.seq).exists()

    def mentions(self, **of: Any) -> Any:
        """Return the mentions known by the moment asked about."""
        return Mention.objects.filter(event_us__lte=self.at_us, seq__lte=self.view.seq, **of)

    def dataset_facets(self, stated: Facets, name: str) -> Facets:
        """Return the facets of a data set that may be shown: none that names a hidden one, or may hold SQL text."""
        hidden = _NAMES_OTHERS if self.mask is not None else _MAY_HOLD_SQL if not self.sees_sql else frozenset()
        return self.redact({k: v for k, v in stated.items() if k not in hidden}, name)

    def job_facets(self, stated: Facets) -> Facets:
        """Return the facets of a job that may be shown: where something is hidden, those that are known to be safe."""
        return self.redact(self._only(stated, _OPEN_JOB), "")

    def run_facets(self, stated: Facets) -> Facets:
        """Return the facets of a run that may be shown, likewise: messages and plans may hold SQL text."""
        return self.redact(self._only(stated, _OPEN_RUN), "")

    def _only(self, stated: Facets, names: frozenset[str]) -> Facets:
        return stated if self.mask is None and self.sees_sql else {k: v for k, v in stated.items() if k in names}
