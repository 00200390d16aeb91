"""What a product was made of, as its events recorded it: data sets with versions.

Lives here: each recorded making of a product, newest first, and the versions recorded of reference registers.
Add here: another record of a making.
Stays out: making it again (``dataplane.rebuilding``), comparing (``portal.rebuilding``).
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime

from config import clock
from lineage.graph.view import view
from lineage.models import Mention, Statement, microseconds, moment


@dataclass(frozen=True)
class Recorded:
    """One making: when, by which event, and the subset's tables it read, with versions."""

    seq: int
    at: datetime
    version: str
    inputs: dict[str, str]


def recorded(product: str, content: str) -> list[Recorded]:
    """Return the makings of a product data set with this content, newest first.

    A product whose version is not its content（a call, released by its definition）: all its makings.
    """
    now = view()
    number = now.find(product)
    made = Statement.objects.filter(dataset_id=number, run__isnull=False).order_by("-event_us", "-seq")
    found = [
        Recorded(s.seq, moment(s.event_us).astimezone(clock.SHANGHAI), s.version, _inputs(s.run_id)) for s in made[:500]
    ]
    return [r for r in found if r.version == content] or found


def reference_versions(datasets: Iterable[str], at: datetime) -> dict[str, str]:
    """Return the version of each reference register that was the latest at a moment."""
    now, found = view(at), {}
    for name in datasets:
        number = now.find(name)
        statement = now.statement(number) if number is not None else None
        if statement and statement.event_us <= microseconds(at):
            found[name] = statement.version
    return found


def _inputs(run: int) -> dict[str, str]:
    read = Mention.objects.filter(run_id=run, part=Mention.Part.INPUT).exclude(version="")
    return {m.dataset.name: m.version for m in read.select_related("dataset")}
