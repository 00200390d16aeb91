"""Checking that the log is whole and unchanged.

Lives here: ``verify``: the walk, its suspects, gaps, emptied bodies, and the signed checkpoints here and outside.
Add here: another proof about the log.
Stays out: mending (there is none).
"""

from __future__ import annotations

from dataclasses import dataclass, field

from lineage.log import anchors, checkpoint, pruning_record, reading
from lineage.log.checkpoint import Checkpoint, CheckpointRefusedError
from lineage.log.diagnosis import diagnose
from lineage.log.problem import Problem
from lineage.log.walking import CAP, Progress, Walk, walk


@dataclass(frozen=True)
class Verification:
    """What was checked and what is wrong; no problem, no doubt.

    ``problems``: at most 50 broken places, by sequence; ``broken`` counts all places of the walk. ``errors``: what
    could not be checked.
    """

    events: int
    checkpoints: int
    problems: list[Problem]
    broken: int = 0
    pruned: int = 0
    errors: list[str] = field(default_factory=list)

    @property
    def is_sound(self) -> bool:
        """Whether nothing is wrong and everything could be checked."""
        return not self.problems and not self.errors


def verify(progress: Progress | None = None) -> Verification:
    """Walk the whole log and hold it against its checkpoints; ``progress`` is told how far the walk is."""
    marks, doubts, errors = _marks()  # before the head: a checkpoint written meanwhile is not beyond it
    until = reading.last_seq()
    found = walk(until, {m.seq for m in marks}, progress)
    problems = [*_broken(found), *pruning_record.problems(found.emptied), *doubts, *_against(marks, found, until)]
    return Verification(
        found.events, len({m.seq for m in marks}), problems[:CAP], found.broken,
        sum(last - first + 1 for first, last in found.emptied), errors,
    )  # fmt: skip


def _broken(found: Walk) -> list[Problem]:
    said = [Problem(f"{seq!r} is no sequence of this log: added", None, "seq") for seq in found.strangers]
    for first, last in found.missing:
        said.append(Problem("is missing" if first == last else f"is missing, and all up to {last}", first))
    said += [p for seq in found.suspects for p in diagnose(seq, found.suspects)]
    if found.unread_after is not None:
        said.append(Problem("the database cannot read it: restore a copy", found.unread_after + 1))
    said.sort(key=lambda p: (p.seq is None, p.seq or 0))
    if found.broken and not said:
        said.append(Problem("the chain breaks here", found.first_broken))
    return said


def _marks() -> tuple[list[Checkpoint], list[Problem], list[str]]:
    """Return trusted checkpoints by sequence, those that cannot be trusted, and folders that cannot be read."""
    files, errors = checkpoint.files(checkpoint.folder()), []
    here = {path.name for path in files}
    for folder in anchors.folders():
        try:
            there = anchors.listed(folder)
        except anchors.AnchorError as error:
            errors.append(str(error))
            continue
        if lacking := here - {path.name for path in there}:
            errors.append(f"SUYUAN_ANCHORS: {folder} lacks {len(lacking)} checkpoints: run suyuan lineage checkpoint")
        files += there
    marks: list[Checkpoint] = []
    doubts: list[Problem] = []
    for path in files:
        try:
            marks.append(checkpoint.read(path))
        except (CheckpointRefusedError, OSError) as error:
            doubts.append(Problem(str(error)))
    return sorted(marks, key=lambda m: m.seq), doubts, errors


def _against(marks: list[Checkpoint], found: Walk, until: int) -> list[Problem]:
    """Hold what the walk found against the checkpoints; an event that is missing under one was said already."""
    problems, fitting = [], 0
    for mark in marks:
        actual = found.marks.get(mark.seq)
        if mark.seq > until:
            problems.append(Problem(f"the log ends before checkpoint {mark.seq}: events were cut off"))
        elif actual is None:
            continue
        elif actual.chain_hash != mark.chain_hash:
            where = f"events {fitting + 1} to {mark.seq}"
            problems.append(Problem(f"checkpoint {mark.seq} does not fit the log: it was rewritten within {where}"))
        elif mark.tree_root not in (None, actual.root) and not _is_broken_before(found, mark.seq):
            problems.append(Problem(f"the tree hash of checkpoint {mark.seq} does not fit the log"))
        else:
            fitting = mark.seq
    return list(dict.fromkeys(problems))


def _is_broken_before(found: Walk, seq: int) -> bool:
    return found.first_broken is not None and found.first_broken <= seq
