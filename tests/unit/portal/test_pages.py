"""Who may open which page; refusals say why; acts are by POST with a token only."""

from __future__ import annotations

import pytest
from django.test import Client

from registry import demo
from registry.accounts import PERMISSIONS
from registry.models import Account, AuditEvent, GrantRecord, Release, Role

pytestmark = pytest.mark.django_db
PAGES = {
    "catalog": "/catalog/", "quality": "/quality/", "lineage": "/lineage/", "grants": "/grants/",
    "products": "/products/", "audit": "/audit/",
}  # fmt: skip


def logged_in(client: Client, **who) -> Client:
    account = Account.objects.filter(**who).first()
    client.force_login(account, backend="django.contrib.auth.backends.ModelBackend")
    return client


def client_of(role: Role) -> Client:
    return logged_in(Client(), role=role)


@pytest.mark.requirement("R075")
@pytest.mark.parametrize("role", list(Role))
def test_the_matrix_of_roles_and_pages(prepared, role):
    client = client_of(role)
    for permission, page in PAGES.items():
        expected = 200 if role in PERMISSIONS[permission] else 403
        assert client.get(page).status_code == expected, f"{role} {page}"


@pytest.mark.parametrize("page", ["/", *PAGES.values(), "/grants/S1/", "/lineage/x/graph.json"])
def test_nobody_sees_anything_without_logging_in(prepared, page):
    answer = Client().get(page)
    assert answer.status_code == 302 and answer.url.startswith("/login/")


@pytest.mark.requirement("R074")
def test_five_wrong_passwords_lock_the_account(prepared):
    client = Client()
    for _ in range(5):
        answer = client.post("/login/", {"username": "auditor", "password": "wrong"})
    assert answer.status_code == 429
    assert client.post("/login/", {"username": "auditor", "password": demo.demo_password()}).status_code == 429


def test_a_department_sees_its_own_quality_and_a_developer_its_own_grant(prepared):
    clerk = client_of(Role.DATA_CLERK)
    assert clerk.get("/quality/minzheng/").status_code == 200
    refusal = clerk.get("/quality/gongan/")
    assert refusal.status_code == 403 and "第八条（【数据治理】）" in refusal.content.decode()
    developer = Client()
    developer.force_login(
        Account.objects.get(username="developer_s1"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert developer.get("/grants/S1/").status_code == 200
    assert developer.get("/grants/S2/").status_code == 404
    assert "/grants/S2/" not in developer.get("/grants/").content.decode()


def test_a_clerk_sees_the_collection_of_its_own_department_only(prepared):
    own = client_of(Role.DATA_CLERK).get("/coverage/").content.decode()
    assert "最低生活保障对象" in own and "人口基本信息" not in own
    everything = client_of(Role.BUREAU_HANDLER).get("/coverage/").content.decode()
    assert "人口基本信息" in everything and "外部样例（不计入本区汇聚率）" in everything


def test_acts_need_post_a_token_and_the_right_role(prepared):
    record = GrantRecord.objects.get(grant="S1")
    approver = client_of(Role.BUREAU_APPROVER)
    assert approver.get("/grants/S1/act/").status_code == 405
    strict = Client(enforce_csrf_checks=True)
    strict.force_login(
        Account.objects.get(username="bureau_approver"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert strict.post("/grants/S1/act/", {"action": "暂时关闭", "reason": "x"}).status_code == 403
    page = client_of(Role.AUDITOR).post("/grants/S1/act/", {"action": "暂时关闭", "reason": "x"}, follow=True)
    assert "无权暂时关闭" in page.content.decode()
    record.refresh_from_db()
    assert record.state == "生效"
    page = approver.post("/grants/S1/act/", {"action": "暂时关闭", "reason": ""}, follow=True)
    assert "须写明理由" in page.content.decode()
    approver.post("/grants/S1/act/", {"action": "暂时关闭", "reason": "限期整改"})
    record.refresh_from_db()
    assert record.state == "暂时关闭"
    assert AuditEvent.objects.order_by("-seq").first().action == "暂时关闭"


@pytest.mark.requirement("R099")
def test_a_report_is_closed_until_both_keys_turned(prepared, home):
    from registry.actions import submit_release
    from warehouse import paths

    release = submit_release("elderly_care_report", "报告", "数据报告", GrantRecord.objects.get(grant="S2"), "b" * 64)
    folder = paths.products() / "elderly_care_report" / ("b" * 16)
    folder.mkdir(parents=True)
    (folder / "report.html").write_text("<p>内容</p>", "utf-8")
    developer = Client()
    developer.force_login(
        Account.objects.get(username="developer_s2"), backend="django.contrib.auth.backends.ModelBackend"
    )
    assert developer.get(f"/products/{release.pk}/html/").status_code == 403
    for role, action in ((Role.SECURITY_AUTHORITY, "安全审核通过"), (Role.BUREAU_APPROVER, "发布审核通过")):
        client_of(role).post(f"/products/{release.pk}/act/", {"action": action})
    assert Release.objects.get(pk=release.pk).state == "已发布"
    assert developer.get(f"/products/{release.pk}/html/").status_code == 200


@pytest.mark.parametrize("page", ["/nowhere/", "/catalog/no/such/", "/lineage/no.such.node/", "/grants/S99/"])
def test_what_is_not_there_gets_a_chinese_line(prepared, page):
    answer = client_of(Role.AUDITOR).get(page)
    assert answer.status_code == 404 and "请" in answer.content.decode() and "Traceback" not in answer.content.decode()


def test_no_page_asks_another_host(prepared):
    import re

    for page in ["/", *PAGES.values(), "/grants/S1/"]:
        text = client_of(Role.AUDITOR).get(page).content.decode()
        assert not re.findall(r'(?:src|href)="(?:https?:)?//', text)
