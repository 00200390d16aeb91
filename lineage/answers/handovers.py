"""Which handover in the portal brought a delivered file, and who handled and signed it, as of a moment.

Lives here: from the digest of a file to the handover that delivered it and its acts.
Add here: another act on a handover that an answer names.
Stays out: batches (``lineage.answers.deliveries``), doing the acts (``registry.handovers``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from lineage.answers.persons import Persons, Step, last_of
from registry.models import Handover

HANDLED, SIGNED = "提交汇聚批次", "签发汇聚批次"


@dataclass(frozen=True)
class Handed:
    """A handover that delivered a file: its number in the ledger, and the acts by which it did."""

    pk: int
    steps: list[Step]


def handed_over(sha256: str, department: str, resource: str, until: datetime, persons: Persons) -> Handed | None:
    """Return the last handover of exactly this file of a resource that was signed by then, or None.

    ``resource`` empty: of any resource of the department.
    """
    of = Handover.objects.filter(department=department, sha256=sha256, made_at__lte=until)
    found = of.filter(resource=resource) if resource else of
    for pk in found.order_by("-pk").values_list("pk", flat=True) if sha256 else ():
        steps = persons.steps(f"handover:{pk}", until)
        if last_of(steps, SIGNED):
            return Handed(pk, [s for s in (last_of(steps, HANDLED), last_of(steps, SIGNED)) if s])
    return None
