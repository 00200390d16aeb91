"""查找: every number and name an auditor may hold leads to the data sets behind it, and to nothing hidden."""

from __future__ import annotations

import pytest

from lineage.access import viewer
from lineage.graph.search import search
from registry import demo
from registry.models import Account, GrantRecord, Party, Release
from tests.unit.lineage.planted import FIRMS, HOMES, HOMES_FILE, MONDAY, names, plant
from warehouse import atomic, batches
from warehouse.batches import Batch

pytestmark = pytest.mark.django_db
OF, OTHER = names(HOMES), names(FIRMS)
BATCH = "20260921T080000-0abc1234"


@pytest.fixture(autouse=True)
def planted(home, db) -> None:
    demo.prepare_demo()
    plant()
    landed = batch(BATCH, "养老机构九月.csv", HOMES_FILE)
    atomic.write_bytes(landed.folder / "batch.json", landed.model_dump_json().encode())


def batch(number: str, file: str, sha256: str, **more) -> Batch:
    return Batch(
        batch_id=number, department=HOMES[0], resource=HOMES[1], file_name=file, file_sha256=sha256, receiver="portal",
        received_at=MONDAY, schema_version=1, **more,
    )  # fmt: skip


def found(text: str) -> set[str]:
    return {hit.node for hit in search(text).hits}


DELIVERED = {OF["delivery"], OF["landing"]}
GRANTED = {OF["subset"], OF["product"]}


@pytest.mark.requirement("R079")
@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("elderly_care_report", {OF["product"]}),
        ("ELDERLY_CARE_REPORT", {OF["product"]}),
        ("elderly_\u200bcare_\u200breport", {OF["product"]}),
        ("\ufeff" + HOMES_FILE[:32] + "\u00ad" + HOMES_FILE[32:], DELIVERED),
        (f"{OF['subset']}的标题", {OF["subset"]}),
        ("九月", DELIVERED),
        (BATCH, DELIVERED),
        (BATCH[-8:], DELIVERED),
        (HOMES_FILE, DELIVERED),
        (HOMES_FILE[:8], DELIVERED),
        ("c" * 8, {OF["staging"], OF["subset"], OF["product"]}),
        ("c" * 63 + "2", {OF["product"]}),
        ("S2", GRANTED),
        ("兖数开协〔2025〕2号", GRANTED),
        ("养老服务设施布局", GRANTED),
        ("养老机构信息", DELIVERED),
        ("no such thing", set()),
        ("", set()),
        ("   ", set()),
        ("%", set()),
        ("_", None),
    ],
)
def test_what_is_searched_is_found(text, expected):
    hits = found(text)
    assert expected is None or hits == expected


def test_columns_are_found_and_named():
    hits = [h for h in search("beds").hits if h.kind == "数据项"]
    assert [(h.node, h.column, h.why) for h in hits] == [
        (OTHER["product"], "beds", "数据项 beds"),
        (OF["product"], "beds", "数据项 beds"),
    ]


def test_uscc_evidence_catalog_code_and_release_lead_to_the_grant_or_delivery():
    developer = GrantRecord.objects.get(grant="S2").developer
    Party.objects.filter(pk=developer.pk).update(uscc="91370812MA3C0DEM0X")
    record = GrantRecord.objects.get(grant="S2")
    record.document["developer"]["name"] = developer.name
    record.save()
    assert found("91370812MA3C0DEM0X") == GRANTED
    assert found("济银征备〔2024〕演示1号") == {OTHER["subset"], OTHER["product"]}
    Release.objects.create(
        product="elderly_care_report", name="布局季报", form="数据报告", grant=record, content_sha256="ab12" * 16,
        state="已发布", made_at=MONDAY,
    )  # fmt: skip
    assert found("ab12ab12") == {OF["product"]} == found("布局季报")
    from config.settings import settings
    from scheme.catalog_files import load_catalog

    entry = load_catalog(settings().catalog).entry(f"{HOMES[0]}.{HOMES[1]}")
    assert found(entry.code) == DELIVERED


def test_a_refused_delivery_is_told_without_a_data_set():
    batches.record_refusal(batch("20260922T080000-0dead000", "作废.csv", "d0" * 32, state="refused", refusal="no"))
    (hit,) = search("20260922T080000-0dead000").hits
    assert hit.node == "" and "未予接收" in hit.why and "作废.csv" in hit.title


def test_an_empty_answer_says_what_was_searched():
    answer = search("no such thing")
    assert answer.hits == [] and "批次、交付文件" in answer.searched and "数据项" in answer.searched


def test_one_data_set_found_in_several_ways_is_one_hit():
    (hit,) = [h for h in search("elderly_care_institutions").hits if h.node == OF["landing"]]
    assert "代码包含" in hit.why
    assert len({(h.node, h.column) for h in search("e").hits}) == len(search("e").hits)


@pytest.mark.parametrize(
    ("account", "files", "other"),
    [
        ("auditor", True, True),
        ("minzheng_clerk", True, False),
        ("developer_s2", False, False),
        ("gongdian_clerk", None, False),
    ],
)
def test_nobody_finds_what_is_hidden_from_him(account, files, other):
    who = viewer(Account.objects.get(username=account))
    if files is not None:
        assert bool(search(BATCH, who).hits) == files == bool(search(HOMES_FILE, who).hits)
    assert bool(search(OTHER["product"], who).hits) == other
    assert bool(search("S1", who).hits) == other


def test_a_data_set_that_is_gone_is_found_and_marked():
    import json

    from lineage.events.ingest import ingest

    change = {
        "lifecycleStateChange": {
            "_producer": "https://example.org",
            "_schemaURL": "https://example.org/x.json",
            "lifecycleStateChange": "DROP",
        }
    }
    ingest(json.dumps({
        "eventTime": "2026-09-22T08:00:00+08:00", "eventType": "COMPLETE", "producer": "https://example.org",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": "0190d6b2-0000-7000-8000-000000000001"},
        "job": {"namespace": "suyuan://yanzhou", "name": "drop"}, "inputs": [],
        "outputs": [{"namespace": "suyuan://yanzhou", "name": OF["product"], "facets": change}],
    }).encode())  # fmt: skip
    (hit,) = [h for h in search("elderly_care_report").hits if h.node == OF["product"]]
    assert hit.is_gone
