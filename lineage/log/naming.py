"""Which events named what the graph knows, and gave it the titles it has.

Lives here: the names in one event, and who gave them first; who gave the present titles.
Add here: another table of names that the graph keeps.
Stays out: what is in force (``lineage.log.in_force``), the tables (``lineage.projection``).

The graph forgets no name: a data set or column that only a superseded event named is still known. And a title comes
of all events that ever gave one, in the order of the log: they are kept, unless there was only ever one title, which
any of them gives.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from lineage.events import facet_reading as facets
from lineage.events.explicit import explicit
from lineage.models import PIPELINE, Event

Item = tuple[str, ...]  # table, then its names
DATASET, COLUMN, JOB = "dataset", "column", "job"
OURS = "ours"  # a data set, named by who may state it
_FAILED = ("FAIL", "ABORT")


def names(kind: str, content: dict[str, Any], via: str) -> Iterator[Item]:
    """Yield what an event names, as the graph reads it."""
    if "job" in content:
        yield (JOB, content["job"]["namespace"], content["job"]["name"])
    for named, is_output in _mentioned(kind, content):
        of, stated = (named["namespace"], named["name"]), facets.all_facets(named)
        yield from _dataset(of, is_output or via == PIPELINE)
        yield from ((COLUMN, *of, column) for column, *_ in facets.schema_fields(stated) or ())
        if is_output:
            yield from _made_of(of, stated, via == PIPELINE)


def titles(kind: str, content: dict[str, Any]) -> Iterator[tuple[Item, str]]:
    """Yield (what, its title or type) as an event gives them."""
    if "job" in content:
        yield (JOB, content["job"]["namespace"], content["job"]["name"]), facets.job_type(content["job"])
    for named, _ in _mentioned(kind, content):
        of, stated = (named["namespace"], named["name"]), facets.all_facets(named)
        yield (DATASET, *of), facets.title(stated)
        yield from (((COLUMN, *of, column), text) for column, _, text in facets.schema_fields(stated) or ())


def former(kind: str, content: dict[str, Any]) -> Iterator[tuple[str, str]]:
    """Yield (namespace, name) of data sets that an event renames: their columns by then say what it made."""
    for named, is_output in _mentioned(kind, content):
        _, previous = facets.lifecycle(facets.all_facets(named))
        if is_output and previous is not None:
            yield previous


def _mentioned(kind: str, content: dict[str, Any]) -> Iterator[tuple[dict[str, Any], bool]]:
    """Yield (data set as named, whether it is stated)."""
    if kind == Event.Kind.DATASET:
        yield content["dataset"], True
        return
    yield from ((named, False) for named in content.get("inputs") or ())
    if content.get("eventType") not in _FAILED:
        yield from ((named, True) for named in content.get("outputs") or ())


def _made_of(of: tuple[str, str], stated: dict[str, Any], is_ours: bool) -> Iterator[Item]:
    said = explicit(stated)
    for edge in [*(facets.field_edges(stated) or ()), *(said.edges if said else ())]:
        yield (COLUMN, *of, edge.column)
        yield from _dataset((edge.namespace, edge.name), is_ours)
        yield (COLUMN, edge.namespace, edge.name, edge.field)
    for source in said.sources if said else ():
        yield from _dataset(source, is_ours)
    _, previous = facets.lifecycle(stated)
    if previous is not None:
        yield from _dataset(previous, True)


def _dataset(of: tuple[str, str], is_ours: bool) -> Iterator[Item]:
    yield (DATASET, *of)
    if is_ours:
        yield (OURS, *of)


@dataclass
class _Title:
    """A title so far; ``changes``: the events that changed it, ``last``: the latest that gave it."""

    text: str
    event_us: int
    changes: list[int]
    last: tuple[int, int]
    is_only_one: bool = True


@dataclass
class Names:
    """What the events of a log named, in its order."""

    first: dict[Item, int] = field(default_factory=dict)
    _former: set[tuple[str, ...]] = field(default_factory=set)
    _titles: dict[Item, _Title] = field(default_factory=dict)

    def hear(self, event: Event, content: dict[str, Any], *, is_known: bool) -> None:
        """Take in the next event; ``is_known``: names are asked of it, not titles alone."""
        for item in names(event.kind, content, event.via) if is_known else ():
            self.first.setdefault(item, event.seq)
        for item, text in titles(event.kind, content):
            if text:
                self._title(item, text, event.event_us, event.seq)
        self._former.update(former(event.kind, content))

    def _title(self, item: Item, text: str, event_us: int, seq: int) -> None:
        now = self._titles.get(item)
        if now is None:
            self._titles[item] = _Title(text, event_us, [seq], (event_us, seq))
            return
        if text == now.text:
            now.last = max(now.last, (event_us, seq))
            return
        now.is_only_one = False
        if event_us >= now.event_us:
            now.text, now.event_us = text, event_us
            now.changes.append(seq)

    def kept(self) -> set[int]:
        """Return the events that gave the present titles, and those that a renaming rests on."""
        found: set[int] = set()
        for title in self._titles.values():
            found.update([title.last[1]] if title.is_only_one else title.changes)
        return found | {seq for item, seq in self.first.items() if item[0] == COLUMN and item[1:3] in self._former}

    def lost(self, still: set[Item]) -> set[int]:
        """Return the first events of whatever is not ``still`` named."""
        return {seq for item, seq in self.first.items() if item not in still}
