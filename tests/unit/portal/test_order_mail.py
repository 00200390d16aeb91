"""From a click in the portal to the mail received: dispatching tells the department and those who use the data."""

from __future__ import annotations

import pytest

from expectations.models import Order
from registry.delivering import deliver
from registry.models import Account, Message
from tests import receivers
from tests.unit.expectations.test_orders import judged, uses
from tests.unit.portal.accounts import as_user

pytestmark = pytest.mark.usefixtures("prepared")
ADDRESSES = {"minzheng_clerk": "clerk@minzheng.example.cn", "developer_s2": "s2@yihe.example.cn"}


@pytest.fixture
def mail(monkeypatch):
    """A real mail server that the settings name."""
    with receivers.mail_server() as server:
        monkeypatch.setenv("SUYUAN_SMTP_HOST", "127.0.0.1")
        monkeypatch.setenv("SUYUAN_SMTP_PORT", str(server.port))
        monkeypatch.setenv("SUYUAN_SMTP_SECURITY", "none")
        monkeypatch.setenv("SUYUAN_SMTP_FROM", "区大数据主管部门 <notice@yanzhou.example.cn>")
        monkeypatch.setenv("SUYUAN_PORTAL_URL", "https://data.yanzhou.example.cn")
        yield server


@pytest.mark.requirement("R026")
def test_signing_a_notice_in_the_portal_is_a_mail_to_the_department_and_to_the_developer(mail, monkeypatch):
    for name, address in ADDRESSES.items():
        Account.objects.filter(username=name).update(email=address)
    monkeypatch.setattr("portal.views.orders.affected", uses)
    judged("b1", 9)
    number = Order.objects.get().number
    for name, action in (("bureau_handler", "拟发"), ("bureau_approver", "签发")):
        assert as_user(name).post(f"/orders/{number}/act/", {"action": action}).status_code == 302
    assert Order.objects.get().state == "待签收"
    deliver()
    received = {str(m["To"]): m for m in mail.mails}
    assert set(received) == set(ADDRESSES.values())
    to_clerk = received["clerk@minzheng.example.cn"]
    assert str(to_clerk["Subject"]).strip() == f"数据质量问题整改通知单 {number}"
    text = to_clerk.get_content()
    assert "享受低保人员已死亡" in text and "9 条" in text and "2026年10月9日" in text
    assert f"https://data.yanzhou.example.cn/orders/{number}/" in text
    assert "授权 S2" in received["s2@yihe.example.cn"].get_content()
    deliver()
    assert len(mail.mails) == 2
    assert Message.objects.filter(state="已发送").count() == 2
