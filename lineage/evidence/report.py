"""What 数据溯源报告 says: text and tables, no layout.

Lives here: the report's content from an answer, its grounds and those responsible.
Add here: a part of the report（glossary: 追溯对象、时点；完整性声明；溯源链；五方责任；行为记录；校验方法）.
Stays out: the picture (``lineage.evidence.drawing``), how it looks (``evidence.typ``), the package around it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from config import clock
from config.keys import public_fingerprint
from config.settings import settings
from lineage.access import system
from lineage.answers.asked import Asked
from lineage.answers.persons import Persons
from lineage.answers.reasons import in_chinese
from lineage.answers.responsibility import responsibility
from lineage.evidence.drawing import INDIRECT, MASKED, PLAIN, drawing
from lineage.graph.trace import Trace
from lineage.graph.view import Edge
from lineage.log.checkpoint import Checkpoint
from lineage.models import WHOLE
from scheme.catalog_files import load_catalog

KIND = "数据溯源报告"
EXPORTED = "导出溯源证据"
ROWS = 400
"""Rows of a table on paper at most; the whole is in the package's files."""
_ACTS = 40
_MASKING = {True: "已脱敏", False: "未脱敏", None: "未知"}
_TYPES = {"DIRECT": "直接取值", "INDIRECT": "间接影响"}
_SUBTYPES = {
    "IDENTITY": "原值", "TRANSFORMATION": "变换", "AGGREGATION": "汇总", "JOIN": "关联", "GROUP_BY": "分组",
    "FILTER": "筛选", "SORT": "排序", "WINDOW": "窗口", "CONDITIONAL": "条件",
}  # fmt: skip


@dataclass(frozen=True)
class Stated:
    """What a report is made of; ``columns``: (target, edge) between the data sets of the answer."""

    asked: Asked
    answer: Trace
    columns: Sequence[tuple[str, Edge]]
    source_names: dict[int, str]
    checkpoint: Checkpoint
    events: int
    pruned: int


def content(stated: Stated) -> dict[str, Any]:
    """Return the report as canonical content."""
    catalog = load_catalog(settings().catalog)
    answer = stated.answer
    sections = [
        _section("一、追溯对象和时点", table=_about(stated)),
        _section("二、完整性声明", _completeness(answer)),
        _section("三、溯源链", table=_chain(answer)),
        _section("四、数据项对应关系", table=_columns(stated)),
        _section("五、责任主体", table=_responsible(stated.asked)),
        _section("六、行为记录", table=_acts(answer)),
        _section("七、校验方法", _proof(stated)),
    ]
    picture = drawing(answer, _kinds(stated))
    return _plain(
        {
            "title": KIND, "subtitles": [f"（{answer.node}{f'，数据项 {answer.column}' if answer.column else ''}）"],
            "is_demo": any(e.synthetic for e in catalog.entries.values()), "is_draft": False, "sections": sections,
            "drawing": picture,
        }
    )  # fmt: skip


def _about(stated: Stated) -> dict[str, Any]:
    answer, asked = stated.answer, stated.asked
    direction = "来源（向上游追溯）" if answer.direction == "upstream" else "去向（向下游追溯）"
    rows = [
        ("追溯对象", answer.node), ("数据项", answer.column or "全部"), ("追溯方向", direction),
        ("时点", _moment(answer.as_of.astimezone(clock.SHANGHAI).isoformat())),
        ("依据日志", f"截至第{answer.as_of_seq}条事件"), ("查询目的", asked.purpose or "未填写"),
        ("结果", f"{len(answer.nodes)}个数据集，{len(answer.edges)}条关系，{stated.events}条溯源事件为据"),
    ]  # fmt: skip
    return _table({"事项": 20, "内容": 80}, rows, size=11)


def _completeness(answer: Trace) -> list[str]:
    if answer.is_complete:
        return ["本次追溯结果完整：每条溯源链均到达已登记的来源，未作截断。"]
    reasons = [f"{i}．{in_chinese(r)}。" for i, r in enumerate(answer.incomplete_because, 1)]
    return ["本次追溯结果不完整，原因如下：", *_some(reasons, "其余原因见 subgraph.json。")]


def _chain(answer: Trace) -> dict[str, Any]:
    rows = [
        (
            str(n.distance), n.zone, n.name, n.title, n.version[:12], "" if n.rows is None else str(n.rows),
            _facts(n.facts),
        )
        for n in answer.nodes
    ]  # fmt: skip
    widths = {"距离": 7, "所在区": 11, "数据集": 28, "中文名称": 17, "版本": 15, "记录数": 9, "登记事实": 20}
    return _table(widths, rows, (0, 5), "subgraph.json")


def _facts(facts: dict[str, Any]) -> str:
    delivery, grant = facts.get("suyuan_delivery", {}), facts.get("suyuan_grant", {})
    said = []
    if delivery:
        said.append(f"批次 {delivery.get('batchId', '')}，文件摘要 {str(delivery.get('sha256', ''))[:12]}")
    if grant:
        said.append(f"授权 {grant.get('grant', '')} 第{grant.get('version', '')}版")
    return "；".join(said)


def _columns(stated: Stated) -> dict[str, Any]:
    edges = [
        (
            stated.source_names[e.input], _column(e.input_column), target, _column(e.column),
            _TYPES.get(e.type, e.type), _SUBTYPES.get(e.subtype, e.subtype),
            _MASKING[e.masking] if e.type == "DIRECT" else "—",
        )
        for target, e in stated.columns
    ]  # fmt: skip
    widths = {
        "来源数据集": 24, "来源数据项": 15, "结果数据集": 24, "结果数据项": 15, "方式": 10, "处理": 12, "脱敏": 8,
    }  # fmt: skip
    return _table(widths, edges, (), "columns.json")


def _responsible(asked: Asked) -> dict[str, Any]:
    rows = [
        (r.duty, r.party or "未登记", r.about, "、".join(f"{s.act}：{s.by.name}" for s in r.persons), r.basis)
        for r in responsibility(asked, system()).responsible
    ]
    return _table({"责任": 15, "责任主体": 22, "事项": 18, "经办行为": 20, "依据": 32}, rows)


def _acts(answer: Trace) -> dict[str, Any]:
    persons, until = Persons(), min(answer.as_of, clock.now())
    grants = {f["grant"] for n in answer.nodes if (f := n.facts.get("suyuan_grant")) and f.get("grant")}
    steps = [
        (step, on)
        for on in [answer.node, *(f"grant:{g}" for g in sorted(grants))]
        for step in persons.steps(on, until)
        if step.act not in (EXPORTED, f"生成{KIND}", "查询血缘")
    ]
    rows = [(_moment(s.at.isoformat()), s.by.name, s.by.organisation, s.act, on) for s, on in steps[-_ACTS:]]
    return _table({"时间": 20, "人员": 20, "单位": 30, "行为": 14, "对象": 16}, rows)


def _proof(stated: Stated) -> list[str]:
    mark, root = stated.checkpoint, stated.checkpoint.tree_root or ""
    pruned = f"其中{stated.pruned}条事件的正文已依规清理，仅存摘要。" if stated.pruned else ""
    return [
        f"本报告所依据的{stated.events}条溯源事件以原始字节附于证据包 events 目录。{pruned}每条事件的摘要、校验链和"
        "其在日志中的位置（RFC 6962 默克尔路径）均可对照签名检查点验证。",
        f"检查点：第{mark.seq}条事件，{_moment(mark.at)}；树根："
        f"{' '.join(root[i : i + 8] for i in range(0, len(root), 8))}。",
        "验证：解压证据包，在其中运行 python3 verify.py（只需 Python 3.8 以上，不联网）。任一文件改动一个字节、缺少"
        "或多出文件，均不通过。",
        f"请将程序打印的签名公钥指纹与下列指纹逐字核对：{public_fingerprint('bureau')}。",
    ]


def _kinds(stated: Stated) -> dict[tuple[str, str], str]:
    """Return (source, target) → whether values go over plain, only masked, or only as conditions."""
    direct: dict[tuple[str, str], list[bool]] = {}
    for target, edge in stated.columns:
        found = direct.setdefault((stated.source_names[edge.input], target), [])
        found += [edge.masking is True] if edge.type == "DIRECT" else []
    return {pair: INDIRECT if not m else MASKED if all(m) else PLAIN for pair, m in direct.items()}


def _table(
    widths: dict[str, int], rows: Sequence[Sequence[str]], numbers: Sequence[int] = (), rest: str = "", size: int = 8
) -> dict[str, Any]:
    """Return a table; ``widths``: header → its share of the page, ``rest``: the file that has all rows."""
    note = f"共{len(rows)}行，此处列前{ROWS}行，其余见证据包 {rest}。" if len(rows) > ROWS else ""
    return {
        "headers": list(widths), "widths": list(widths.values()), "rows": [list(row) for row in rows[:ROWS]],
        "numbers": list(numbers), "note": note, "size": size,
    }  # fmt: skip


def _section(heading: str, lines: Sequence[str] = (), table: dict[str, Any] | None = None) -> dict[str, Any]:
    return {"heading": heading, "lines": list(lines), "tables": [table] if table else []}


def _some(lines: list[str], more: str) -> list[str]:
    return lines if len(lines) <= 30 else [*lines[:30], more]


def _column(name: str) -> str:
    return "（整行）" if name == WHOLE else name


def _moment(text: str) -> str:
    return text[:19].replace("T", " ")


def _plain(node: Any) -> Any:
    """Drop characters that steer printing or reading direction: what is signed is what is seen."""
    if isinstance(node, str):
        return "".join(c for c in node if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs"))
    if isinstance(node, dict):
        return {name: _plain(each) for name, each in node.items()}
    return [_plain(each) for each in node] if isinstance(node, list | tuple) else node
