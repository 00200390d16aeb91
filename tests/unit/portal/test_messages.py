"""消息通知: everyone reads the own notices and states an address; the bureau sends failed ones again."""

from __future__ import annotations

import re

import pytest
from django.test import Client

from registry.delivering import deliver
from registry.models import Account, AuditEvent, Message, Role
from registry.outbox import notify
from tests import receivers
from tests.unit.portal.accounts import as_user

pytestmark = pytest.mark.django_db
ADDRESS = "zhang.san@minzheng.example.cn"


@pytest.fixture
def mail(prepared, monkeypatch):
    """A mail server that the settings name."""
    with receivers.mail_server() as server:
        monkeypatch.setenv("SUYUAN_SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("SUYUAN_SMTP_PORT", str(server.port))
        monkeypatch.setenv("SUYUAN_SMTP_SECURITY", "none")
        monkeypatch.setenv("SUYUAN_SMTP_FROM", "notice@yanzhou.example.cn")
        yield server


def tell(*names: str, key: str = "k", subject: str = "第7号整改通知单", **more: str) -> None:
    said = {"kind": "整改通知", "body": "第17行、第40行存在问题数据。", "link": "/quality/minzheng/"} | more
    notify(Account.objects.filter(username__in=names), key=key, subject=subject, **said)


def page_of(name: str, path: str = "/messages/") -> str:
    return as_user(name).get(path).content.decode()


def fail(name: str = "minzheng_clerk", key: str = "k") -> Message:
    tell(name, key=key)
    message = Message.objects.get(key__startswith=f"{key}#")
    Message.objects.filter(pk=message.pk).update(
        state="发送失败", attempts=8, next_attempt_at=None, last_error="邮件服务器拒收（550）"
    )
    return message


@pytest.mark.requirement("R075")
@pytest.mark.parametrize("role", list(Role))
def test_the_matrix_of_roles(prepared, role):
    client = as_user(Account.objects.filter(role=role).values_list("username", flat=True)[0])
    assert client.get("/messages/").status_code == 200
    may_resend = role in (Role.BUREAU_HANDLER, Role.DATA_ENGINEER)
    assert client.get("/messages/failed/").status_code == (200 if may_resend else 403)
    assert client.post("/messages/resend/", {"message": "99"}).status_code == (404 if may_resend else 403)
    for path in ("read", "email", "resend"):
        assert client.get(f"/messages/{path}/").status_code == 405
        assert Client().post(f"/messages/{path}/", {"message": "all"}).status_code == 302


def test_own_notices_unread_first_with_a_link_and_a_count(prepared):
    tell("minzheng_clerk", key="a", subject="第一号")
    tell("minzheng_clerk", key="b", subject="第二号", link="")
    tell("minzheng_head", key="c", subject="只给负责人")
    first = Message.objects.get(subject="第一号")
    text = page_of("minzheng_clerk")
    assert "您有2条未读通知" in text and "只给负责人" not in text
    assert re.search(r'消息通知<span class="unread">2<span class="spoken">条未读', page_of("minzheng_clerk", "/"))
    assert text.index("第二号") < text.index("第一号") and text.count('href="/quality/minzheng/"') == 1
    client = as_user("minzheng_clerk")
    assert "已将1条通知标为已读" in client.post("/messages/read/", {"message": first.pk}, follow=True).content.decode()
    first.refresh_from_db()
    assert first.read_at is not None
    client.post("/messages/read/", {"message": Message.objects.get(subject="第二号").pk})
    assert "您没有未读通知" in page_of("minzheng_clerk") and 'class="unread"' not in page_of("minzheng_clerk", "/")
    client.post("/messages/read/", {"message": Message.objects.get(subject="只给负责人").pk})
    assert 'class="unread">1<' in page_of("minzheng_head", "/")


def test_all_are_marked_at_once(prepared):
    for key in "abc":
        tell("auditor", key=key)
    assert (
        "已将3条通知标为已读"
        in as_user("auditor").post("/messages/read/", {"message": "all"}, follow=True).content.decode()
    )


@pytest.mark.parametrize("wrong", ["", "x", "-1", "１", "9" * 40, "1 OR 1=1"])
def test_what_is_no_number_is_not_found(prepared, wrong):
    tell("bureau_handler")
    for path in ("read", "resend"):
        assert as_user("bureau_handler").post(f"/messages/{path}/", {"message": wrong}).status_code == 404
    assert Message.objects.get().read_at is None


def test_hostile_text_is_escaped(prepared):
    tell("auditor", subject="<script>alert(1)</script>", body='"><img src=x onerror=alert(2)>')
    text = page_of("auditor")
    assert "<script>alert" not in text and "<img src=x" not in text and "&lt;script&gt;" in text


def test_a_person_states_an_address_and_mail_reaches_it(mail):
    client = as_user("minzheng_clerk")
    said = client.post("/messages/email/", {"email": ADDRESS}, follow=True).content.decode()
    assert "今后的通知同时发送至该邮箱" in said and f'value="{ADDRESS}"' in said
    event = AuditEvent.objects.latest("seq")
    assert (event.actor, event.action, event.detail) == ("minzheng_clerk", "登记电子邮箱", {})
    tell("minzheng_clerk", "minzheng_head")
    assert [a.state for a in deliver()] == ["已发送"]
    assert [str(m["To"]) for m in mail.mails] == [ADDRESS] and "第17行" in mail.mails[0].get_content()
    assert "已发送" in page_of("minzheng_clerk") and "仅站内" in page_of("minzheng_head")
    said = client.post("/messages/email/", {"email": "wrong"}, follow=True).content.decode()
    assert "格式不正确" in said and f'value="{ADDRESS}"' in said
    said = client.post("/messages/email/", {"email": ""}, follow=True).content.decode()
    assert "仅在本页查看" in said and Account.objects.get(username="minzheng_clerk").email == ""


@pytest.mark.parametrize("name", ["bureau_handler", "engineer"])
def test_a_failed_notice_is_sent_again_by_the_bureau_and_arrives(mail, name):
    Account.objects.filter(username="minzheng_clerk").update(email=ADDRESS)
    message = fail()
    assert "1条通知发送失败" in page_of(name, "/") and "发送失败的通知（1条）" in page_of(name)
    text = page_of(name, "/messages/failed/")
    assert "邮件服务器拒收（550）" in text and "区民政局数据专员" in text and ADDRESS not in text
    assert "第17行" not in text
    said = as_user(name).post("/messages/resend/", {"message": message.pk}, follow=True).content.decode()
    assert "已将1条通知重新列入待发送" in said and "没有发送失败的通知" in said
    event = AuditEvent.objects.latest("seq")
    assert (event.actor, event.action, event.object) == (name, "重新发送通知", f"message:{message.pk}")
    assert [a.state for a in deliver()] == ["已发送"] and len(mail.mails) == 1
    said = as_user(name).post("/messages/resend/", {"message": message.pk}, follow=True).content.decode()
    assert "当前状态为“已发送”，不能重新发送" in said and not deliver()


def test_after_an_outage_all_are_sent_again(mail):
    Account.objects.filter(username="minzheng_clerk").update(email=ADDRESS)
    for key in ("a", "b", "c"):
        fail(key=key)
    before = AuditEvent.objects.count()
    said = as_user("engineer").post("/messages/resend/", {"message": "all"}, follow=True).content.decode()
    assert "已将3条通知重新列入待发送" in said and AuditEvent.objects.count() == before + 3
    assert [a.state for a in deliver()] == ["已发送"] * 3 and len(mail.mails) == 3


def test_others_neither_see_nor_send_failed_ones(prepared):
    message = fail()
    for name in ("minzheng_clerk", "auditor", "bureau_approver", "developer_s1"):
        assert "发送失败的通知（" not in page_of(name)
        assert as_user(name).post("/messages/resend/", {"message": message.pk}).status_code == 403
    assert Message.objects.get().state == "发送失败"
