"""查找 by the number of a printed document: to what it is about, for who may read it, and for nobody else."""

from __future__ import annotations

import pytest

from expectations.models import Order
from lineage.answers.asked import asked
from lineage.evidence.package import export
from registry.models import Account, PrintedDocument
from registry.printing import issuing
from tests.unit.lineage.planted import FIRMS, HOMES, names, plant
from tests.unit.portal.accounts import as_user
from tests.unit.portal.orders import judged

pytestmark = pytest.mark.django_db
OF, OTHER = names(HOMES), names(FIRMS)


@pytest.fixture(autouse=True)
def planted(prepared) -> None:
    plant()


def page(text: str, account: str) -> str:
    return as_user(account).get("/lineage/", {"q": text}).content.decode()


def hits(text: str, account: str) -> set[str]:
    """Data sets and pages that are linked from the hits."""
    shown = page(text, account).partition('<ol class="hits">')[2].partition("</ol>")[0]
    return {part.partition('"')[0] for part in shown.split('href="')[1:]}


def issued(on: str, keep: bool = False, kind: str = "部门数据质量报告") -> str:
    content = {"on": on, "number": PrintedDocument.objects.count()}
    by = Account.objects.get(username="bureau_handler")
    return issuing.issue(kind, kind, content, on=on, by=by, keep=keep).number


def node(name: str) -> str:
    return f"/lineage/{name}/"


def test_a_report_of_lineage_leads_to_what_it_is_about_for_who_may_take_it():
    number = export(asked(OF["product"]), "upstream", by=None).number
    assert number == "WS-2026-00001"
    for text in (number, number.lower(), "2026-00001", " WS-2026-\u200b00001\u200b "):
        assert node(OF["product"]) in hits(text, "auditor"), text
    assert "文书 WS-2026-00001《数据溯源报告》" in page(number, "auditor")
    for account in ("security", "primary_reviewer", "developer_s2", "minzheng_head"):
        assert hits(number, account) == set(), account
    assert hits("026", "auditor") == set()


@pytest.mark.parametrize("keep", [True, False])
def test_a_notice_leads_to_its_order_and_data_set_for_the_two_that_write_to_each_other(keep):
    made = judged(resource=f"{HOMES[0]}.{HOMES[1]}", item="name")
    Order.objects.filter(pk=made.pk).update(state="待签收")
    number = issued(f"order:{made.number}", keep, "数据质量问题整改通知单")
    expected = {node(OF["staging"]), f"/orders/{made.number}/"}
    for account in ("auditor", "bureau_handler", "minzheng_clerk", "minzheng_head"):
        assert hits(number, account) == expected, account
    for account in ("gongdian_head", "developer_s1", "developer_s2", "primary_reviewer", "security"):
        assert hits(number, account) == set(), account


def test_a_departments_report_is_found_by_the_department_and_those_above_it():
    number = issued(f"department:{HOMES[0]}")
    expected = {f"/quality/{HOMES[0]}/report/", node(OF["delivery"]), node(OF["staging"])}
    assert hits(number, "minzheng_clerk") == hits(number, "auditor") == expected
    assert hits(number, "gongdian_clerk") == hits(number, "developer_s2") == set()


def test_the_monthly_report_has_a_page_and_is_about_no_data_set():
    number = issued("report:2026-08")
    assert hits(number, "auditor") == {"/monthly/2026-08/"} and hits(number, "minzheng_head") == set()


def test_the_list_of_what_is_searched_says_so():
    assert "文书编号（限您可查看的文书）" in page("no such thing", "auditor")
    assert "文书编号" in as_user("auditor").get("/lineage/").content.decode()
