"""Which version of a data set went into what was made of it, as the events told.

Lives here: of one data set, every statement made of it, by the version that was read.
Add here: another record that tells which version was read.
Stays out: following them from data set to data set (``lineage.answers.spread``).
"""

from __future__ import annotations

from collections import defaultdict
from dataclasses import dataclass, field
from functools import cache
from typing import Any

from lineage.graph.view import View
from lineage.models import DatasetEdge, Derivation, Mention, Statement, microseconds

Made = tuple[int, str]  # data set id, version
_CHUNK = 500


@dataclass
class Readings:
    """What was made of one data set: of which version, or of any where no event told the version."""

    of: dict[str, set[Made]] = field(default_factory=lambda: defaultdict(set))
    of_any: set[Made] = field(default_factory=set)

    def made_of(self, version: str) -> set[Made]:
        """Return what was, or may have been, made of a version."""
        return self.of.get(version, set()) | self.of_any


class Record:
    """The readings of a view, each data set's read once."""

    def __init__(self, view: View) -> None:
        self._view = view
        self.of = cache(self._of)

    def _of(self, dataset: int) -> Readings:
        """Every statement whose derivation has the data set as input, whoever named it: a run, a job, columns."""
        found, told = Readings(), self._told(dataset)
        for output, version, run, seq in self._made_with(dataset):
            versions = told.get(("seq", seq)) if run is None else told.get(("run", run))
            if not versions:
                found.of_any.add((output, version))
            for read in versions or ():
                found.of[read].add((output, version))
        return found

    def derived(self, dataset: int) -> set[str]:
        """Return the versions of a data set of which an event told how they were made."""
        stated = Statement.objects.filter(dataset_id=dataset, derivation__isnull=False, **self._by)
        return set(stated.values_list("version", flat=True))

    def _told(self, dataset: int) -> dict[tuple[str, int], set[str]]:
        """Return run, or event of no run → the versions it told of this input."""
        found: dict[tuple[str, int], set[str]] = defaultdict(set)
        read = Mention.objects.filter(dataset_id=dataset, part=Mention.Part.INPUT, **self._by).exclude(version="")
        for run, seq, version in read.values_list("run_id", "seq", "version").iterator(_CHUNK):
            found["seq" if run is None else "run", seq if run is None else run].add(version)
        return found

    def _made_with(self, dataset: int) -> Any:
        """Yield (output, version, run, sequence) of each statement made with this input."""
        using = DatasetEdge.objects.filter(input_id=dataset).values("derivation_id")
        outputs = Derivation.objects.filter(id__in=using).values("output_id")
        stated = Statement.objects.filter(dataset_id__in=outputs, derivation_id__in=using, **self._by)
        return stated.values_list("dataset_id", "version", "run_id", "seq").iterator(_CHUNK)

    @property
    def _by(self) -> dict[str, int]:
        return {"event_us__lte": microseconds(self._view.at), "seq__lte": self._view.seq}
