"""The graph page: search, JSON in the state its address says, drawer, refusals, and nothing hidden."""

from __future__ import annotations

import hashlib
import json
import re
from urllib.parse import quote

import pytest

from registry.models import AuditEvent
from tests.district import ROOT
from tests.unit.lineage.planted import FIRMS, HOMES, HOMES_BATCH, HOMES_FILE, names, plant
from tests.unit.portal.accounts import as_user

pytestmark = pytest.mark.django_db
OF, OTHER = names(HOMES), names(FIRMS)
PAGE = f"/lineage/{OF['subset']}/"


@pytest.fixture(autouse=True)
def planted(prepared) -> None:
    plant()


def text(path: str, who: str = "auditor", status: int = 200) -> str:
    answer = as_user(who).get(path)
    assert answer.status_code == status, answer.content.decode()[:300]
    return answer.content.decode()


def graph(query: str = "", who: str = "auditor", name: str = OF["subset"], status: int = 200) -> dict:
    return json.loads(text(f"/lineage/{name}/graph.json{query}", who, status))


def shown(found: dict) -> set[str]:
    return {n["id"] for n in found["nodes"]}


def test_the_first_page_searches_and_lists_zones():
    page = text("/lineage/")
    assert 'type="search"' in page and "交付文件" in page and f"/lineage/{OF['delivery']}/" in page
    page = text(f"/lineage/?q={quote('兖数开协〔2025〕2号')}")
    assert (
        f'href="/lineage/{OF["product"]}/"' in page
        and "授权开发协议 兖数开协〔2025〕2号" in page
        and "找到 2 项" in page
    )
    page = text("/lineage/?q=beds")
    assert f'href="/lineage/{OF["product"]}/?columns=1&amp;column=beds"' in page
    page = text("/lineage/?q=%3Cb%3Enothing")
    assert "没有找到与“&lt;b&gt;nothing”相符的数据集。已查找：数据集名称和代码、" in page


def test_the_page_carries_no_script_or_style_of_its_own_and_every_file_it_names_is_there():
    page = text(PAGE)
    assert all("src=" in tag or "nonce=" in tag for tag in re.findall(r"<(?:script|style)[^>]*>", page))
    assert " style=" not in page and " onclick=" not in page
    for file in re.findall(r'"/static/(portal/[^"]+)"', page):
        assert (ROOT / "portal" / "static" / file).is_file(), file
    assert "data-worker=" in page and "来源</a>" in page and "责任</a>" in page


def test_the_answer_follows_the_state_in_the_address():
    assert shown(graph()) == {OF["staging"], OF["subset"], OF["product"]}
    assert shown(graph("?hops_up=3&hops_down=0")) == {OF[n] for n in ("delivery", "landing", "staging", "subset")}
    assert shown(graph(f"?up={OF['staging']}")) == {OF[n] for n in ("landing", "staging", "subset", "product")}
    folded = graph("?hops_up=3&fold=provider")
    group = next(n for n in folded["nodes"] if n["kind"] == "fold")
    assert (group["title"], group["count"], folded["datasets"]) == ("区民政局", 3, 5)
    assert OF["delivery"] in shown(graph(f"?hops_up=3&fold=provider&open={quote(group['id'])}"))
    columns = graph("?columns=1&column=name")
    assert [c["from"] for c in columns["edges"][0]["columns"]] == ["name"] and columns["column"] == "name"
    assert graph("?mode=impact", name=OF["staging"])["impact"]["products"] == 1
    earlier = graph(f"?at={quote('2026-09-21T09:00:00+08:00')}")
    assert earlier["as_of"] == "2026-09-21T09:00:00+08:00" and earlier["is_complete"]
    assert {"as_of", "as_of_seq", "is_complete", "incomplete_because", "moments"} <= set(earlier)


@pytest.mark.parametrize(
    "query",
    [
        "?hops_up=31",
        "?hops_up=-1",
        "?hops_down=x",
        "?hops_up=²",
        "?fold=colour",
        "?at=soon",
        "?at=9999-99-99",
        "?" + "up=a&" * 201,
    ],
)
def test_an_address_that_cannot_be_read_is_refused_in_one_line(query):
    assert "\n" not in graph(query, status=422)["detail"]
    assert "地址有误" in text(PAGE + query, status=422)


@pytest.mark.parametrize("name", ["no.such.node", "dataset:s3://bucket:a/b/c", "x/y/z", "%25", "a" * 3000])
def test_what_is_not_there_is_not_found(name):
    for part in ("", "graph.json", "details/", "chains/"):
        assert as_user("auditor").get(f"/lineage/{name}/{part}").status_code == 404


def test_a_column_that_is_not_there_and_a_moment_before_it_are_not_found():
    assert "数据项" in graph("?column=nope", status=404)["detail"]
    graph("?at=2020-01-01", status=404)


def test_a_foreign_data_set_with_slashes_in_its_name_has_a_page():
    from lineage.events.ingest import ingest

    ingest(json.dumps({
        "eventTime": "2026-09-22T08:00:00+08:00", "eventType": "COMPLETE", "producer": "https://example.org",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": "0190d6b2-0000-7000-8000-000000000001"}, "job": {"namespace": "spark", "name": "copy"},
        "inputs": [{"namespace": "suyuan://yanzhou", "name": OF["product"]}],
        "outputs": [{"namespace": "s3://bucket", "name": "/reports/2026/<b>.csv"}],
    }).encode())  # fmt: skip
    foreign = "dataset:s3://bucket:/reports/2026/<b>.csv"
    assert foreign in shown(graph(name=OF["product"]))
    address = "/lineage/" + "/".join(quote(part, safe="") for part in foreign.split("/")) + "/"
    page = text(address)
    assert "<b>.csv" not in page and "&lt;b&gt;.csv" in page
    assert OF["product"] in shown(json.loads(text(address + "graph.json")))
    assert "平台外" in text(address + "details/")


def test_the_drawer_tells_items_quality_grant_duty_runs_versions():
    drawer = text(f"/lineage/{OF['subset']}/details/?tab=grant")
    assert [t for t in re.findall(r'role="tab" id="tab-(\w+)"', drawer)] == [
        "columns",
        "quality",
        "grant",
        "duty",
        "runs",
        "versions",
    ]
    assert 'id="tab-grant" data-tab="grant" aria-controls="panel-grant" aria-selected="true"' in drawer
    assert "兖数运协〔2025〕1号" in drawer and "（生效）" in drawer and "select name from staging" in drawer
    assert "c" * 16 in drawer and "未脱敏" in drawer and "dbt.subset" in drawer
    landed = text(f"/lineage/{OF['landing']}/details/?tab=duty")
    assert "采集（数源部门）" in landed and "区民政局" in landed and HOMES_FILE in landed and HOMES_BATCH in landed


def test_statements_files_and_versions_of_deliveries_are_for_those_who_may_read_them():
    developer = text(f"/lineage/{OF['subset']}/details/", "developer_s2")
    assert "select name" not in developer
    landed = text(f"/lineage/{OF['landing']}/details/", "developer_s2")
    everything = landed + text(f"/lineage/{OF['landing']}/graph.json?hops_up=2", "developer_s2")
    everything += text(f"/lineage/{OF['landing']}/chains/", "developer_s2")
    assert not any(word in everything for word in (HOMES_FILE[:12], HOMES_BATCH[:12], "elderly_care_institutions.csv"))
    assert "select name" not in text(f"/lineage/{OF['staging']}/details/", "minzheng_clerk")


@pytest.mark.parametrize("part", ["", "graph.json", "details/", "chains/"])
def test_a_hidden_data_set_is_not_found_and_leaves_no_look(part):
    before = AuditEvent.objects.count()
    assert as_user("developer_s2").get(f"/lineage/{OTHER['subset']}/{part}").status_code == 404
    assert as_user("industry").get(f"/lineage/{OF['subset']}/{part}").status_code == 403
    assert AuditEvent.objects.count() == before
    assert OTHER["subset"] not in text("/lineage/?q=firms", "developer_s2")


@pytest.mark.requirement("R127")
@pytest.mark.parametrize(
    ("part", "question"), [("", "graph"), ("graph.json", "graph"), ("details/", "details"), ("chains/", "chains")]
)
def test_every_look_is_recorded_once(part, question):
    before = AuditEvent.objects.count()
    text(PAGE + part)
    event = AuditEvent.objects.latest("seq")
    assert AuditEvent.objects.count() == before + 1
    assert (event.action, event.object, event.detail["question"]) == ("查询血缘", OF["subset"], question)


def test_a_search_is_recorded_without_the_text_typed():
    text("/lineage/?q=370802199001011234")
    event = AuditEvent.objects.latest("seq")
    assert event.detail["question"] == "search" and "3708" not in json.dumps(event.detail) + event.object


def test_the_chains_are_lists_for_whoever_has_no_picture():
    page = text(f"/lineage/{OF['product']}/chains/?column=beds")
    assert "来源链完整" in page and OF["delivery"] in page and f"批次 {HOMES_BATCH}" in page
    assert "以列表查看来源链和去向链" in text(PAGE)


def test_shipped_scripts_are_the_published_files_named_in_the_documents():
    table = (ROOT / "docs" / "dependencies.md").read_text("utf-8")
    rows = dict(re.findall(r"^\| `(\S+)` \|.*\| `([0-9a-f]{64})` \|$", table, re.M))
    folder = ROOT / "portal" / "static" / "portal" / "vendor"
    shipped = {f.name for f in folder.iterdir() if f.suffix == ".js"}
    assert set(rows) == shipped
    assert {name: hashlib.sha256((folder / name).read_bytes()).hexdigest() for name in rows} == rows
