"""Which job reads and writes which data sets, in one view.

Lives here: ``JobGraph``: inputs and outputs of jobs, makers and readers of data sets, what of them is seen.
Stays out: documents, names of what is found.

A job is seen by whoever sees a data set that it reads or writes.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from lineage.graph.arrays import Ints
from lineage.marquez.reader import Reader

NO_JOB = 0  # who made a data set if an event about the data set itself said how


class JobGraph:
    """The statements in force, by job and by data set."""

    def __init__(self, reader: Reader) -> None:
        self._reader, self._view = reader, reader.view
        self._index = reader.view.index

    @cached_property
    def _by_job(self) -> tuple[Ints, Ints]:
        """Positions of the statements in force in the order of their jobs, and those jobs."""
        stated = self._view.held.stated
        jobs = self._index.statements["job"][stated]
        order = np.argsort(jobs, kind="stable")
        return stated[order], jobs[order]

    def _statements(self, job: int) -> Ints:
        stated, jobs = self._by_job
        return stated[np.searchsorted(jobs, job) : np.searchsorted(jobs, job, "right")]

    def outputs(self, job: int) -> list[int]:
        """Return the data sets a job writes."""
        return sorted(set(self._index.statements["dataset"][self._statements(job)].tolist()))

    def inputs(self, job: int) -> list[int]:
        """Return the data sets a job reads."""
        derivations = self._index.statements["derivation"][self._statements(job)]
        outputs = np.unique(self._index.derivations["output"][derivations])
        rows = self._index.into.of(outputs)
        edges = self._index.dataset_edges
        rows = rows[np.isin(edges["derivation"][rows], derivations)]
        return sorted(set(edges["input"][rows].tolist()))

    def makers(self, dataset: int) -> list[int]:
        """Return the jobs that write a data set; ``NO_JOB`` may be among them."""
        rows = self._index.statements_of.of(np.array([dataset]))
        derivations = self._index.statements["derivation"][rows]
        return self._jobs_of(derivations[derivations > 0])

    def readers(self, dataset: int) -> list[int]:
        """Return the jobs that read a data set; ``NO_JOB`` may be among them."""
        rows = self._index.out_of.of(np.array([dataset]))
        return self._jobs_of(self._index.dataset_edges["derivation"][rows])

    def _jobs_of(self, derivations: Ints) -> list[int]:
        held = derivations[self._view.held.derivations[derivations]]
        return sorted(set(self._index.derivations["job"][held].tolist()))

    @cached_property
    def seen_jobs(self) -> Ints | None:
        """Ids of the jobs that are seen, sorted; None for all."""
        mask = self._reader.mask
        if mask is None:
            return None
        made, edges = self._index.derivations, self._index.dataset_edges
        jobs = [self._index.statements["job"][mask[self._index.statements["dataset"]]]]
        jobs.append(made["job"][mask[made["output"]]])
        jobs.append(made["job"][edges["derivation"][mask[edges["input"]]]])
        return np.unique(np.concatenate(jobs))

    def may_see(self, job: int) -> bool:
        """Whether a job is seen."""
        if job == NO_JOB:
            return False
        seen = self.seen_jobs
        if seen is None:
            return True
        place = int(np.searchsorted(seen, job))
        return place < len(seen) and int(seen[place]) == job
