"""来源: where a data set or column comes from, down to file, row batch, department and receiver; what stands above it.

Lives here: the answer to the first question.
Add here: another fact that stands beside the chain of sources.
Stays out: the walk (``lineage.answers.chain``), deliveries, grants and releases (modules of their own).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from config import clock
from lineage.access import Viewer
from lineage.answers.asked import Asked
from lineage.answers.authorizations import Authorization, ReleaseFact, authorizations, releases
from lineage.answers.chain import Chain, Standing, cut, walk
from lineage.answers.deliveries import Delivery, deliveries, left_out
from lineage.answers.persons import Persons
from lineage.graph.trace import TraceEdge, TraceNode
from lineage.models import Mention, microseconds, moment
from registry.models import GrantRecord

_FACET = "suyuan_promotion"


@dataclass(frozen=True)
class Promotion:
    """A version that was judged, and whether readers were given it; ``run_id``: the run of the pipeline."""

    dataset: str
    title: str
    version: str
    is_promoted: bool
    at: datetime
    job: str
    run_id: str


@dataclass(frozen=True)
class Sources:
    """The answer: the chain nearest first, deliveries it ends at, and what authorizes the use."""

    node: str
    column: str | None
    standing: Standing
    nodes: list[TraceNode]
    edges: list[TraceEdge]
    deliveries: list[Delivery]
    promotions: list[Promotion]
    authorizations: list[Authorization]
    releases: list[ReleaseFact]


def sources(asked: Asked, who: Viewer) -> Sources:
    """Return where a data set or column comes from.

    Raises:
        UnknownNodeError: nothing of that name was known at that time, or the viewer may not see it.
    """
    return sources_of(walk(asked, who, "upstream"), Persons())


def sources_of(chain: Chain, persons: Persons) -> Sources:
    """Return the answer that a walk upstream gives."""
    asked, products = chain.asked, {n.name for n in chain.of_zone("product") if chain.knows(n.name)}
    delivered = deliveries(chain, persons)
    return Sources(
        asked.node, asked.column, cut(chain.standing, left_out(delivered)), chain.nodes, chain.edges, delivered,
        promotions(chain), authorizations(grants_of(chain), asked.until, persons),
        releases(products, asked.until, persons),
    )  # fmt: skip


def grants_of(chain: Chain) -> set[str]:
    """Return the grants whose subsets or products lie on a way, those the viewer sees more of than their names."""
    granted = [n.name for n in chain.of_zone("authorized", "product") if chain.knows(n.name)]
    schemas = {name.split(".")[1] for name in granted if name.count(".") == 2}
    return {g for g in GrantRecord.objects.values_list("grant", flat=True) if g.lower() in schemas}


def promotions(chain: Chain) -> list[Promotion]:
    """Return the last verdict on each data set of a way that was judged."""
    found = []
    for node in chain.nodes:
        fact, number = node.facts.get(_FACET), chain.number(node.name)
        mention = _last(chain, number) if fact and number else None
        if fact and mention:
            found.append(
                Promotion(
                    node.name,
                    node.title,
                    str(fact.get("version", "")),
                    fact.get("promoted") is True,
                    moment(mention.event_us).astimezone(clock.SHANGHAI),
                    mention.job.name if mention.job else "",
                    str(mention.run.run_id) if mention.run else "",
                )
            )
    return found


def _last(chain: Chain, number: int) -> Mention | None:
    spoken = Mention.objects.select_related("job", "run").filter(
        dataset_id=number, facets__contains=_FACET, event_us__lte=microseconds(chain.view.at),
        seq__lte=chain.view.seq,
    )  # fmt: skip
    return spoken.order_by("-event_us", "-seq", "-id").first()
