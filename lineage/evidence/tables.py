"""The tables of 数据溯源报告: data sets, batches, columns, responsible parties, acts.

Lives here: one function a table, rows of text with their headers and widths.
Add here: another table, or another column of one.
Stays out: headings and sentences (``lineage.evidence.report``), how a table looks (``evidence.typ``).
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from lineage.answers import words
from lineage.answers.chain import Chain
from lineage.answers.destinations import Destinations
from lineage.answers.persons import Persons, Step
from lineage.answers.responsibility import responsibility_of
from lineage.answers.sources import Sources
from lineage.evidence.rests_on import acts_of
from lineage.evidence.ways import Stated, Ways
from lineage.graph.trace import TraceNode
from lineage.models import WHOLE

ROWS = 400
"""Rows of a table on paper at most; the whole is in the package's files."""
_TYPES = {"DIRECT": "直接取值", "INDIRECT": "间接影响"}
_SUBTYPES = {
    "IDENTITY": "原值", "TRANSFORMATION": "变换", "AGGREGATION": "汇总", "JOIN": "关联", "GROUP_BY": "分组",
    "FILTER": "筛选", "SORT": "排序", "WINDOW": "窗口", "CONDITIONAL": "条件",
}  # fmt: skip


def table(
    title: str, widths: dict[str, int], rows: Sequence[Sequence[str]], numbers: Sequence[int] = (), rest: str = "",
    size: int = 8,
) -> dict[str, Any]:  # fmt: skip
    """Return a table as the layout takes it.

    Args:
        title: empty where the heading of the section says it.
        widths: header → its share of the page.
        rows: texts, as many in a row as there are headers.
        numbers: places of columns that hold figures.
        rest: the file of the package that has all rows.
        size: of the letters, in points.
    """
    note = f"共{len(rows)}行，此处列前{ROWS}行，其余见证据包 {rest}。" if len(rows) > ROWS else ""
    return {
        "title": title, "headers": list(widths), "widths": list(widths.values()),
        "rows": [list(row) for row in rows[:ROWS]], "numbers": list(numbers), "note": note, "size": size,
    }  # fmt: skip


def chain(nodes: Sequence[TraceNode]) -> dict[str, Any]:
    """Data sets of a walk, nearest first, with what their events state."""
    rows = [
        (
            str(n.distance), n.zone, n.name, n.title, n.version[:12], "" if n.rows is None else str(n.rows),
            _facts(n.facts),
        )
        for n in nodes
    ]  # fmt: skip
    widths = {"距离": 7, "所在区": 11, "数据集": 28, "中文名称": 17, "版本": 15, "记录数": 9, "登记事实": 20}
    return table("数据集", widths, rows, (0, 5), "subgraph.json")


def _facts(facts: dict[str, Any]) -> str:
    delivery, grant, judged = (facts.get(f"suyuan_{each}", {}) for each in ("delivery", "grant", "promotion"))
    said = []
    if delivery:
        said.append(f"批次 {delivery.get('batchId', '')}，文件摘要 {str(delivery.get('sha256', ''))[:12]}")
    if grant:
        said.append(f"授权 {grant.get('grant', '')} 第{grant.get('version', '')}版")
    if judged:
        said.append(f"质量判定：{words.IN_FORCE[judged.get('promoted') is True]}")
    return "；".join(said)


def batches(up: Sources) -> dict[str, Any]:
    """Each batch of each delivery: file, encoding, receiver, version of the catalog, who brought it."""
    rows = [
        (
            d.department_name, d.title, b.batch_id, b.file_name, b.sha256, b.encoding_title, b.receiver_title,
            b.schema_title, moment(b.landed_at.isoformat()), _brought(b.handed_over, b.delivered_by) or "未登记",
        )
        for d in up.deliveries
        for b in d.batches
    ]  # fmt: skip
    widths = {
        "数源部门": 10, "资源": 10, "批次": 16, "文件": 13, "文件摘要（SHA-256）": 13, "编码": 8, "接收方式": 9,
        "目录版本": 7, "汇聚时间": 13, "经办、签发": 13,
    }  # fmt: skip
    missing = sum(d.left_out for d in up.deliveries)
    found = table("来源部门、文件和批次", widths, rows, (), "events 目录")
    return found | {"note": found["note"] + (f"另有{missing}个更早的批次未列出。" if missing else "")}


def _brought(steps: Sequence[Step], otherwise: str) -> str:
    return "、".join(f"{s.act}：{s.by.name}" for s in steps) or otherwise


def columns(stated: Stated, way: Chain) -> dict[str, Any]:
    """Which column comes of which, along the edges of a walk, and whether masked."""
    along = {(e.source, e.target) for e in way.edges}
    edges = [
        (
            stated.source_names[e.input], _column(e.input_column), target, _column(e.column),
            _TYPES.get(e.type, e.type), _SUBTYPES.get(e.subtype, e.subtype),
            words.MASKING[e.masking] if e.type == "DIRECT" else "—",
        )
        for target, e in stated.columns
        if (stated.source_names[e.input], target) in along
    ]  # fmt: skip
    widths = {
        "来源数据集": 24, "来源数据项": 15, "结果数据集": 24, "结果数据项": 15, "方式": 10, "处理": 10, "脱敏": 10,
    }  # fmt: skip
    return table("数据项对应关系", widths, edges, (), "columns.json")


def responsible(ways: Ways, persons: Persons) -> dict[str, Any]:
    """The five responsible parties, with the persons that a record names."""
    rows = [
        (
            r.duty, r.party if r.is_recorded and r.party else "无登记", r.about,
            _brought(r.persons, r.delivered_by) or ("没有登记到个人" if r.is_recorded else ""),
            f"{r.basis}{f'；接收：{r.receiver}' if r.receiver else ''}",
        )
        for r in responsibility_of(ways.up, lambda: ways.down, persons).responsible
    ]  # fmt: skip
    return table("", {"责任": 15, "责任主体": 22, "事项": 18, "责任人及办理": 20, "依据": 32}, rows)


def acts(node: str, up: Sources, down: Destinations, persons: Persons) -> dict[str, Any]:
    """The acts the answer rests on; what is left out is counted."""
    found = acts_of(node, up, down, persons)
    rows = [
        (str(g.step.seq), moment(g.step.at.isoformat()), g.step.by.name, g.step.by.organisation, g.step.act, g.on)
        for g in found.acts
    ]  # fmt: skip
    counted = (("办理", found.decisions_left_out), ("查看", found.looks_left_out))
    left_out = [f"{count}条{kind}记录" for kind, count in counted if count]
    note = f"另有{'、'.join(left_out)}未列出，见平台审计记录。" if left_out else ""
    widths = {"序号": 8, "时间": 19, "人员": 20, "单位": 26, "行为": 14, "对象": 17}
    return table("", widths, rows, (0,)) | {"note": note}


def _column(name: str) -> str:
    return "（整行）" if name == WHOLE else name


def moment(text: str) -> str:
    """Return a moment of ISO 8601 as it is printed, to the second."""
    return text[:19].replace("T", " ")
