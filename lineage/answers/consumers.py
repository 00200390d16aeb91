"""Who uses a product: its developer, who opened or downloaded it here, who called it.

Lives here: consumers of one product data set up to a moment, from the ledger and the data plane's trace of calls.
Add here: another way in which a product is used.
Stays out: the product's release (``lineage.answers.authorizations``).
"""

from __future__ import annotations

from dataclasses import dataclass, field
from datetime import datetime

from config import clock
from lineage.answers.authorizations import ReleaseFact
from lineage.answers.persons import Person, Persons
from registry.models import AuditEvent
from warehouse.product_calls import calls_of

_OPENED = ("查看数据产品", "下载数据产品")


@dataclass(frozen=True)
class Consumer:
    """One user of a product; ``how``: 查看 (a person) or 调用 (a client of an organisation)."""

    how: str
    who: str
    organisation: str
    count: int
    first: datetime
    last: datetime
    refused: int = 0
    purposes: list[str] = field(default_factory=list)


def consumers(releases: list[ReleaseFact], until: datetime, persons: Persons) -> list[Consumer]:
    """Return who used these releases of one product up to a moment."""
    opened = AuditEvent.objects.filter(
        object__in=[f"release:{r.pk}" for r in releases], action__in=_OPENED, at__lte=until
    ).order_by("seq")
    by_actor: dict[str, list[datetime]] = {}
    for event in opened:
        by_actor.setdefault(event.actor, []).append(event.at.astimezone(clock.SHANGHAI))
    found = [_reader(persons(actor), moments) for actor, moments in by_actor.items()]
    for product, grant in sorted({(r.product, r.grant) for r in releases}):
        found += [
            Consumer("调用", c.client, "", c.count, c.first, c.last, c.refused, c.purposes)
            for c in calls_of(product, grant, until)
        ]
    return found


def _reader(person: Person, moments: list[datetime]) -> Consumer:
    return Consumer("查看", person.name, person.organisation, len(moments), moments[0], moments[-1])
