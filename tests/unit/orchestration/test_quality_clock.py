"""The schedules of the quality room: the clock runs as a Dagster job, reports of last month are written and told."""

from __future__ import annotations

import datetime as dt

import dagster as dg
import pytest

from config.settings import settings
from expectations.models import OrderMark
from orchestration.defs import quality_clock
from orchestration.pipeline.reports import write_last_month
from registry import demo
from registry.models import Message, PrintedDocument
from scheme.catalog import Catalog
from scheme.catalog_files import load_catalog
from tests.unit.expectations.test_orders import dispatched, only


@pytest.fixture(autouse=True)
def prepared(home, db) -> None:
    demo.prepare_demo()


def test_the_clock_is_a_job_that_takes_what_is_due(monkeypatch):
    dispatched()
    monkeypatch.setenv("SUYUAN_NOW", f"{only().due.isoformat()}T09:00:00")
    with dg.DagsterInstance.ephemeral() as instance:
        assert quality_clock.run_order_clock.execute_in_process(instance=instance).success
    assert OrderMark.objects.get().mark == f"due:{dt.date(2026, 10, 9)}"


def test_an_order_that_cannot_be_worked_on_fails_the_run_by_name(monkeypatch):
    dispatched()
    monkeypatch.setenv("SUYUAN_NOW", "2026-10-12T09:00:00")

    def broken(dataset: str, column: str = "") -> list:
        raise OSError("no lineage")

    monkeypatch.setattr("lineage.graph.impact.Impacts", lambda: broken)
    with dg.DagsterInstance.ephemeral() as instance:
        done = quality_clock.run_order_clock.execute_in_process(instance=instance, raise_on_error=False)
    assert not done.success


def test_reports_of_last_month_are_written_and_their_readers_told(monkeypatch):
    monkeypatch.setenv("SUYUAN_NOW", "2026-10-01T07:00:00")
    whole = load_catalog(settings().catalog)
    catalog = Catalog(
        departments={"minzheng": whole.departments["minzheng"]},
        entries={k: e for k, e in whole.entries.items() if e.department == "minzheng"},
    )
    names = sorted(p.name for p in write_last_month(catalog))
    assert len(names) == 6 and {n.rpartition(".")[2] for n in names} == {"html", "pdf", "xlsx"}
    assert all((settings().home_path / "reports" / "2026-09" / n).stat().st_size > 1000 for n in names)
    assert PrintedDocument.objects.count() == 2
    told = {(m.kind, m.recipient.username) for m in Message.objects.all()}
    assert told == {
        ("report_ready", "minzheng_clerk"), ("report_ready", "minzheng_head"), ("monthly_ready", "bureau_handler"),
        ("monthly_ready", "bureau_approver"),
    }  # fmt: skip
    count = Message.objects.count()
    write_last_month(catalog)
    assert Message.objects.count() == count


def test_schedules_of_the_quality_room_run_from_the_start():
    found = {s.job_name: s for s in quality_clock.quality_schedules()}
    assert set(found) == {"run_order_clock", "write_quality_reports"}
    assert all(s.default_status is dg.DefaultScheduleStatus.RUNNING for s in found.values())
    assert {s.execution_timezone for s in found.values()} == {"Asia/Shanghai"}
