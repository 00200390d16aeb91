"""What 数据溯源报告 says: text and tables, no layout.

Lives here: the report's sections from both walks, their grounds and those responsible.
Add here: a part of the report（glossary: 追溯对象、时点；完整性声明；来源链；去向链；五方责任；行为记录；校验）.
Stays out: its tables (``lineage.evidence.tables``), the picture (``lineage.evidence.drawing``), how it looks
(``evidence.typ``), the package around it.
"""

from __future__ import annotations

import unicodedata
from collections.abc import Sequence
from typing import Any

from config import clock
from config.keys import public_fingerprint
from config.settings import settings
from lineage.answers.chain import Standing
from lineage.answers.destinations import destinations_of
from lineage.answers.persons import Persons
from lineage.answers.reasons import in_chinese
from lineage.answers.sources import sources_of
from lineage.evidence import tables
from lineage.evidence.drawing import drawing
from lineage.evidence.ways import Stated, kinds
from scheme.catalog_files import load_catalog

KIND = "数据溯源报告"
EXPORTED = "导出溯源证据"
_ACTS_OF = (
    "本报告所依据的授权、产品发布、汇聚批次以及追溯对象本身的办理记录，先列办理事项，后列查看和下载，各按审计记录序号排列。"
    "对追溯对象的血缘查询、证据导出和报告出具不在此列，见平台审计记录。"
)


def content(stated: Stated) -> dict[str, Any]:
    """Return the report as canonical content."""
    catalog, persons, ways = load_catalog(settings().catalog), Persons(), stated.ways
    up, down = sources_of(ways.up, persons), destinations_of(ways.down, persons)
    answer = ways.answer.found
    sections = [
        _section("一、追溯对象和时点", tables=[_about(stated)]),
        _section("二、完整性声明", [*_completeness("来源链", up.standing), *_completeness("去向链", down.standing)]),
        _section("三、来源链", tables=[tables.chain(up.nodes), tables.batches(up), tables.columns(stated, ways.up)]),
        _section("四、去向链", tables=[tables.chain(down.nodes), tables.columns(stated, ways.down)]),
        _section("五、五方责任", tables=[tables.responsible(ways, persons)]),
        _section("六、行为记录", [_ACTS_OF], [tables.acts(ways.asked.node, up, down, persons)]),
        _section("七、校验方法和结果", _proof(stated)),
    ]
    return _plain(
        {
            "title": KIND, "subtitles": [f"（{answer.node}{f'，数据项 {answer.column}' if answer.column else ''}）"],
            "is_demo": any(e.synthetic for e in catalog.entries.values()), "is_draft": False, "sections": sections,
            "drawing": drawing(ways.whole, kinds(stated)),
        }
    )  # fmt: skip


def _about(stated: Stated) -> dict[str, Any]:
    answer, asked, whole = stated.ways.answer.found, stated.ways.asked, stated.ways.whole
    rows = [
        ("追溯对象", answer.node), ("数据项", answer.column or "全部"),
        ("追溯方向", "来源（向上游追溯）和去向（向下游追溯）"),
        ("时点", tables.moment(answer.as_of.astimezone(clock.SHANGHAI).isoformat())),
        ("依据日志", f"截至第{answer.as_of_seq}条血缘记录"), ("查询目的", asked.purpose or "未填写"),
        ("结果", f"{len(whole.nodes)}个数据集，{len(whole.edges)}条关系，{stated.events}条血缘记录为据"),
    ]  # fmt: skip
    return tables.table("", {"事项": 20, "内容": 80}, rows, size=11)


def _completeness(title: str, standing: Standing) -> list[str]:
    if standing.is_complete:
        ends = "到达已登记的来源" if title == "来源链" else "到达已登记的末端"
        return [f"{title}完整：每条链均{ends}，未作截断。"]
    reasons = [f"{i}．{in_chinese(r)}。" for i, r in enumerate(standing.incomplete_because, 1)]
    return [f"{title}不完整，原因如下：", *_some(reasons, "其余原因见 subgraph.json。")]


def _proof(stated: Stated) -> list[str]:
    mark, root = stated.checkpoint, stated.checkpoint.tree_root or ""
    pruned = f"其中{stated.pruned}条的正文已依规清理，仅存摘要。" if stated.pruned else ""
    return [
        f"结果：出具时已逐条核验，本报告所依据的{stated.events}条血缘记录均在签名检查点所覆盖的日志中，位置证明全部"
        f"成立。{pruned}",
        "方法：血缘记录以原始字节附于证据包 events 目录，每条的摘要、校验链和其在日志中的位置（RFC 6962 默克尔路径）"
        "均可对照签名检查点验证。",
        f"检查点：第{mark.seq}条血缘记录，{tables.moment(mark.at)}；树根："
        f"{' '.join(root[i : i + 8] for i in range(0, len(root), 8))}。",
        "验证：解压证据包，在其中运行 python3 verify.py（只需 Python 3.8 以上，不联网）。任一文件改动一个字节、缺少"
        "或多出文件，均不通过。",
        f"请将程序打印的签名公钥指纹与下列指纹逐字核对：{public_fingerprint('bureau')}。",
    ]


def _section(heading: str, lines: Sequence[str] = (), tables: Sequence[dict[str, Any]] = ()) -> dict[str, Any]:
    return {"heading": heading, "lines": list(lines), "tables": list(tables)}


def _some(lines: list[str], more: str) -> list[str]:
    return lines if len(lines) <= 30 else [*lines[:30], more]


def _plain(node: Any) -> Any:
    """Drop characters that steer printing or reading direction: what is signed is what is seen."""
    if isinstance(node, str):
        return "".join(c for c in node if unicodedata.category(c) not in ("Cc", "Cf", "Co", "Cs"))
    if isinstance(node, dict):
        return {name: _plain(each) for name, each in node.items()}
    return [_plain(each) for each in node] if isinstance(node, list | tuple) else node
