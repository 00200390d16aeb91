"""部门数据质量报告: what the bureau tells a department about its resources.

Lives here: its content as of today.
Add here: a section of the report.
Stays out: gathering (``expectations.report``), scores, the district's report (``monthly_report``).
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from config import clock
from expectations.documents import problem_list, score_tables
from expectations.documents.content import (
    Block,
    Document,
    Listing,
    Row,
    Section,
    Table,
    bureau,
    change,
    deadline_in_words,
    is_demo,
    joined,
    share,
)  # fmt: skip
from expectations.documents.problem_list import ProblemRows
from expectations.models import Order
from expectations.orders import reading, states
from expectations.report import ResourceQuality, department_quality
from expectations.score import dataset_of, district_of, grouped
from expectations.scoring import GroupScore, Score
from expectations.trend import Point, trends
from scheme.catalog import Catalog, Dimension, Severity
from scheme.chinese_dates import day
from scheme.legal_basis import SCHEME, basis
from scheme.protocols import DataUse, RuleOutcome

KIND = "部门数据质量报告"
BATCHES = 6
"""Batches of a resource that the trend shows."""


def department_report(code: str, catalog: Catalog, uses: Sequence[DataUse]) -> Document:
    """Return the report of a department; ``uses``: where its resources go.

    Raises:
        KeyError: the catalog has no such department.
    """
    department, today = catalog.departments[code], clock.today()
    found = department_quality(code, catalog)
    rows = {r.entry.id: _rows(r) for r in found if r.failed}
    listing = _listing(found, rows)
    return Document(
        kind=KIND, title=f"{department.name}数据质量报告", number="", about=f"department:{code}", sender=bureau(),
        is_demo=is_demo(catalog), to=department.name, date=day(today), subtitles=(f"（截至{day(today)}）",),
        sections=(
            Section("", (Block((_lead(),)),)), Section("一、概况", _overview(code, catalog, found)),
            Section("二、逐资源得分与趋势", _scores(found)), Section("三、未通过规则", _failed(found, rows)),
            Section("四、待整改事项与剩余工作日", _orders(code, catalog)),
            Section("五、本部门数据去向", _uses(uses)),
        ),
        attachments=(problem_list.on_paper(listing),) if listing.total else (),
        listings=(listing,) if listing.total else (),
    )  # fmt: skip


def _lead() -> str:
    return (
        f"根据《{SCHEME}》{basis('数据治理')}，现将你单位公共数据资源质量检查情况反馈如下。"
        "问题数据以“批次＋行号”标识，业务主键仅在本部门下载的整改工作簿中出现。"
    )


def _overview(code: str, catalog: Catalog, found: list[ResourceQuality]) -> tuple[Block, ...]:
    scores = [r.score for r in found if r.score]
    group = next((g for g in grouped(catalog, scores, clock.today()) if g.code == code), None)
    landed, failed = sum(r.batch is not None for r in found), [o for r in found for o in r.failed]
    critical = sum(o.severity == Severity.critical for o in failed)
    problems = sum(o.unexpected_count for o in failed)
    aside = [r.entry.name for r in found if r.aside]
    said = [
        f"列入资源目录的资源{len(found)}项，已汇聚{landed}项，已检查{len(scores)}项。"
        f"未通过规则{len(failed)}条（其中严重{critical}条），涉及问题记录{problems:,}条次。",
        f"最近批次未通过检查、沿用上一版本的资源：{joined(aside)}。" if aside else "",
    ]
    table = Table("本部门得分（百分制，按GB/T 36344—2018计算）", score_tables.HEADERS,
                  (score_tables.figures(group or _alone(scores)),), (0, 1, 2, 3, 4))  # fmt: skip
    return (Block(tuple(s for s in said if s), (table,) if scores else ()),)


def _alone(scores: list[Score]) -> GroupScore | None:
    """Return the score of a department that does not count for the district."""
    return district_of([GroupScore("department", "", "", tuple(scores), scores[0].weight)]) if scores else None


def _scores(found: list[ResourceQuality]) -> tuple[Block, ...]:
    history = trends([r.entry for r in found])
    present = tuple(_present(r, history[r.entry.id]) for r in found)
    headers: Row = ("资源", *score_tables.HEADERS, "较上批次")
    moved = tuple(row for r in found for row in _moves(r.entry.name, history[r.entry.id]))
    tables = [Table("各资源最近一次检查得分", headers, present, (1, 2, 3, 4, 5, 6))]
    if moved:
        title, trend = f"各批次得分（每项资源最近{BATCHES}个批次）", ("资源", "检查日期", *score_tables.HEADERS)
        tables.append(Table(title, trend, moved, (2, 3, 4, 5, 6)))
    nothing = "" if moved else "各资源均只有一个批次，尚无趋势。"
    return (Block((nothing,) if nothing else (), tuple(tables)),)


def _present(resource: ResourceQuality, history: list[Point]) -> Row:
    before = history[-2].score.total if len(history) > 1 else None
    moved = change(resource.score.total, before) if resource.score else "—"
    return (resource.entry.name, *score_tables.figures(resource.score), moved)


def _moves(name: str, history: list[Point]) -> list[Row]:
    if len(history) < 2:
        return []
    return [(name, f"{p.on:%Y-%m-%d}", *score_tables.figures(p.score)) for p in history[-BATCHES:]]


def _failed(found: list[ResourceQuality], rows: dict[str, ProblemRows]) -> tuple[Block, ...]:
    blocks = [_of_resource(r, rows[r.entry.id], place) for place, r in enumerate((r for r in found if r.failed), 1)]
    if not blocks:
        blocks = [Block(("各资源检查规则全部通过，未发现问题数据。",))]
    errors = sum(len(r.errors) for r in found)
    if errors:
        blocks.append(Block((f"另有{errors}条规则未能执行，由数据工程师处理，不计入本部门。",)))
    return tuple(blocks)


def _of_resource(resource: ResourceQuality, rows: ProblemRows, place: int) -> Block:
    batch = resource.batch.batch_id if resource.batch else ""
    headers = ("说明", "规则", "维度", "严重程度", "问题记录", "占比", "示例")
    table = Table("", headers, tuple(_rule(o, rows) for o in resource.failed), (4, 5))
    said = f"批次{batch}，通过规则{resource.passed}条，未通过{len(resource.failed)}条。"
    return Block((said,), (table,), f"（{_figure(place)}）{resource.entry.name}")


def _rule(outcome: RuleOutcome, rows: ProblemRows) -> Row:
    examples = problem_list.examples(rows, outcome.rule)
    return (
        outcome.meaning, outcome.rule, Dimension(outcome.dimension).chinese, Severity(outcome.severity).chinese,
        f"{outcome.unexpected_count:,}", share(outcome.unexpected_count, outcome.evaluated_count),
        examples if examples != "—" else "针对整个批次",
    )  # fmt: skip


def _orders(code: str, catalog: Catalog) -> tuple[Block, ...]:
    own = Order.objects.filter(department=code, dispatched_on__isnull=False)
    found = list(own.exclude(state__in=[*states.CLOSED, "待发出", "待签发"]).order_by("due", "pk"))
    if not found:
        return (Block(("无待整改事项。",)),)
    late = sum(reading.is_overdue(o, clock.today()) for o in found)
    said = f"待整改事项{len(found)}件，其中逾期{late}件。" + ("请对逾期事项立即整改并重新汇聚。" if late else "")
    headers = ("编号", "资源", "问题", "状态", "整改期限", "剩余工作日", "尚余问题")
    return (Block((said,), (Table("", headers, tuple(_order(o, catalog) for o in found), (5, 6)),)),)


def _order(order: Order, catalog: Catalog) -> Row:
    entry = catalog.entries.get(f"{order.department}.{order.resource}")
    left = reading.days_left(order, clock.today())
    days = "暂停计算" if left is None else f"逾期{-left}" if reading.is_overdue(order, clock.today()) else str(left)
    return (
        order.number, entry.name if entry else order.resource, order.meaning, order.state,
        deadline_in_words(order.due, order.is_provisional), days, f"{order.problem_count:,}",
    )  # fmt: skip


def _uses(uses: Sequence[DataUse]) -> tuple[Block, ...]:
    if not uses:
        return (Block(("本部门资源尚无授权使用。",)),)
    headers = ("资源", "应用场景（授权）", "二级开发主体", "状态", "提供的数据项", "数据产品")
    rows = tuple(
        (u.resource, f"{u.scenario}（{u.grant}）", u.developer, _supply(u),
         f"{u.subset}：{'；'.join(u.columns) or '不提供数据项'}", joined(u.products))
        for u in uses
    )  # fmt: skip
    return (Block((), (Table("", headers, rows),)),)


def _supply(use: DataUse) -> str:
    return use.state if use.supplied == "是" else f"{use.state}，当前不供数（{use.supplied.removeprefix('否：')}）"


def _rows(resource: ResourceQuality) -> ProblemRows:
    from expectations.models import CheckRun

    return problem_list.rows_of(resource.entry, CheckRun.objects.filter(dataset=dataset_of(resource.entry)).last())


def _listing(found: list[ResourceQuality], rows: dict[str, ProblemRows]) -> Listing:
    meanings = {(r.entry.id, o.rule): o.meaning for r in found for o in r.failed}
    names = {r.entry.id: r.entry.name for r in found}

    def every() -> Iterator[Row]:
        for resource, listed in rows.items():
            for rule, batch, row in listed.rows():
                yield names[resource], meanings.get((resource, rule), rule), rule, batch, str(row)

    total = sum(len(r) for r in rows.values())
    return Listing("问题数据清单", ("资源", "问题", "规则", "批次", "行号"), total, every, (4,))


def _figure(number: int) -> str:
    figures = "一二三四五六七八九"
    tens, ones = divmod(number, 10)
    head = "" if tens == 0 else "十" if tens == 1 else f"{figures[tens - 1]}十"
    return head + (figures[ones - 1] if ones else "")
