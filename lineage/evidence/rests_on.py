"""The acts that an answer rests on: of persons on its grants, releases, handovers and on the data set itself.

Lives here: which objects of the ledger an answer rests on, their acts in order, what is left out of the paper.
Add here: another object of the ledger that an answer rests on.
Stays out: the ledger (``registry.audit``), one person's whole record (``lineage.answers.acts``).

Acts that decide stand before mere looks, each in order of the ledger; where there are too many, looks are left out
first. Questions about the lineage, the taking of evidence and the making of reports are no ground of the answer: they
come after it and would change the report by being asked for.
"""

from __future__ import annotations

from dataclasses import dataclass

from lineage.answers.destinations import Destinations
from lineage.answers.persons import Persons, Step
from lineage.answers.sources import Sources

MOST = 200
_NEVER = ("查询血缘", "导出溯源证据", "生成数据溯源报告")
_LOOKS = ("查看", "下载", "查询", "导出", "生成", "重建核对")


@dataclass(frozen=True)
class Ground:
    """One act and the object of the ledger it was done on."""

    step: Step
    on: str


@dataclass(frozen=True)
class Grounds:
    """The acts to print, and how many deciding acts and looks are left out."""

    acts: list[Ground]
    decisions_left_out: int
    looks_left_out: int


def acts_of(node: str, up: Sources, down: Destinations, persons: Persons) -> Grounds:
    """Return the acts an answer rests on, up to the moment that its walks know."""
    found = [Ground(s, on) for on in objects(node, up, down) for s in persons.steps(on, up.standing.acts_until)]
    ranked = sorted((g for g in found if g.step.act not in _NEVER), key=_rank)
    gone = [is_look(g.step.act) for g in ranked[MOST:]]
    shown = sorted(ranked[:MOST], key=lambda g: (is_look(g.step.act), g.step.seq))
    return Grounds(shown, len(gone) - sum(gone), sum(gone))


def _rank(ground: Ground) -> tuple[bool, bool, int]:
    """What goes last where there are too many: looks, then handovers, each from the oldest on."""
    return is_look(ground.step.act), ground.on.startswith("handover:"), -ground.step.seq


def objects(node: str, up: Sources, down: Destinations) -> list[str]:
    """Return the objects of the ledger an answer rests on, once each; of batches those that may be in use."""
    grants = sorted({a.grant for a in (*up.authorizations, *down.authorizations)})
    releases = {r.pk for r in up.releases} | {r.pk for p in down.products for r in p.releases}
    handovers = {b.handover for d in up.deliveries for b in d.batches if b.handover and b.is_in_use is not False}
    named = [node, *(f"grant:{g}" for g in grants), *(f"release:{pk}" for pk in sorted(releases))]
    return [*named, *(f"handover:{pk}" for pk in sorted(handovers))]


def is_look(act: str) -> bool:
    """Return whether an act only read or copied, and decided nothing."""
    return act.startswith(_LOOKS)
