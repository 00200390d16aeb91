"""数据溯源报告: what it says of chains, batches, persons and acts; what is copied from it is the text itself."""

from __future__ import annotations

import io
import zipfile

import pytest

from lineage.access import looked, system
from lineage.answers.asked import asked
from lineage.answers.destinations import destinations
from lineage.answers.persons import Persons
from lineage.answers.sources import sources
from lineage.evidence import rests_on
from lineage.evidence.package import export
from registry import audit, demo
from registry.models import Account, AuditEvent, PrintedDocument
from tests.unit.lineage.planted import HOMES, HOMES_BATCH, HOMES_FILE, names, plant
from tests.unit.lineage.test_answers import hand_over, release

pytestmark = pytest.mark.django_db
OF = names(HOMES)


@pytest.fixture(autouse=True)
def planted(home, db) -> None:
    demo.prepare_demo()
    plant()


def who(name: str) -> Account:
    return Account.objects.get(username=name)


@pytest.fixture
def printed(monkeypatch) -> list[dict]:
    """The content of each report that is issued."""
    from registry.printing import issuing

    kept: list[dict] = []
    usual = issuing.issue

    def issue(kind, title, content, **more):
        kept.append(content)
        return usual(kind, title, content, **more)

    monkeypatch.setattr(issuing, "issue", issue)
    return kept


def section(content: dict, title: str) -> dict:
    (found,) = [s for s in content["sections"] if s["heading"].endswith(title)]
    return found


def rows(content: dict, title: str, table: int = 0) -> list[dict[str, str]]:
    of = section(content, title)["tables"][table]
    return [dict(zip(of["headers"], row, strict=True)) for row in of["rows"]]


@pytest.mark.requirement("R150")
def test_the_structure_is_the_glossarys_and_both_chains_are_in_it(printed):
    export(asked(OF["subset"]), "upstream", by=None)
    (content,) = printed
    assert [s["heading"] for s in content["sections"]] == [
        "一、追溯对象和时点", "二、完整性声明", "三、来源链", "四、去向链", "五、五方责任", "六、行为记录",
        "七、校验方法和结果",
    ]  # fmt: skip
    assert [r["数据集"] for r in rows(content, "来源链")] == [
        OF[z] for z in ("subset", "staging", "landing", "delivery")
    ]
    assert [r["数据集"] for r in rows(content, "去向链")] == [OF["subset"], OF["product"]]
    assert [r["结果数据集"] for r in rows(content, "去向链", 1)] == [OF["product"]]
    assert {b["name"] for b in content["drawing"]["boxes"]} == {OF[z].split(".", 1)[1] for z in OF}
    assert "全部成立" in "".join(section(content, "校验方法和结果")["lines"])


def test_the_other_chain_is_proved_too():
    package = export(asked(OF["subset"]), "upstream", by=None).package
    import json

    from lineage.evidence import verifier

    with zipfile.ZipFile(io.BytesIO(package)) as found:
        files = {n: found.read(n) for n in found.namelist()}
    other = json.loads(files["subgraph.json"])["opposite"]
    assert (other["direction"], [n["name"] for n in other["nodes"]]) == ("downstream", [OF["subset"], OF["product"]])
    stated = {(g["source"], g["target"]): g["events"] for g in json.loads(files["grounds.json"])["edges"]}
    assert stated[OF["subset"], OF["product"]]
    verifier.check(files)


@pytest.mark.requirement("R020")
def test_a_batch_is_printed_with_encoding_receiver_catalog_version_and_persons(printed):
    hand_over()
    export(asked(OF["product"]), "upstream", by=None)
    (batch,) = rows(printed[0], "来源链", 1)
    assert (batch["批次"], batch["文件摘要（SHA-256）"]) == (HOMES_BATCH, HOMES_FILE)
    assert (batch["编码"], batch["接收方式"], batch["目录版本"]) == ("UTF-8", "门户办理接收", "第2版")
    assert "签发汇聚批次：区民政局负责人（演示）" in batch["经办、签发"]


@pytest.mark.requirement("R122")
def test_who_delivered_is_printed_where_no_act_in_the_portal_names_a_person(printed):
    from tests.unit.lineage.test_search import batch
    from warehouse import atomic

    landed = batch(HOMES_BATCH, "x.csv", HOMES_FILE, delivered_by="区民政局数据专员王某")
    atomic.write_bytes(landed.folder / "batch.json", landed.model_dump_json().encode())
    export(asked(OF["product"]), "upstream", by=None)
    collector = rows(printed[0], "五方责任")[0]
    assert collector["责任人及办理"] == "区民政局数据专员王某" and "接收：门户办理接收" in collector["依据"]
    holder = rows(printed[0], "五方责任")[1]
    assert holder["责任人及办理"] == "没有登记到个人"


def test_acts_that_decide_stand_before_looks_each_in_order_and_of_every_ground(printed):
    hand_over()
    out = release()
    for _ in range(30):
        audit.append(who("developer_s2"), "查看数据产品", f"release:{out.pk}")
    audit.append(who("bureau_approver"), "下架", f"release:{out.pk}", {"becomes": "已下架", "reason": "到期"})
    export(asked(OF["product"]), "upstream", by=None)
    acts = rows(printed[0], "行为记录")
    told = [(a["行为"], a["对象"]) for a in acts]
    deciding = [
        ("核准", "grant:S2"), ("签署生效", "grant:S2"), ("签发汇聚批次", "handover:1"),
        ("安全审核通过", f"release:{out.pk}"), ("发布审核通过", f"release:{out.pk}"), ("下架", f"release:{out.pk}"),
    ]  # fmt: skip
    places = [told.index(each) for each in deciding]
    assert places == sorted(places) and max(places) < told.index(("查看数据产品", f"release:{out.pk}"))
    looks = [a for a in acts if a["行为"] == "查看数据产品"]
    assert len(looks) == 30 and acts[-30:] == looks
    for part in (acts[:-30], looks):
        assert [int(a["序号"]) for a in part] == sorted(int(a["序号"]) for a in part)


def test_what_is_left_out_is_counted_and_looks_go_first(printed, monkeypatch):
    out = release()
    for _ in range(9):
        audit.append(who("developer_s2"), "查看数据产品", f"release:{out.pk}")
    monkeypatch.setattr(rests_on, "MOST", 10)
    export(asked(OF["product"]), "upstream", by=None)
    table = section(printed[0], "行为记录")["tables"][0]
    acts = [r["行为"] for r in rows(printed[0], "行为记录")]
    assert len(acts) == 10 and {"核准", "签署生效", "发布审核通过"} <= set(acts)
    looks = AuditEvent.objects.filter(action="查看数据产品").count()
    assert table["note"] == f"另有{looks - acts.count('查看数据产品')}条查看记录未列出，见平台审计记录。"


def test_handovers_go_before_the_grants_acts_where_there_are_too_many_decisions(monkeypatch):
    hand_over()
    up, down = sources(asked(OF["product"]), system()), destinations(asked(OF["product"]), system())
    whole = rests_on.acts_of(OF["product"], up, down, Persons())
    granted = sum(g.on == "grant:S2" for g in whole.acts)
    monkeypatch.setattr(rests_on, "MOST", granted)
    found = rests_on.acts_of(OF["product"], up, down, Persons())
    assert {g.on for g in found.acts} == {"grant:S2"}
    assert (found.decisions_left_out, found.looks_left_out) == (len(whole.acts) - granted, 0)


def test_acts_after_the_moment_asked_about_are_not_in_it(printed):
    release()
    export(asked(OF["product"], at="2026-09-22"), "upstream", by=None)
    assert rows(printed[0], "行为记录") == []


def test_a_look_does_not_change_the_report():
    first = export(asked(OF["product"]), "upstream", by=None).package
    looked(who("auditor"), "sources", OF["product"])
    assert export(asked(OF["product"]), "upstream", by=None).package == first
    assert PrintedDocument.objects.count() == 1


def test_what_is_copied_is_the_text_itself():
    import pdfplumber

    package = export(asked(OF["product"]), "upstream", by=None).package
    with zipfile.ZipFile(io.BytesIO(package)) as found, pdfplumber.open(io.BytesIO(found.read("report.pdf"))) as pdf:
        letters = "".join(c["text"] for page in pdf.pages for c in page.chars)
        tables = [t.extract() for page in pdf.pages for t in page.find_tables()]
        wide = [c["x1"] - page.width for page in pdf.pages for c in page.chars]
    assert not any(c in letters for c in "\u200b\u200c\u200d\u2060\ufeff\u00ad")
    cells = {(cell or "").replace("\n", "") for table in tables for row in table for cell in row}
    assert set(OF.values()) <= cells and {HOMES_BATCH, HOMES_FILE} <= cells
    assert max(wide) < 0
