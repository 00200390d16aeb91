"""An order from the failed rule to the corrected batch, in the district: what people do shows in the pipeline."""

from __future__ import annotations

import json

import openpyxl
import pytest

LATE = {"SUYUAN_NOW": "2026-10-10T09:00:00"}  # a make-up Saturday: the first working day after the due date
RESOURCE = "minzheng.subsistence_allowance"
DISPATCH = """
from config import django_setup; django_setup()
from expectations.orders.acts import act_on_order
from lineage.graph.impact import affected
from registry.models import Account, Message
who = lambda name: Account.objects.get(username=name)
act_on_order("{number}", "拟发", by=who("bureau_handler"), impact=affected)
order = act_on_order("{number}", "签发", by=who("bureau_approver"), impact=affected)
act_on_order("{number}", "签收", by=who("minzheng_clerk"), impact=affected)
print(order.due.isoformat(), ",".join(order.due_days))
print(sorted(m.recipient.username for m in Message.objects.filter(kind="affected")))
"""


def order_of(district, rule: str, **clock: str) -> dict:
    done = district.suyuan("quality", "orders", "--department", "minzheng", "--json", **clock)
    return next(o for o in json.loads(done.stdout) if (o["resource"], o["rule"]) == (RESOURCE, rule))


def delete_rows_of(workbook, words: str) -> int:
    book = openpyxl.load_workbook(workbook)
    sheet = book.worksheets[0]
    headers = [c.value for c in sheet[1]]
    problem, action = headers.index("问题") + 1, headers.index("处理方式") + 1
    rows = [r for r in range(2, sheet.max_row + 1) if words in (sheet.cell(r, problem).value or "")]
    for row in rows:
        sheet.cell(row, action).value = "删除"
    book.save(workbook)
    return len(rows)


@pytest.mark.requirement("R025")
@pytest.mark.requirement("R026")
def test_an_overdue_order_stops_the_subset_and_the_corrected_batch_brings_it_back(own_district, tmp_path):
    district = own_district
    order = order_of(district, "Q09")
    assert order["state"] == "待发出" and order["problem_rows"] > 0
    done = district.python(DISPATCH.format(number=order["order"]))
    assert done.returncode == 0, done.stderr
    due, told = done.stdout.splitlines()
    assert due == "2026-10-09 2026-09-28,2026-09-29,2026-09-30,2026-10-08,2026-10-09"
    assert told == "['developer_s2', 'primary_reviewer']"

    bundle = district.home / "service" / "grants" / "S2" / "bundle.json"
    assert bundle.exists()
    done = district.suyuan("quality", "clock", **LATE)
    assert done.returncode == 0 and "blocked S2" in done.stdout
    assert not bundle.exists()
    late = json.loads(district.suyuan("quality", "orders", "--department", "gongan", "--json", **LATE).stdout)
    late = {o["resource"]: o["severity"] for o in late if o["rule"] == "Q25"}
    assert late["gongan.resident_population"] == "critical"  # delivered each day: two cycles over since 29 September
    done = district.suyuan("run", "--grant", "S2", **LATE)
    assert done.returncode == 1 and order["order"] in done.stdout + done.stderr
    assert not bundle.exists() and (bundle.parents[1] / "S1" / "bundle.json").exists()

    workbook = tmp_path / "w.xlsx"
    assert district.suyuan("quality", "corrections", RESOURCE, "-o", str(workbook)).returncode == 0
    assert delete_rows_of(workbook, "享受低保人员已死亡") == order["problem_rows"]
    done = district.suyuan("deliver", RESOURCE, str(workbook), **LATE)
    assert done.returncode == 0, done.stderr
    done = district.suyuan("run", "--resource", RESOURCE, **LATE)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    closed = order_of(district, "Q09", **LATE)
    assert closed["order"] == order["order"] and closed["state"] == "已办结" and closed["problem_rows"] == 0
    assert order_of(district, "Q08", **LATE)["state"] == "待发出"  # nobody mended that one
    assert bundle.exists()
    events = district.python("""
from config import django_setup; django_setup()
from expectations.models import Order
from lineage.graph.view import view
order = Order.objects.get(rule="Q09")
print(order.first_batch != order.closing_batch)
now = view()
facet = now.facets(now.find(order.dataset), "dataQualityAssertions")["dataQualityAssertions"]
print({a["name"]: a["success"] for a in facet["assertions"]}["Q09"])
""")  # fmt: skip
    assert events.stdout.split() == ["True", "True"], events.stderr
