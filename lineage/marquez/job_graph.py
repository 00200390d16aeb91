"""Which job reads and writes which data sets, in one view.

Lives here: ``JobGraph``: inputs and outputs of jobs, makers and readers of data sets, what of them is seen.
Add here: another relation between jobs and data sets.
Stays out: documents, names of what is found.

A job is seen by whoever sees a data set that it reads or writes; its runs and times are told to whom one of those is
known by more than its name. Jobs that never said how they make something, because
they only read or never completed, stand here by what their latest run named.
"""

from __future__ import annotations

from functools import cached_property

import numpy as np

from lineage.graph.arrays import Ints
from lineage.marquez.latest_runs import named_by_latest_runs
from lineage.marquez.reader import NAMES_ONLY, Reader

NO_JOB = 0  # who made a data set if an event about the data set itself said how
LIMIT = 5000
TOO_MANY = f"of more than {LIMIT} jobs that never said what they make, some are left out"


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
        if job in self._unsaid:
            return self._unsaid[job][1]
        return sorted(set(self._index.statements["dataset"][self._statements(job)].tolist()))

    def inputs(self, job: int) -> list[int]:
        """Return the data sets a job reads."""
        if job in self._unsaid:
            return self._unsaid[job][0]
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
        return sorted({*self._jobs_of(derivations[derivations > 0]), *self._unsaid_of[1].get(dataset, ())})

    def readers(self, dataset: int) -> list[int]:
        """Return the jobs that read a data set; ``NO_JOB`` may be among them."""
        rows = self._index.out_of.of(np.array([dataset]))
        derivations = self._index.dataset_edges["derivation"][rows]
        return sorted({*self._jobs_of(derivations), *self._unsaid_of[0].get(dataset, ())})

    @cached_property
    def _unsaid(self) -> dict[int, tuple[list[int], list[int]]]:
        """Job → inputs and outputs its latest run named, of jobs that no statement is about."""
        jobs_said = self._index.statements["job"]  # before the jobs: those are learned first
        said = np.zeros(len(self._index.jobs), bool)
        said[jobs_said] = said[NO_JOB] = True
        jobs = np.flatnonzero(~said).tolist()
        if len(jobs) > LIMIT:
            self._reader.lacks(TOO_MANY)
        return named_by_latest_runs(self._reader, jobs[:LIMIT])

    @cached_property
    def _unsaid_of(self) -> tuple[dict[int, list[int]], dict[int, list[int]]]:
        """Data set → such jobs that read it, and that write it."""
        found: tuple[dict[int, list[int]], dict[int, list[int]]] = ({}, {})
        for job, ends in self._unsaid.items():
            for side in (0, 1):
                for dataset in ends[side]:
                    found[side].setdefault(dataset, []).append(job)
        return found

    def _jobs_of(self, derivations: Ints) -> list[int]:
        held = derivations[self._view.held.in_force(derivations)]
        return sorted(set(self._index.derivations["job"][held].tolist()))

    @cached_property
    def seen_jobs(self) -> Ints | None:
        """Ids of the jobs that are seen, sorted; None for all."""
        return self._touching(self._reader.mask)

    @cached_property
    def known_jobs(self) -> Ints | None:
        """Ids of the jobs of which more than the name is told, sorted; None for all."""
        return self._touching(self._reader.known)

    def may_see(self, job: int) -> bool:
        """Whether a job is seen."""
        return job != NO_JOB and _holds(self.seen_jobs, job)

    def knows(self, job: int) -> bool:
        """Whether runs and times of a job are told; if not, that is said."""
        if _holds(self.known_jobs, job):
            return True
        self._reader.lacks(NAMES_ONLY)
        return False

    def _touching(self, mask: np.ndarray | None) -> Ints | None:
        """Return the ids of the jobs that read or write one of the data sets of a mask, sorted."""
        if mask is None:
            return None
        made, edges, stated = self._index.derivations, self._index.dataset_edges, self._index.statements

        def there(datasets: Ints) -> np.ndarray:
            is_known = datasets < len(mask)
            return is_known & mask[np.where(is_known, datasets, 0)]

        jobs = [stated["job"][there(stated["dataset"])], made["job"][there(made["output"])]]
        jobs.append(made["job"][edges["derivation"][there(edges["input"])]])
        named = [j for j, ends in self._unsaid.items() if there(np.array([*ends[0], *ends[1]], np.int64)).any()]
        found = np.unique(np.concatenate([*jobs, np.array(named, np.int64)]))
        return found[found != NO_JOB]


def job_graph(reader: Reader) -> JobGraph:
    """Return the jobs of a reading, worked out once."""
    return reader.remembered.setdefault("jobs", JobGraph(reader))


def _holds(jobs: Ints | None, job: int) -> bool:
    if jobs is None:
        return True
    place = int(np.searchsorted(jobs, job))
    return place < len(jobs) and int(jobs[place]) == job
