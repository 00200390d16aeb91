"""What events say of one output: version, rows, columns, whether it is gone.

Lives here: what one event adds to it.
Add here: another fact of an output that the graph keeps.
Stays out: adding up (``lineage.projection.said``), statements (``lineage.projection.projector``), names → ids
(``lineage.projection.naming``).
"""

from __future__ import annotations

from typing import Any

from lineage.events import facet_reading as facets
from lineage.events.explicit import explicit
from lineage.projection.known import Edge
from lineage.projection.naming import Naming, Read
from lineage.projection.said import Said

RENAMED = "更名"


def add(output: Said, dataset: int, named: dict[str, Any], event: Read, names: Naming) -> None:
    """Add what an event says of an output."""

    def say(what: str, value: Any) -> None:
        output.say(what, value, event.event_us, event.seq)

    stated = facets.all_facets(named)
    say("version", facets.version(stated) or None)
    say("rows", facets.rows(stated))
    edges, said = _edges(dataset, stated, event, names), explicit(stated)
    if said:
        edges = sorted({*(edges or []), *(names.edge(dataset, e, event) for e in said.edges)})
        say("sources", sorted({names.dataset(*source, event) for source in said.sources}))
    say("edges", edges)
    change, previous = facets.lifecycle(stated)
    say("change", change)
    if previous is not None:
        before = names.dataset(*previous, event, is_written=True)
        say("previous", before)
        if output.edges is None:
            say("edges", _renamed(dataset, before, stated, event, names))


def _edges(dataset: int, stated: dict[str, Any], event: Read, names: Naming) -> list[Edge] | None:
    """Return the edges that a columnLineage facet states, in order, or None without one."""
    if "columnLineage" not in stated:
        return None

    def make() -> list[Edge]:
        return sorted({names.edge(dataset, e, event) for e in facets.field_edges(stated) or []})

    return names.known.lineages.get(dataset, stated["columnLineage"], make)


def _renamed(dataset: int, previous: int, stated: dict[str, Any], event: Read, names: Naming) -> list[Edge]:
    """Return identities of the columns of the schema, or of all that were ever known without one."""
    fields = [name for name, *_ in facets.schema_fields(stated) or []]
    kept = [name for name in fields if (previous, name) in names.known.columns.ids]
    kept = kept or [name for _, name in names.known.columns_by.get(previous, [])]
    kind = names.kind("DIRECT", "IDENTITY", False, RENAMED)
    return [(names.column(dataset, n, event.seq), names.column(previous, n, event.seq), kind) for n in kept]
