"""去向: which subsets and products a data set or column went into, under which grants, and who uses them.

Lives here: the answer to the second question.
Add here: another fact about what lies downstream.
Stays out: the list of one department's resources (``lineage.graph.destinations``), who uses a product
(``lineage.answers.consumers``).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import datetime

from config import clock
from lineage.access import Viewer
from lineage.answers.asked import Asked
from lineage.answers.authorizations import Authorization, ReleaseFact, authorizations, releases
from lineage.answers.chain import Chain, Standing, walk
from lineage.answers.consumers import Consumer, consumers
from lineage.answers.persons import Persons
from lineage.answers.sources import grants_of
from lineage.graph.trace import TraceEdge, TraceNode
from lineage.models import moment


@dataclass(frozen=True)
class SubsetUse:
    """A granted subset downstream; ``columns``: those concerned, of a question about a column."""

    dataset: str
    title: str
    grant: str
    columns: list[str]
    version: str
    rows: int | None
    made_at: datetime | None


@dataclass(frozen=True)
class ProductUse:
    """A product downstream, its releases newest first, and who uses it."""

    dataset: str
    title: str
    grant: str
    columns: list[str]
    version: str
    made_at: datetime | None
    releases: list[ReleaseFact]
    consumers: list[Consumer]


@dataclass(frozen=True)
class Destinations:
    """The answer: the way down nearest first, and its ends."""

    node: str
    column: str | None
    standing: Standing
    nodes: list[TraceNode]
    edges: list[TraceEdge]
    subsets: list[SubsetUse]
    products: list[ProductUse]
    authorizations: list[Authorization]


def destinations(asked: Asked, who: Viewer) -> Destinations:
    """Return where a data set or column went.

    Raises:
        UnknownNodeError: nothing of that name was known at that time, or the viewer may not see it.
    """
    return destinations_of(walk(asked, who, "downstream"), Persons())


def destinations_of(chain: Chain, persons: Persons) -> Destinations:
    """Return the answer that a walk downstream gives."""
    asked = chain.asked
    granted = authorizations(grants_of(chain), asked.until, persons)
    by_schema = {a.grant.lower(): a.grant for a in granted}
    return Destinations(
        asked.node, asked.column, chain.standing, chain.nodes, chain.edges,
        [_subset(chain, n, by_schema) for n in chain.of_zone("authorized")],
        [_product(chain, n, by_schema, persons) for n in chain.of_zone("product")], granted,
    )  # fmt: skip


def _subset(chain: Chain, node: TraceNode, grants: dict[str, str]) -> SubsetUse:
    return SubsetUse(
        node.name, node.title, grants.get(_schema(node), ""), node.columns, node.version, node.rows,
        _made_at(chain, node),
    )  # fmt: skip


def _product(chain: Chain, node: TraceNode, grants: dict[str, str], persons: Persons) -> ProductUse:
    until = chain.asked.until
    out = releases({node.name}, until, persons) if chain.knows(node.name) else []
    return ProductUse(
        node.name, node.title, grants.get(_schema(node), ""), node.columns, node.version, _made_at(chain, node), out,
        _shown(consumers(out, until, persons), chain.who),
    )  # fmt: skip


def _shown(found: list[Consumer], who: Viewer) -> list[Consumer]:
    """Names of persons are for those who see everything; others read the organisation."""
    return found if who.sees_all else [replace(c, who=c.organisation or c.how, purposes=[]) for c in found]


def _schema(node: TraceNode) -> str:
    return node.name.split(".")[1] if "." in node.name else ""


def _made_at(chain: Chain, node: TraceNode) -> datetime | None:
    number = chain.number(node.name) if chain.knows(node.name) else None
    statement = chain.view.statement(number) if number is not None else None
    return moment(statement.event_us).astimezone(clock.SHANGHAI) if statement else None
