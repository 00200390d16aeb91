"""How the answers of `suyuan lineage` read on a terminal.

Lives here: an answer's document → lines. Names of parties, acts and states are as recorded, in Chinese.
Add here: another answer.
Stays out: answering, options (``cli.lineage_questions``).
"""

from __future__ import annotations

from typing import Any

from lineage.answers import words
from lineage.answers.reasons import in_chinese

Document = dict[str, Any]
_SAME = {True: "一致", False: "不一致"}


def trace(found: Document) -> list[str]:
    """Return the lines of a walk: each data set with the facts its events state."""
    lines = []
    for n in found["nodes"]:
        lines.append(_node(n))
        for name, facet in n["facts"].items():
            shown = ", ".join(f"{k}={v}" for k, v in facet.items() if v not in ("", None))
            lines.append(f"{'  ' * n['distance']}  · {name.removeprefix('suyuan_')}: {shown}")
    return [*lines, _standing(found)]


def sources(found: Document) -> list[str]:
    """Return the lines of 来源."""
    lines = [_node(n) for n in found["nodes"]]
    for d in found["deliveries"]:
        lines.append(f"来源部门 {d['department_name']}：{d['title']}（{d['dataset']}）")
        lines += [f"  {_batch(b)}" for b in d["batches"]]
        lines += [f"  另有 {d['left_out']} 个更早的批次未列出"] if d["left_out"] else []
    lines += [
        f"质量判定 {p['dataset']} 版本 {p['version'][:12]}：{words.IN_FORCE[p['is_promoted']]}，{p['at']}，"
        f"运行 {p['run_id'][:8]}"
        for p in found["promotions"]
    ]
    return [*lines, *_grants(found), *_releases(found["releases"]), _standing(found["standing"])]


def destinations(found: Document) -> list[str]:
    """Return the lines of 去向."""
    lines = [f"授权子集 {_place(s)}" for s in found["subsets"]]
    for p in found["products"]:
        lines.append(f"数据产品 {_place(p)}")
        lines += [f"  {line}" for line in _releases(p["releases"])]
        lines += [
            f"  {c['how']} {c['who']}{'（' + c['organisation'] + '）' if c['organisation'] else ''} {c['count']} 次，"
            f"{c['first']} 至 {c['last']}"
            for c in p["consumers"]
        ]
    if not found["subsets"] and not found["products"]:
        lines.append("没有授权子集或数据产品使用该数据")
    return [*lines, *_grants(found), _standing(found["standing"])]


def responsibility(found: Document) -> list[str]:
    """Return the lines of 责任."""
    lines = []
    for r in found["responsible"]:
        party = r["party"] if r["is_recorded"] and r["party"] else "无登记"
        lines.append(f"{r['duty']}：{party}{'，' + r['about'] if r['about'] else ''}")
        lines += [f"  {s['act']} {s['by']['name']} {s['at']}" for s in r["persons"]] or _without_acts(r)
        lines += [f"  接收：{r['receiver']}"] if r["receiver"] else []
        lines.append(f"  依据 {r['basis']}")
    return [*lines, _standing(found["standing"])]


def impact(found: Document) -> list[str]:
    """Return the lines of 影响."""
    told = {True: "现行版本含问题数据", False: "现行版本不含问题数据", None: ""}
    lines = [
        f"{t['dataset']}  {t['title']}{'  ' + told[t['is_touched']] if told[t['is_touched']] else ''}"
        for t in found["touched"]
    ]
    return [*lines, *destinations(found["found"])]


def acts(found: Document) -> list[str]:
    """Return the lines of 行为."""
    head = f"{found['name']}（{found['account']}，{found['organisation'] or found['role']}）共 {found['total']} 条"
    lines = [
        f"{a['seq']:>7} {a['at']} {a['action']} {a['object']}" + "".join(f"  → {d}" for d in a["datasets"])
        for a in found["acts"]
    ]
    covers = [f"记录范围：{'；'.join(found['covers'])}", f"未含：{'；'.join(found['covers_not'])}"]
    return [head, *lines, f"第 {found['page']} 页，共 {found['pages']} 页", *covers]


def rebuilt(found: Document) -> list[str]:
    """Return the lines of a rebuilt product."""
    lines = [
        f"{i['dataset']}  登记 {i['recorded'][:12] or '—'}  重算 {i['measured'][:12]}  {_SAME[i['is_same']]}"
        for i in found["inputs"]
    ]
    return [
        *lines, f"原内容标识   {found['recorded']}", f"重建内容标识 {found['rebuilt']}",
        _SAME[found["is_same"]],
    ]  # fmt: skip


def _without_acts(r: Document) -> list[str]:
    """What is told of persons where no act in the portal names one: the ledger of batches, else that none is."""
    told = r["delivered_by"] or ("没有登记到个人" if r["is_recorded"] else "")
    return [f"  {told}"] if told else []


def _node(n: Document) -> str:
    columns = f" [{', '.join(n['columns'])}]" if n["columns"] else ""
    version = f"  {n['version'][:12]}" if n["version"] else ""
    return f"{'  ' * n['distance']}{n['name']}{columns}  {n['title']}{version}"


def _batch(b: Document) -> str:
    used = {True: "，在用", False: "，不在现行版本中", None: ""}[b["is_in_use"]]
    people = [f"{s['act']} {s['by']['name']}" for s in b["handed_over"]] or [b["delivered_by"] or "经办人未登记"]
    told = [
        f"批次 {b['batch_id']}", f"文件 {b['file_name']}", f"sha256 {b['sha256'][:16]}",
        f"编码 {words.encoding(b['encoding'])}", f"目录版本 {words.schema_version(b['schema_version'])}",
        f"落地 {b['rows_landed']} 条", f"隔离 {b['rows_quarantined']} 条",
        f"接收方式 {words.receiver(b['receiver'])}", f"汇聚时间 {b['landed_at'][:19]}{used}", *people,
    ]  # fmt: skip
    return "，".join(told)


def _place(use: Document) -> str:
    columns = f" [{', '.join(use['columns'])}]" if use["columns"] else ""
    return f"{use['dataset']}{columns}  {use['title']}（授权 {use['grant']}，版本 {use['version'][:12]}）"


def _grants(found: Document) -> list[str]:
    lines = []
    for a in found["authorizations"]:
        lines.append(
            f"授权 {a['grant']} {a['scenario']}（{a['state']}）："
            f"{a['bureau']} → {a['primary_operator']} → {a['developer']}"
        )
        lines += [f"  {g['kind']} {g['number']}，{g['start']} 至 {g['end']}" for g in a["agreements"]]
        lines += [f"  {s['act']} {s['by']['name']} {s['at']}" for s in a["steps"]]
    return lines


def _releases(releases: list[Document]) -> list[str]:
    return [
        f"产品版本 {r['content'][:12]} {r['state']}"
        + "".join(f"，{title} {s['by']['name']}" for title, s in r["keys"].items())
        for r in releases
    ]


def _standing(s: Document) -> str:
    state = "结果完整" if s["is_complete"] else "结果不完整：" + "；".join(map(in_chinese, s["incomplete_because"]))
    return f"截至 {s['as_of'][:19]}（第 {s['as_of_seq']} 条血缘记录），{state}"
