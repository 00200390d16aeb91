"""How events spell the data sets of an answer.

Lives here: from event bodies to the names under which each data set stands in them.
Add here: another place of an event that names a data set.
Stays out: which name a data set is kept under (``lineage.foreign``), checking (``lineage.evidence.statements``).
"""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping
from functools import partial
from typing import Any

from lineage.events.content import as_sent
from lineage.evidence.told import references
from lineage.foreign.homes import home_of
from lineage.foreign.identity import Names
from lineage.foreign.own_files import OwnFiles

Name = tuple[str, str]  # namespace, name


def spellings(bodies: Iterable[tuple[int, bytes]], names: Mapping[str, Name]) -> dict[str, set[Name]]:
    """Return node → the other names under which events speak of it.

    Args:
        bodies: (sequence, body) of events of the log.
        names: node → its own name.
    """
    nodes = {name: node for node, name in names.items()}
    found: dict[str, set[Name]] = defaultdict(set)
    for seq, body in bodies:
        event = as_sent(body)
        kept = Names.of(list(_datasets(event)), OwnFiles(partial(home_of, seq)))
        for sent in references(event):
            node = nodes.get(kept.of_column(*sent))
            if node is not None and names[node] != sent:
                found[node].add(sent)
    return found


def _datasets(event: dict[str, Any]) -> Iterator[dict[str, Any]]:
    yield from event.get("inputs") or ()
    yield from event.get("outputs") or ()
    if "dataset" in event:
        yield event["dataset"]
