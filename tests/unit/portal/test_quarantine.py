"""Quarantined rows through the portal: decided by their department with a reason, and the platform follows."""

from __future__ import annotations

import pytest

from orchestration.ingest.deliver import land_waiting
from orchestration.pipeline import arrivals
from registry.models import AuditEvent
from scheme.catalog import Catalog
from scheme.names import staging_name
from tests.unit.portal.accounts import as_user
from tests.unit.portal.test_deliveries import hand_in, register
from warehouse import decisions, paths, versions, views
from warehouse.engine import connect

pytestmark = pytest.mark.django_db


@pytest.fixture
def batch(prepared, entry, django_capture_on_commit_callbacks):
    return deliver(entry, django_capture_on_commit_callbacks)


def deliver(entry, commit, note: str = "甲养老院"):
    from registry.models import Handover

    hand_in(as_user("minzheng_clerk"), register(entry, note))
    with commit(execute=True):
        as_user("minzheng_head").post(f"/deliveries/{Handover.objects.latest('pk').pk}/act/", {"action": "签发"})
    return next(iter(land_waiting(entry, "tester")))


def address(batch) -> str:
    return f"/deliveries/{batch.department}/{batch.resource}/{batch.batch_id}/quarantine/"


def decide(name: str, batch, **fields):
    answer = as_user(name).post(address(batch) + "act/", {"note": "核实：系真实机构名称", **fields}, follow=True)
    return answer.content.decode()


@pytest.mark.requirement("R023")
def test_a_released_row_is_in_the_landing_view_and_the_sensor_sees_it(batch, entry):
    catalog = Catalog(departments={}, entries={entry.id: entry})
    connection = connect()
    connection.execute("CREATE TABLE t AS SELECT 1 AS x")
    written = versions.write(
        connection, staging_name(entry.department, entry.stem), "t", key=[], batches=[batch.batch_id]
    )
    assert written.decisions == "" and arrivals.deliveries(catalog) == []
    assert "放行 1 条" in decide("minzheng_clerk", batch, row="3", action="放行")
    assert len(arrivals.deliveries(catalog)) == 1
    views.refresh_landing(catalog)
    landing = connect(paths.zone_database("landing"), read_only=True)
    rows = landing.execute(
        "SELECT institution_code, _row_number, _repaired_items "
        "FROM minzheng.landing__minzheng__elderly_care_institutions ORDER BY _row_number"
    ).fetchall()
    landing.close()
    assert [r[1] for r in rows] == [1, 2, 3] and rows[2] == ("合计", 3, None)
    event = AuditEvent.objects.latest("seq")
    assert (event.action, event.actor) == ("隔离记录放行", "minzheng_clerk")
    assert "合计" not in str(event.detail)


def test_a_whole_reason_is_rejected_at_once_and_stays_out(batch):
    assert "不予放行 1 条" in decide("minzheng_head", batch, reason="page_footing", action="不予放行")
    assert decisions.counts(batch) == {"rejected": 1}


@pytest.mark.parametrize(
    ("name", "fields", "words"),
    [
        ("bureau_approver", {"row": "3", "action": "放行"}, "由数源部门处理"),
        ("minzheng_clerk", {"row": "3", "action": "放行", "note": " "}, "须写明理由"),
        ("minzheng_clerk", {"row": "1", "action": "放行"}, "不在本批次隔离记录之中"),
        ("minzheng_clerk", {"action": "放行"}, "请选择记录"),
        ("minzheng_clerk", {"row": "3", "action": "删除"}, "请选择记录"),
    ],
)
def test_what_may_not_be_decided_is_refused_and_leaves_no_trace(batch, name, fields, words):
    before = AuditEvent.objects.count()
    assert words in decide(name, batch, **fields)
    assert decisions.counts(batch) == {} and AuditEvent.objects.count() == before


def test_a_redelivery_clears_the_quarantine_of_the_batch_before(
    batch,
    entry,
    monkeypatch,
    django_capture_on_commit_callbacks,
):
    monkeypatch.setenv("SUYUAN_NOW", "2026-09-25T09:30:00")
    later = deliver(entry, django_capture_on_commit_callbacks, "乙养老院")
    page = as_user("minzheng_clerk").get(address(batch)).content.decode()
    assert f"已由批次 {later.batch_id}" in page and "全部放行" not in page
    assert "无需处理" in decide("minzheng_clerk", batch, row="3", action="放行")


@pytest.mark.requirement("R023")
def test_the_corrections_workbook_goes_round_through_the_portal(batch, entry, django_capture_on_commit_callbacks):
    import io

    from django.core.files.uploadedfile import SimpleUploadedFile
    from openpyxl import load_workbook

    from registry.models import Handover

    where = f"/quality/minzheng/{entry.resource}/corrections/"
    assert as_user("bureau_approver").get(where).status_code == 403
    book = load_workbook(io.BytesIO(as_user("minzheng_clerk").get(where).content))
    assert AuditEvent.objects.latest("seq").action == "下载整改工作簿"
    book["整改记录"]["D2"] = "删除"
    out = io.BytesIO()
    book.save(out)
    hand_in(as_user("minzheng_clerk"), SimpleUploadedFile("整改.xlsx", out.getvalue()), rows="1")
    with django_capture_on_commit_callbacks(execute=True):
        as_user("minzheng_head").post(f"/deliveries/{Handover.objects.latest('pk').pk}/act/", {"action": "签发"})
    again = next(iter(land_waiting(entry, "tester")))
    assert (again.corrects, again.rows_landed, again.rows_quarantined) == (batch.batch_id, 2, 0)
