"""影响: a data set, version or batch is bad: every subset, product, grant and user downstream.

Lives here: the answer, and which present versions hold what is bad.
Add here: another way to say what is bad.
Stays out: the way down (``lineage.answers.destinations``), what is done about it (remediation orders).

Everything downstream is listed; ``touched`` only adds whether its present version was made of the bad one.
"""

from __future__ import annotations

from dataclasses import dataclass, replace

from lineage.access import Viewer
from lineage.answers.asked import Asked, QuestionError
from lineage.answers.chain import knower
from lineage.answers.destinations import Destinations, destinations
from lineage.answers.spread import Made, Spread, holders, spread, starts_of_batch
from lineage.graph.surroundings import Surroundings
from lineage.graph.trace import TraceNode, UnknownNodeError
from lineage.graph.view import View, view
from lineage.models import Statement


@dataclass(frozen=True)
class Touched:
    """A data set downstream; ``is_touched``: its present version holds what is bad; None: any may."""

    dataset: str
    title: str
    version: str
    is_touched: bool | None


@dataclass(frozen=True)
class Impact:
    """What is bad, everything downstream of it, and which of it holds it now."""

    node: str
    column: str | None
    batch: str
    version: str
    found: Destinations
    touched: list[Touched]

    @property
    def products(self) -> list[str]:
        """Names of the products downstream."""
        return [p.dataset for p in self.found.products]


def impact(asked: Asked, who: Viewer, *, batch: str = "", version: str = "") -> Impact:
    """Return what is concerned if a data set, or one batch or version of it, is bad.

    ``asked.node`` may be empty with a batch: the batch says which data set it belongs to.

    Raises:
        QuestionError: no such batch or version of this data set, or both are given.
        UnknownNodeError: nothing of that name was known at that time, or the viewer may not see it.
    """
    if batch and version:
        raise QuestionError("give --batch or --version, not both", "批次和版本只能填写一项。")
    now = view(asked.at, asked.known_seq)
    asked, starts = _of_batch(asked, batch, now, who) if batch else (asked, _of_version(asked, version, now, who))
    found = destinations(asked, who)
    bad = spread(now, starts) if starts else None
    knows = knower(who, now)
    touched = [_touched(n, now, bad, knows(n.name)) for n in found.nodes if n.name != asked.node]
    return Impact(asked.node, asked.column, batch, version, found, touched)


def _of_batch(asked: Asked, batch: str, now: View, who: Viewer) -> tuple[Asked, set[Made]]:
    landed, starts = starts_of_batch(now, batch)
    seen = landed and who.sees_files and _number(now, landed, who) is not None
    if not seen or (asked.node and asked.node not in holders(landed)):
        raise QuestionError(f"no batch {batch[:60]!r} of this data set", "该数据集没有该批次。请核对批次编号。")
    return replace(asked, node=asked.node or landed), starts


def _of_version(asked: Asked, version: str, now: View, who: Viewer) -> set[Made]:
    """Whoever may not read the versions of a data set is told of none: neither that there is one nor that not."""
    if not version:
        return set()
    number = _number(now, asked.node, who)
    if number is None:
        raise UnknownNodeError(f"no data set {asked.node[:120]} was known")
    may_read = Surroundings(now, who).may_read_version(number)
    stated = Statement.objects.filter(dataset_id=number, version=version, seq__lte=now.seq)
    if not (may_read and stated.exists()):
        raise QuestionError(f"no version {version[:70]!r} of this data set", "该数据集没有该版本。请核对版本标识。")
    return {(number, version)}


def _number(now: View, name: str, who: Viewer) -> int | None:
    """Return the id of a data set the viewer sees, or None."""
    number, sees = now.find(name), who.sees(now)
    return number if number is not None and number < len(sees) and sees[number] else None


def _touched(node: TraceNode, now: View, bad: Spread | None, is_known: bool) -> Touched:
    number = now.find(node.name)
    if bad is None or number is None or not is_known:  # a version not told says nothing
        return Touched(node.name, node.title, node.version, None)
    return Touched(node.name, node.title, node.version, bad.is_touched(number, node.version))
