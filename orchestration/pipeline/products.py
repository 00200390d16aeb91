"""Products: made by the data plane, scanned as files, traced, put forward for review.

Lives here: what happens around making a product. Stays out: its content (``dataplane``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime
from uuid import UUID

from config import clock
from orchestration.pipeline import events
from scheme.bundle import Bundle
from scheme.names import authorized_name, product_name
from scheme.protocols import Column, ColumnEdge, LineageNode
from warehouse import grant_file, kept_subsets


class ProductRefusedError(RuntimeError):
    """The product holds what must not leave; says what and what to do next."""


@dataclass(frozen=True)
class Made:
    """A product version and where its review stands."""

    content: str
    suppressed: int
    state: str


def crossed_contents() -> list[str]:
    """Return ``grant:content`` of every usable bundle, shortened."""
    from dataplane.opening import GrantRefusedError, read_bundle

    found = []
    for grant in grant_file.published():
        try:
            found.append(f"{grant}:{read_bundle(grant).content[:16]}")
        except GrantRefusedError:
            continue  # its product asset says why
    return found


def make_elderly_care_report(run_id: UUID, started: datetime) -> Made:
    """Make, scan, trace and submit the S2 report.

    Raises:
        GrantRefusedError: the grant may not be used.
        ProductRefusedError: the desensitization gate found personal data in its files.
    """
    from dataplane import elderly_care_report as report
    from desensitization.file_scan import scan_file
    from desensitization.gate import judge
    from registry.actions import submit_release
    from registry.models import GrantRecord

    made = report.make()
    verdict = judge([scan_file(f) for f in sorted(made.folder.iterdir())])
    if verdict.is_blocked:
        found = "；".join(f"{f.table}：{f.entity} {f.count} 处" for f in verdict.findings)
        raise ProductRefusedError(
            f"产品未通过脱敏核验：{found}。依据：第十九条（【数据产品发布管理】）。{verdict.next_step}"
        )
    _keep(made.bundle)
    sql = {q: report.query(q, report.lineage_tables()) for q in report.QUERIES}
    _trace(made.bundle, report.PRODUCT, "养老服务设施布局季度报告", list(sql.values()), made.content,
           report.COLUMNS, run_id, started)  # fmt: skip
    release = submit_release(
        report.PRODUCT,
        "养老服务设施布局季度报告",
        "数据报告",
        GrantRecord.objects.get(grant=report.GRANT),
        made.content,
    )
    return Made(made.content, made.suppressed, release.state)


def offer_verification(run_id: UUID, started: datetime) -> str:
    """Trace the S1 verification on the present subset and submit its definition; return the content it answers from.

    Data change daily, the questions do not: what the two keys release is the definition.

    Raises:
        GrantRefusedError: the grant may not be used.
        ProductRefusedError: the subset was published anew meanwhile.
    """
    from dataplane import verification
    from dataplane.opening import read_bundle
    from registry.actions import submit_release
    from registry.models import GrantRecord

    bundle = read_bundle(verification.GRANT)
    content = bundle.content
    tables = {t: authorized_name(verification.GRANT, t).relation for t in ("firms", "insurance", "tax_credit")}
    queries = []
    for item, text in verification.ITEMS.items():
        column = text.split()[1]
        sql = text.split(" WHERE ")[0].replace(f"SELECT {column}", f"SELECT {column} AS {item}")
        for table, relation in tables.items():
            sql = sql.replace(f"FROM {table}", f"FROM {relation}")
        queries.append(sql)
    name = "企业经营与参保状态核验"
    _keep(bundle)
    _trace(bundle, verification.PRODUCT, name, queries, content, verification.TITLES, run_id, started)
    record = GrantRecord.objects.get(grant=verification.GRANT)
    submit_release(verification.PRODUCT, name, "数据核验", record, verification.definition(bundle.grant))
    return content


def _keep(bundle: Bundle) -> None:
    """Keep what the product was made of, so that it can be made again and compared.

    Raises:
        ProductRefusedError: the subset was published anew meanwhile.
    """
    grant = bundle.grant.grant
    try:
        kept_subsets.keep(grant, bundle.content)
    except FileNotFoundError:
        raise ProductRefusedError(f"授权 {grant} 的子集在制作期间已更新或收回。请重新运行该数据产品。") from None


def _trace(
    bundle: Bundle, product: str, title: str, queries: list[str], content: str, titles: dict[str, str], run_id: UUID,
    started: datetime,
) -> None:  # fmt: skip
    from lineage.columns import statement_lineage
    from lineage.events import emit, facets
    from orchestration.pipeline.subsets import active

    grant = bundle.grant.grant
    read = {str(authorized_name(grant, table)): held.version for table, held in bundle.tables.items()}
    edges: list[ColumnEdge] = []
    sources: set[str] = set()
    for sql in queries:
        lineage = statement_lineage(sql, events.known_columns())
        edges += [e for e in lineage.edges if e not in edges]
        sources |= set(lineage.reads)
    columns = tuple(Column(name, "text", name_cn) for name, name_cn in titles.items())
    node = LineageNode(
        str(product_name(grant, product)), columns, content, tuple(edges), facets.grant(active(grant)), title
    )
    emit.step(
        f"product.{grant.lower()}.{product}", run_id,
        inputs=[LineageNode(s, version=read.get(s)) for s in sorted(sources)], outputs=[node],
        started=started, ended=clock.now(), job_type="PRODUCT", sql=";\n".join(queries), description=title,
    )  # fmt: skip
