"""What pages and interface say of an answer: what is left out, what held then, in which words."""

from __future__ import annotations

import datetime as dt
import json
import re

import httpx
import pytest

from lineage.access import system
from lineage.answers import deliveries as listing
from lineage.answers.asked import asked
from lineage.answers.reasons import in_chinese
from lineage.answers.responsibility import responsibility
from lineage.answers.sources import sources
from lineage.events import facets
from lineage.events.ingest import ingest_many
from lineage.graph.details import details
from registry import audit
from registry.actions import act_on_grant
from registry.models import Account, Handover
from tests.unit.lineage.events import run_event
from tests.unit.lineage.planted import HOMES, HOMES_FILE, MONDAY, build, deliver, names, plant
from tests.unit.portal.accounts import as_user
from tests.unit.portal.api import signed_in

pytestmark = pytest.mark.django_db
OF = names(HOMES)


@pytest.fixture(autouse=True)
def planted(api) -> None:
    plant()


def text(path: str, account: str = "auditor") -> str:
    return as_user(account).get(path).content.decode()


def get(name: str, path: str, **asked: object) -> httpx.Response:
    return signed_in(name).get(f"/api/v1/{path}", params=asked)


def who(name: str) -> Account:
    return Account.objects.get(username=name)


def redeliver(times: int) -> None:
    for n in range(times):
        deliver(HOMES, f"20260922T08{n:02}00-aaaa", f"{n:02}" * 32, MONDAY + dt.timedelta(days=1, minutes=n))


@pytest.mark.requirement("R020")
def test_batches_that_are_not_listed_make_the_answer_incomplete(monkeypatch):
    assert sources(asked(OF["product"]), system()).standing.is_complete
    monkeypatch.setattr(listing, "LATEST", 2)
    redeliver(4)
    standing = sources(asked(OF["product"]), system()).standing
    assert (standing.is_complete, standing.is_truncated) == (False, True)
    (reason,) = standing.incomplete_because
    assert reason == f"{OF['delivery']} has 3 older batches that are not listed"
    page = text(f"/lineage/{OF['product']}/sources/")
    assert f"结果已截断：{OF['delivery']} 另有 3 个更早的批次未列出。" in page
    answered = json.loads(get("auditor", "provenance/sources", node=OF["product"]).text)
    assert answered["standing"]["incomplete_because"] == [in_chinese(reason)]
    assert responsibility(asked(OF["product"]), system()).standing.is_complete  # the batch in use is among them


def test_reasons_of_the_interface_are_chinese():
    ingest_many([run_event("gap", inputs=("platform.a.gap",), outputs=(OF["subset"],))])
    for question in ("sources", "responsibility"):
        told = json.loads(get("auditor", f"provenance/{question}", node=OF["product"]).text)["standing"]
        assert told["incomplete_because"] == ["platform.a.gap 没有登记来源"]
    impact = json.loads(get("primary_reviewer", "provenance/impact", node=OF["delivery"]).text)
    assert all(re.search("[一-鿿]", r) for r in impact["found"]["standing"]["incomplete_because"])
    whole = get("auditor", "provenance/closure", node=OF["product"], column="beds", hops=1)
    assert all(re.search("[一-鿿]", r) for r in json.loads(whole.text)["incomplete_because"])


@pytest.mark.parametrize(("runs", "is_said"), [(49, False), (50, True)])
def test_the_drawer_says_that_older_runs_and_versions_are_not_listed(runs, is_said):
    moments = [MONDAY + dt.timedelta(days=1, minutes=n) for n in range(runs)]
    ingest_many([run_event("again", at=at, inputs=(OF["staging"],), outputs=(OF["subset"],)) for at in moments])
    for tab in ("runs", "versions"):
        page = text(f"/lineage/{OF['subset']}/details/?tab={tab}")
        panel = page.split(f'id="panel-{tab}"')[1].split("</section>")[0]
        assert ("仅列最近50个" in panel) == is_said and panel.count("<tr>") == min(runs + 1, 50) + 1


def test_the_drawer_tells_the_grant_and_the_persons_as_of_then(monkeypatch):
    row = Handover.objects.create(
        department=HOMES[0], resource=HOMES[1], file_name="x.csv", sha256=HOMES_FILE, rows_declared=3,
        state="已交付", handled_by="minzheng_clerk", signed_by="minzheng_head", made_at=MONDAY,
    )  # fmt: skip
    monkeypatch.setenv("SUYUAN_NOW", "2026-09-25T09:00:00")
    audit.append(who("minzheng_clerk"), "提交汇聚批次", f"handover:{row.pk}")
    audit.append(who("minzheng_head"), "签发汇聚批次", f"handover:{row.pk}", {"becomes": "已交付"})
    monkeypatch.setenv("SUYUAN_NOW", "2026-09-26T09:00:00")
    act_on_grant("S2", "暂时关闭", by=who("industry"), reason="限期整改")
    assert details(OF["subset"]).grant_state == "暂时关闭"
    then = dt.datetime.fromisoformat("2026-09-25T12:00+08:00")
    assert details(OF["subset"], at=then).grant_state == details(OF["product"], at=then).grant_state == "生效"
    early = dt.datetime.fromisoformat("2026-09-22T12:00+08:00")  # the grant was drafted on the 24th
    assert details(OF["subset"], at=early).grant_state == ""
    people = [("经办人", "区民政局数据专员（演示）"), ("签发人", "区民政局负责人（演示）")]
    assert [d for d in details(OF["landing"]).responsible if d in people] == people
    assert [d for d in details(OF["landing"], at=early).responsible if d[0] in ("经办人", "签发人")] == []
    page = text(f"/lineage/{OF['subset']}/details/?tab=grant&at=2026-09-25T12:00")
    assert "（生效）" in page and "暂时关闭" not in page


def test_a_run_that_ended_twice_is_told_as_it_stood_then():
    first = dt.datetime.fromisoformat("2026-09-23T09:00+08:00")
    again = first + dt.timedelta(hours=2)
    ingest_many([
        run_event("long", at=first, run="long", outputs=(OF["staging"],)),
        run_event("long", at=again, state="FAIL", run="long"),
    ])  # fmt: skip
    told = [
        {(m.outcome, m.ended_at) for m in details(OF["staging"], at=at).made if m.job == "long"}
        for at in (first + dt.timedelta(hours=1), None)
    ]
    assert told == [{("完成", first)}, {("失败", again)}]


@pytest.mark.requirement("R020")
def test_a_delivery_is_shown_with_encoding_receiver_and_catalog_version():
    page = text(f"/lineage/{OF['product']}/sources/")
    for cell in ("<td>UTF-8</td>", "<td>第2版</td>", "<td>门户办理接收</td>", "质量判定与启用", "已转为现行版本"):
        assert cell in page, cell
    assert "提升" not in page and "条事件" not in page and "条血缘记录" in page
    drawer = text(f"/lineage/{OF['landing']}/details/?tab=duty")
    assert "<dd>UTF-8</dd>" in drawer and "<dd>第2版</dd>" in drawer and "<dd>门户办理接收</dd>" in drawer


def test_an_event_of_old_without_a_catalog_version_takes_it_from_the_ledger_of_batches(monkeypatch):
    from tests.unit.lineage.test_search import batch
    from warehouse import atomic

    usual = facets.delivery
    monkeypatch.setattr(
        facets, "delivery", lambda **facts: usual(**{k: v for k, v in facts.items() if k != "schema_version"})
    )
    deliver(HOMES, "20260922T080000-aaaa", "a4" * 32, MONDAY + dt.timedelta(days=1))
    found = {b.batch_id: b for b in sources(asked(OF["product"]), system()).deliveries[0].batches}
    assert found["20260922T080000-aaaa"].schema_title == "未登记"
    landed = batch("20260922T080000-aaaa", "x.csv", "a4" * 32)
    atomic.write_bytes(landed.folder / "batch.json", landed.model_dump_json().encode())
    found = {b.batch_id: b for b in sources(asked(OF["product"]), system()).deliveries[0].batches}
    assert found["20260922T080000-aaaa"].schema_title == "第1版"


@pytest.mark.requirement("R020")
def test_a_landed_batch_states_its_catalog_version_in_its_event(entry):
    from uuid import uuid4

    from lineage.graph.view import view
    from orchestration.pipeline import events
    from tests.unit.lineage.test_search import batch

    events.landed(entry, batch("20260924T080000-cccc", "x.csv", "c4" * 32), uuid4(), MONDAY)
    seen = view()
    number = seen.find(OF["delivery"])
    assert number and seen.facets(number)["suyuan_delivery"]["schemaVersion"] == 1


@pytest.mark.requirement("R002")
def test_a_run_leaves_one_act_for_landing_and_one_for_building_and_none_for_nothing(entry):
    from uuid import uuid4

    from orchestration.pipeline import events, run_acts
    from registry.models import AuditEvent
    from tests.unit.lineage.test_search import batch
    from warehouse import atomic
    from warehouse.versions import Version

    for n in range(2):
        landed = batch(f"20260924T08000{n}-cccc", "x.csv", f"c{n}" * 32, rows_in=3, rows_landed=2, rows_quarantined=1)
        atomic.write_bytes(landed.folder / "batch.json", landed.model_dump_json().encode())
    run = uuid4()
    events.trace_landed(entry, run, MONDAY)
    event = AuditEvent.objects.latest("seq")
    assert (event.actor, event.action, event.object) == ("system", "批次入库", f"resource:{entry.id}")
    assert event.detail == {"batches": 2, "rows": 4, "quarantined": 2, "run": str(run)}
    version = Version(dataset=OF["staging"], version="a" * 64, rows=7, columns={}, written_at=MONDAY)
    run_acts.built("标准化", [version, version], run)
    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.object) == ("数据加工", f"run:{run}")
    assert event.detail == {"step": "标准化", "tables": 2, "rows": 14}
    count = AuditEvent.objects.count()
    events.trace_landed(entry, uuid4(), MONDAY)
    run_acts.built("融合", [], run)
    assert AuditEvent.objects.count() == count


def test_a_version_that_was_not_put_in_force_is_said_to_leave_the_last_one():
    from uuid import uuid4

    from lineage.events import emit
    from tests.unit.lineage.planted import node

    later = MONDAY + dt.timedelta(days=1)
    judged = node(OF["staging"], "name", "9" * 64, facets=facets.promotion(False, "9" * 64))
    emit.step("check.staging", uuid4(), inputs=[judged], outputs=[], started=later, ended=later, job_type="CHECK")
    assert "未转为现行版本，沿用上一版本" in text(f"/lineage/{OF['product']}/sources/")


@pytest.mark.parametrize(
    ("query", "words"),
    [
        ("?hops_up=x", "来源层数应为"), ("?hops_down=99", "去向层数应为"), ("?fold=colour", "折叠方式应为"),
        ("?at=soon", "时点应写作"), ("?" + "up=a&" * 201, "继续展开来源的数据集最多"),
        ("?" + "open=a&" * 201, "打开的折叠组最多"),
    ],
)  # fmt: skip
def test_what_is_wrong_in_an_address_is_named_in_chinese(query, words):
    answer = as_user("auditor").get(f"/lineage/{OF['subset']}/graph.json{query}")
    assert answer.status_code == 422 and json.loads(answer.content)["detail"].startswith(words)


def test_masking_is_said_in_the_same_words_everywhere():
    from lineage.answers.words import MASKING
    from lineage.graph.picture_edges import STATES

    assert [STATES[s] for s in ("masked", "plain", "unknown")] == ["已脱敏", "未脱敏", "脱敏情况不明"]
    assert list(MASKING.values()) == ["已脱敏", "未脱敏", "脱敏情况不明"]
    legend = text(f"/lineage/{OF['subset']}/")
    assert all(f"</svg>{word}" in legend for word in MASKING.values())


def test_what_the_record_of_acts_covers_is_said_on_the_page():
    build(HOMES, "20260922T080000-aaaa", "e", MONDAY + dt.timedelta(days=1))
    page = text("/acts/auditor/")
    assert (
        "命令行中的血缘查询" in page
        and "操作系统登录名" in page
        and "Marquez 兼容接口的目录、检索和统计，不逐次记录" in page
    )
