"""Who reads the catalog, as of when, and what they must not see.

Lives here: ``Reader``: one view, the data sets that are seen in it and those known by more than their names, facets
without what is hidden, and the reasons for which an answer is not the whole.
Add here: another thing that every document must respect.
Stays out: which account sees what (``lineage.access``), the documents.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import Any

import numpy as np

from lineage.access import DELIVERED, Viewer, redact, redact_job, redact_run, system
from lineage.graph.view import View
from lineage.log import pruned
from lineage.models import Dataset, Mention, microseconds
from lineage.sight import Scope

Facets = dict[str, Any]

CUT_BY_ACCESS = "data sets the caller may not see are left out"
NAMES_ONLY = "of data sets the caller may know by name only no more is told"
PRUNED = "the content of some events was pruned"


class UnknownError(LookupError):
    """Nothing of that name is known, or the caller may not see it: both read the same. ``kind``: of what."""

    def __init__(self, kind: str) -> None:
        super().__init__(f"no such {kind}")
        self.kind = kind


@dataclass
class Reader:
    """One reading, as ``who`` sees it; without one as the system itself: everything."""

    view: View
    who: Viewer = field(default_factory=system)
    is_past: bool = False
    gaps: list[str] = field(default_factory=list)
    remembered: dict[str, Any] = field(default_factory=dict)  # what is worked out once for all documents

    @cached_property
    def _scope(self) -> Scope:
        return self.who.scope(self.view)

    @property
    def mask(self) -> np.ndarray | None:
        """Bool by data set id of those seen, None for everything."""
        return None if self.who.sees_all else self._scope.sees

    @property
    def known(self) -> np.ndarray | None:
        """Bool by data set id of those of which more than name, title and columns is told, None for everything."""
        return None if self.who.sees_all else self._scope.knows

    @property
    def sees_sql(self) -> bool:
        """Whether SQL text is told."""
        return self.who.sees_sql

    @property
    def at_us(self) -> int:
        """The moment asked about, in microseconds since 1970."""
        return microseconds(self.view.at)

    def may_see(self, dataset: int) -> bool:
        """Whether a data set is seen."""
        return self.mask is None or (dataset < len(self.mask) and bool(self.mask[dataset]))

    def knows(self, dataset: int) -> bool:
        """Whether more of a data set than name, title and columns is told; if not, that is said."""
        if self.known is None or (dataset < len(self.known) and bool(self.known[dataset])):
            return True
        self.lacks(NAMES_ONLY)
        return False

    def tells_versions(self, dataset: int) -> bool:
        """Whether versions of a data set are told: of delivered files only to whom files are."""
        if not self.knows(dataset):
            return False
        is_own = self.view.namespace(dataset) == self.view.own
        return self.who.sees_files or not (is_own and self.view.name(dataset).startswith(DELIVERED))

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

    def dataset_facets(self, stated: Facets, dataset: int) -> Facets:
        """Return the facets of a data set that may be shown: none that names a hidden one, holds SQL or a value."""
        return redact(stated, self.who, self.view.node(dataset), is_known=self.knows(dataset))

    def job_facets(self, stated: Facets) -> Facets:
        """Return the facets of a job that may be shown."""
        return redact_job(stated, self.who)

    def run_facets(self, stated: Facets) -> Facets:
        """Return the facets of a run that may be shown: messages and plans may hold SQL text."""
        return redact_run(stated, self.who)
