"""All events of the runs that stated something.

Lives here: from stating events to every event of their runs, whatever these name.
Stays out: which events state something (``lineage.evidence.grounds``).

The graph keeps which events of a run named data sets; one that names none, such as the COMPLETE without which nothing
is stated, is found in the log by its run id, between the first and the last event of the run.
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator
from itertools import islice
from uuid import UUID

from lineage.events.content import as_sent
from lineage.models import Event, Mention, Run, Statement

_CHUNK = 500


def with_runs(seqs: set[int], known_seq: int) -> dict[int, set[int]]:
    """Return for each stating event the events of its run known by then, itself among them."""
    found = {seq: {seq} for seq in seqs}
    run_of: dict[int, int] = {}
    for part in chunks(seqs):
        stated = Statement.objects.filter(seq__in=part, run__isnull=False)
        run_of |= dict(stated.values_list("seq", "run_id"))
    events = _events(set(run_of.values()), known_seq)
    for seq, run in run_of.items():
        found[seq] |= events[run]
    return found


def chunks(values: Iterable[int]) -> Iterator[list[int]]:
    """Yield ascending parts that fit into one question to the database."""
    rest = iter(sorted(values))
    while part := list(islice(rest, _CHUNK)):
        yield part


def _events(runs: set[int], known_seq: int) -> dict[int, set[int]]:
    found: dict[int, set[int]] = defaultdict(set)
    ids: dict[UUID, int] = {}
    spans: list[tuple[int, int]] = []
    for part in chunks(runs):
        for run, run_id, first, last in Run.objects.filter(id__in=part).values_list(
            "id", "run_id", "first_seq", "last_seq"
        ):
            ids[run_id] = run
            spans.append((first, min(last, known_seq)))
        named = Mention.objects.filter(run_id__in=part, seq__lte=known_seq).values_list("run_id", "seq")
        for run, seq in named.distinct():
            found[run].add(seq)
    for first, last in _joined(spans):
        _read(first, last, ids, found)
    return found


def _read(first: int, last: int, ids: dict[UUID, int], found: dict[int, set[int]]) -> None:
    """Read the run ids of a stretch of the log."""
    rows = Event.objects.filter(seq__gte=first, seq__lte=last, kind=Event.Kind.RUN).values_list("seq", "body")
    for seq, body in rows.iterator(_CHUNK):
        run = ids.get(UUID(as_sent(bytes(body))["run"]["runId"])) if body else None
        if run is not None:
            found[run].add(seq)


def _joined(spans: list[tuple[int, int]]) -> list[tuple[int, int]]:
    """Return the same sequences in stretches that do not overlap."""
    found: list[tuple[int, int]] = []
    for first, last in sorted(spans):
        if found and first <= found[-1][1] + 1:
            found[-1] = (found[-1][0], max(found[-1][1], last))
        else:
            found.append((first, last))
    return found
