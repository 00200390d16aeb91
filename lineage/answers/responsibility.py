"""责任: the five responsible parties of a data set or column（谁采集、谁持有、谁授权、谁运营、谁使用谁负责）.

Lives here: each of the five with its party, the persons recorded, and the record or agreement it rests on.
Add here: another record that names somebody responsible.
Stays out: the walk, deliveries, grants (modules of their own). Nobody is guessed: what no record names is said.
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass

from lineage.access import Viewer
from lineage.answers.asked import Asked
from lineage.answers.authorizations import Authorization, authorizations
from lineage.answers.chain import Chain, Standing, cut, walk
from lineage.answers.deliveries import BatchFact, Delivery, deliveries, left_out
from lineage.answers.persons import Persons, Step, last_of
from lineage.answers.sources import grants_of, promotions
from registry.models import Party
from scheme.legal_basis import basis

DUTIES = ("谁采集谁负责", "谁持有谁负责", "谁授权谁负责", "谁运营谁负责", "谁使用谁负责")
COLLECTS, HOLDS, AUTHORIZES, OPERATES, USES = DUTIES
_HOLDER = "实施机构"


@dataclass(frozen=True)
class Responsible:
    """One responsible party; ``persons``: the acts that name a person; ``is_recorded``: a record names the party."""

    duty: str
    party: str
    about: str
    persons: list[Step]
    basis: str
    receiver: str = ""
    delivered_by: str = ""
    is_recorded: bool = True


@dataclass(frozen=True)
class Responsibility:
    """The answer: at least one entry for each of the five."""

    node: str
    column: str | None
    standing: Standing
    responsible: list[Responsible]


def responsibility(asked: Asked, who: Viewer) -> Responsibility:
    """Return who is responsible for a data set or column.

    Raises:
        UnknownNodeError: nothing of that name was known at that time, or the viewer may not see it.
    """
    return responsibility_of(walk(asked, who, "upstream"), lambda: walk(asked, who, "downstream"), Persons())


def responsibility_of(up: Chain, down: Callable[[], Chain], persons: Persons) -> Responsibility:
    """Return the answer that a walk upstream gives; where no grant stands on it, the walk downstream names them."""
    granted = authorizations(grants_of(up) or grants_of(down()), up.asked.until, persons)
    delivered = deliveries(up, persons)
    found = [r for d in delivered for r in _collectors(d)] + [_holder(up)]
    for each in granted:
        found += _three(each)
    unknown = left_out([d for d in delivered if _in_use(d) is None])
    return Responsibility(up.asked.node, up.asked.column, cut(up.standing, unknown), _with_gaps(found))


def _in_use(delivery: Delivery) -> BatchFact | None:
    return next((b for b in delivery.batches if b.is_in_use is not False), None)


def _collectors(delivery: Delivery) -> list[Responsible]:
    """Return one entry for each batch in use: an increment rests on many, handed over by different persons.

    Where no version tells which are in use, the latest stands for them. What is not listed is said in the last entry.
    """
    in_use = [b for b in delivery.batches if b.is_in_use]
    unsure = [b for b in delivery.batches if b.is_in_use is None]
    shown: list[BatchFact | None] = [*(in_use or unsure[:1] or [None])]
    rest = "" if in_use or len(unsure) < 2 else f"；另有 {len(unsure) - 1} 个较早的批次，没有版本记录说明是否在用"
    if delivery.left_out:
        rest += f"；更早的 {delivery.left_out} 个批次未逐一列出"
    return [_collector(delivery, b, rest if b is shown[-1] else "") for b in shown]


def _collector(delivery: Delivery, batch: BatchFact | None, rest: str) -> Responsible:
    ground = basis("数据汇聚") + rest
    if batch:
        ground = f"批次 {batch.batch_id}（文件摘要值 {batch.sha256[:12]}），{ground}"
    return Responsible(
        COLLECTS, delivery.department_name, delivery.title, batch.handed_over if batch else [], ground,
        batch.receiver_title if batch else "", batch.delivered_by if batch else "",
    )  # fmt: skip


def _holder(chain: Chain) -> Responsible:
    """The bureau's platform holds what was collected; subsets are built and checked there too."""
    party = Party.objects.filter(kind=_HOLDER).order_by("pk").first()
    judged = [p for p in promotions(chain) if p.is_promoted and p.dataset.startswith("platform.")]
    ground = basis("数据汇聚")
    if judged:
        ground = f"版本 {judged[0].version[:12]}（{judged[0].dataset}，运行 {judged[0].run_id[:8]}），{ground}"
    return Responsible(
        HOLDS, party.name if party else "", "区一体化大数据平台", [], ground, is_recorded=party is not None
    )


def _three(grant: Authorization) -> list[Responsible]:
    about = f"授权 {grant.grant}（{grant.scenario}）"
    operation, development = grant.agreements
    named = f"授权 {grant.grant} 第{grant.version}版（摘要值 {grant.sha256[:12]}）"
    return [
        Responsible(AUTHORIZES, grant.bureau, about, _done(grant, "核准", "签署生效"),
                    f"{named}、{operation.kind} {operation.number}，{basis('授权模式')}"),
        Responsible(OPERATES, grant.primary_operator, about, _done(grant, "初审通过"),
                    f"{operation.kind} {operation.number}，{basis('授权模式')}"),
        Responsible(USES, grant.developer, about, _done(grant, "提交初审"),
                    f"{development.kind} {development.number}、{named}，{basis('数据的授权开发')}"),
    ]  # fmt: skip


def _done(grant: Authorization, *acts: str) -> list[Step]:
    found = (last_of(grant.steps, act) for act in acts)
    return [step for step in found if step]


def _with_gaps(found: list[Responsible]) -> list[Responsible]:
    """Say of each duty that no record names anybody for."""
    named = {r.duty for r in found}
    missing = [Responsible(d, "", "", [], basis("安全责任"), is_recorded=False) for d in DUTIES if d not in named]
    return sorted(found + missing, key=lambda r: DUTIES.index(r.duty))
