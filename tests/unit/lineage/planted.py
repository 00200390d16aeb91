"""A small planted lineage of the demo's two grants: who came from where is known by construction."""

from __future__ import annotations

import datetime as dt
from uuid import UUID, uuid4

from lineage.events import emit, facets
from registry.models import GrantRecord
from scheme.grant import Grant
from scheme.names import authorized_name, delivery_name, landing_name, product_name, staging_name
from scheme.protocols import Column, ColumnEdge, LineageNode

SHANGHAI = dt.timezone(dt.timedelta(hours=8))
MONDAY = dt.datetime(2026, 9, 21, 8, 0, tzinfo=SHANGHAI)
HOMES = (
    "minzheng",
    "elderly_care_institutions",
    "elderly_care_institutions",
    "institutions",
    "S2",
    "elderly_care_report",
)
FIRMS = ("shichang", "enterprise_registration", "enterprise", "firms", "S1", "enterprise_status_verification")
HOMES_FILE, HOMES_BATCH = "a1" * 32, "20260921T080000-aaaa"
FIRMS_FILE, FIRMS_BATCH = "b2" * 32, "20260921T080000-bbbb"


def names(chain: tuple[str, ...]) -> dict[str, str]:
    department, resource, entity, table, grant, product = chain
    return {
        "delivery": str(delivery_name(department, resource)), "landing": str(landing_name(department, resource)),
        "staging": str(staging_name(department, entity)), "subset": str(authorized_name(grant, table)),
        "product": str(product_name(grant, product)),
    }  # fmt: skip


def step(
    job: str, source: LineageNode, target: LineageNode, at: dt.datetime, sql: str | None = None, kind: str = "MODEL"
) -> UUID:
    run = uuid4()
    emit.step(job, run, inputs=[source], outputs=[target], started=at, ended=at, job_type=kind, sql=sql)
    return run


def node(
    name: str, column: str, version: str, source: str = "", source_column: str = "", **more: object
) -> LineageNode:
    edges = (ColumnEdge(column, source, source_column, "DIRECT", "IDENTITY", masking=False),) if source else ()
    return LineageNode(name, (Column(column, "text"),), version, edges, title=f"{name}的标题", **more)  # type: ignore[arg-type]


def deliver(chain: tuple[str, ...], batch: str, sha256: str, at: dt.datetime) -> None:
    of = names(chain)
    fact = facets.delivery(
        batch_id=batch, file_name=f"{chain[1]}.csv", sha256=sha256, encoding="utf-8", rows_declared=3, rows_landed=3,
        rows_quarantined=0, receiver="portal", schema_version=2,
    )  # fmt: skip
    step(
        f"landing.{chain[0]}.{chain[1]}", node(of["delivery"], "名称", sha256, facets=fact),
        node(of["landing"], "name", batch, of["delivery"], "名称", facets=fact), at, kind="LANDING",
    )  # fmt: skip


def build(chain: tuple[str, ...], batch: str, version: str, at: dt.datetime, *, with_versions: bool = True) -> None:
    """Standardise a batch, make the subset of it, and the product of that; versions are told apart by a letter."""
    of, grant = names(chain), facets.grant(Grant.model_validate(GrantRecord.objects.get(grant=chain[4]).document))
    staged, subset, made = (version * 64, version * 63 + "1", version * 63 + "2")
    step(
        "dbt.staging", node(of["landing"], "name", batch), node(of["staging"], "name", staged, of["landing"], "name"),
        at, "select name from landing where kind = '机构'",
    )  # fmt: skip
    judged = node(of["staging"], "name", staged, facets=facets.promotion(True, staged))
    emit.step("check.staging", uuid4(), inputs=[judged], outputs=[], started=at, ended=at, job_type="CHECK")
    step(
        "dbt.subset", node(of["staging"], "name", staged if with_versions else ""),
        node(of["subset"], "name", subset, of["staging"], "name", facets=grant), at, "select name from staging",
    )  # fmt: skip
    step(
        "product", node(of["subset"], "name", subset),
        node(of["product"], "beds", made, of["subset"], "name", facets=grant), at, "select count(*) from subset",
        "PRODUCT",
    )  # fmt: skip


def plant() -> None:
    """Both chains, as they were on Monday."""
    deliver(HOMES, HOMES_BATCH, HOMES_FILE, MONDAY)
    build(HOMES, HOMES_BATCH, "c", MONDAY + dt.timedelta(hours=1))
    deliver(FIRMS, FIRMS_BATCH, FIRMS_FILE, MONDAY)
    build(FIRMS, FIRMS_BATCH, "d", MONDAY + dt.timedelta(hours=1))
