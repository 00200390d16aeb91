"""The way up or down that an answer rests on, cut to what the viewer may see and read.

Lives here: one walk for one question, and what the answer stands on: as of when, how complete, why not.
Add here: another thing every answer says of itself.
Stays out: walking (``lineage.graph.trace``), what stands beside the way (one module a question).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import datetime

from config import clock
from lineage.access import DELIVERED, Viewer, redact
from lineage.answers.asked import Asked
from lineage.graph.trace import Trace, TraceEdge, TraceNode, trace
from lineage.graph.view import View, view
from lineage.graph.walks import Direction
from lineage.shown_facets import word
from scheme.names import delivery_name, parse_name

_CUT = "the answer ends after "


@dataclass(frozen=True)
class Standing:
    """What an answer rests on: the moment, the log it knows, the acts it knows, and why it is not complete."""

    as_of: datetime
    as_of_seq: int
    acts_until: datetime
    purpose: str
    is_complete: bool
    is_truncated: bool
    incomplete_because: list[str]


@dataclass(frozen=True)
class Chain:
    """One walk: what was found, as the viewer may read it, and the view to ask more of its data sets."""

    asked: Asked
    who: Viewer
    view: View
    standing: Standing
    found: Trace
    knows: Callable[[str], bool] = lambda name: True  # whether more than its name may be read of a node

    @property
    def nodes(self) -> list[TraceNode]:
        """The data sets of the way, nearest first."""
        return self.found.nodes

    @property
    def edges(self) -> list[TraceEdge]:
        """What depends on what."""
        return self.found.edges

    def of_zone(self, *zones: str) -> list[TraceNode]:
        """Return the nodes of our own whose names begin with one of these zones, the start included."""
        return [n for n in self.nodes if n.name.split(".")[0] in zones]

    def number(self, name: str) -> int | None:
        """Return the id of a data set of the way."""
        return self.view.find(name)


def walk(asked: Asked, who: Viewer, direction: Direction) -> Chain:
    """Return the way up or down from what was asked.

    Raises:
        UnknownNodeError: nothing of that name was known at that time, or the viewer may not see it.
    """
    now = view(asked.at, asked.known_seq)
    found = trace(
        asked.node, direction=direction, column=asked.column, at=now.at, known_seq=now.seq,
        sees=None if who.sees_all else who.sees,
    )  # fmt: skip
    knows = knower(who, now)
    edges = found.edges if who.sees_sql else [_without_text(e) for e in found.edges]
    shown = replace(found, nodes=[readable(n, who, is_known=knows(n.name)) for n in found.nodes], edges=edges)
    return Chain(asked, who, now, standing(asked, found), shown, knows)


def standing(asked: Asked, found: Trace) -> Standing:
    """Return what an answer rests on."""
    reasons = found.incomplete_because
    return Standing(
        found.as_of.astimezone(clock.SHANGHAI), found.as_of_seq, asked.until, asked.purpose, found.is_complete,
        any(r.startswith(_CUT) for r in reasons), reasons,
    )  # fmt: skip


def cut(standing: Standing, reasons: list[str]) -> Standing:
    """Return the standing of an answer that leaves out what these reasons say; the same if there are none."""
    if not reasons:
        return standing
    because = [*standing.incomplete_because, *reasons]
    return replace(standing, is_complete=False, is_truncated=True, incomplete_because=because)


def _without_text(edge: TraceEdge) -> TraceEdge:
    """A description often is an expression, and a subtype may be any text."""
    return replace(edge, description="", subtype=word(edge.subtype) or "")


def resource_of(name: str) -> tuple[str, str] | None:
    """Return (department, resource) of a delivered file's data set, or None."""
    try:
        found = parse_name(name)
    except ValueError:
        return None
    is_delivery = found.zone == "delivery" and str(delivery_name(found.schema, found.table)) == name
    return (found.schema, found.table) if is_delivery else None


def readable(node: TraceNode, who: Viewer, *, is_known: bool = True) -> TraceNode:
    """Return a node with what an account may read: of deliveries without files, no version and no rows.

    ``is_known`` False: the account sees it by name only.
    """
    facts = redact(node.facts, who, node.name, is_known=is_known)
    if is_known and (who.sees_files or not node.name.startswith(DELIVERED)):
        return replace(node, facts=facts)
    return replace(node, facts=facts, version="", rows=None, gone_at=node.gone_at if is_known else None)


def knower(who: Viewer, now: View) -> Callable[[str], bool]:
    """Return what says of a node whether more than its name may be read."""
    if who.sees_all:
        return lambda name: True
    known = who.knows(now)

    def knows(name: str) -> bool:
        number = now.find(name)
        return number is not None and number < len(known) and bool(known[number])

    return knows
