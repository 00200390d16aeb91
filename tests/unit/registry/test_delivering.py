"""Sending notices to a real mail server and a real interface: once when all goes well, again when not, never lost."""

from __future__ import annotations

import hashlib
import json
import logging
from datetime import timedelta
from email.header import decode_header
from email.utils import parsedate_to_datetime

import pytest

from config import keys
from registry import resending
from registry.delivering import MAX_ATTEMPTS, deliver, wait_after
from registry.models import AuditEvent, Message
from registry.states import RefusedError
from tests import receivers, sources
from tests.unit.registry.conftest import START
from tests.unit.registry.test_outbox import TEXT, tell

pytestmark = pytest.mark.django_db
CLERK = "zhang.san@minzheng.example.cn"


def states() -> list[str]:
    return list(Message.objects.order_by("pk").values_list("state", flat=True))


def ours(caplog) -> str:
    """All that was logged, but for the test's own mail server."""
    return "\n".join(f"{r.getMessage()} {r.exc_info or ''}" for r in caplog.records if r.name != "mail.log")


def hmac_sha256(key: bytes, text: bytes) -> str:
    """HMAC as RFC 2104 writes it, without the library's."""
    block = key.ljust(64, b"\0")
    inner = hashlib.sha256(bytes(b ^ 0x36 for b in block) + text).digest()
    return hashlib.sha256(bytes(b ^ 0x5C for b in block) + inner).hexdigest()


def test_a_mail_arrives_with_chinese_headers(people, mail, pass_time):
    tell(people["clerk"])
    pass_time(minutes=3)
    assert [(a.channel, a.state) for a in deliver()] == [("mail", "已发送")]
    raw, received = mail.raw[0], mail.mails[0]
    raw.decode("ascii")  # nothing but seven bits on the way
    subject = next(line for line in raw.split(b"\r\n") if line.startswith(b"Subject: "))
    assert b"=?utf-8?" in subject.lower()
    head = raw.split(b"\r\n\r\n")[0].replace(b"\r\n", b"").decode()
    assert "".join(t.decode(c or "ascii") if isinstance(t, bytes) else t for t, c in decode_header(head)).count("第7号")
    assert received["Subject"] == "数据质量问题整改通知单第7号"
    assert received["From"].addresses[0].display_name == "区大数据主管部门"
    assert received["From"].addresses[0].addr_spec == "notice@yanzhou.example.cn"
    assert (received["To"], received["Auto-Submitted"]) == (CLERK, "auto-generated")
    assert parsedate_to_datetime(str(received["Date"])).replace(tzinfo=None) == START + timedelta(minutes=3)
    text = received.get_content()
    assert TEXT in text and "https://data.yanzhou.example.cn/orders/7/" in text and "请勿直接回复" in text
    assert deliver() == [] and len(mail.mails) == 1
    message = Message.objects.get()
    assert message.sent_at and message.sent_at.replace(tzinfo=None) == START + timedelta(minutes=3, hours=-8)


def test_a_refused_mail_is_tried_again_later_and_given_up_and_resent_by_a_person(people, mail, pass_time, caplog):
    caplog.set_level(logging.DEBUG)
    tell(people["clerk"])
    mail.refusals = ["550 <{address}> unknown at minzheng, id 370812199001010017"] * MAX_ATTEMPTS
    waits = []
    for number in range(1, MAX_ATTEMPTS + 1):
        (attempt,) = deliver()
        assert attempt.error == "邮件服务器拒收（550）" and mail.attempts == number
        assert deliver() == []  # not before its time
        if attempt.next_at:
            waits.append((attempt.next_at.replace(tzinfo=None) - START).total_seconds() / 60 - sum(waits))
            pass_time(minutes=waits[-1] - 0.1)
            assert deliver() == []
            pass_time(minutes=0.1)
    for wait, least in zip(waits, [5, 10, 20, 40, 80, 160, 320], strict=True):
        assert least <= wait <= least * 1.25
    assert len({round(w / least, 6) for w, least in zip(waits, [5, 10, 20, 40, 80, 160, 320], strict=True)}) > 1
    message = Message.objects.get()
    assert (message.state, message.attempts, message.next_attempt_at) == ("发送失败", MAX_ATTEMPTS, None)
    pass_time(days=3)
    assert deliver() == []
    for word in ("zhang.san", "example.cn", "370812", "unknown"):
        assert word not in message.last_error and word not in ours(caplog)

    with pytest.raises(RefusedError, match="无权重新发送"):
        resending.resend(message.pk, by=people["clerk"])
    resending.resend(message.pk, by=people["handler"])
    assert [(a.state, a.error) for a in deliver()] == [("已发送", "")]
    assert len(mail.mails) == 1
    event = AuditEvent.objects.get()
    assert (event.actor, event.action, event.object) == ("handler", "重新发送通知", f"message:{message.pk}")
    with pytest.raises(RefusedError, match="已发送"):
        resending.resend(message.pk, by=people["handler"])


def test_waits_differ_between_notices_and_never_exceed_the_longest():
    waits = {wait_after(9, f"key{i}") for i in range(50)}
    assert len(waits) == 50 and min(waits) >= timedelta(hours=6) and max(waits) <= timedelta(hours=7.5)


def test_a_mail_whose_receipt_is_lost_comes_again_under_the_same_id(people, mail, pass_time, monkeypatch):
    from registry import mail as mailing

    monkeypatch.setattr(mailing, "TIMEOUT", 0.3)
    tell(people["clerk"])
    mail.hold = 1.0
    (attempt,) = deliver()
    assert (attempt.state, attempt.error) == ("待发送", "邮件服务器无法连接或连接中断")
    mail.hold = 0
    pass_time(minutes=7)
    assert deliver()[0].state == "已发送"
    first, second = mail.mails
    assert first["Message-ID"] == second["Message-ID"] and str(first["Message-ID"]).endswith("@yanzhou.suyuan>")
    tell(people["clerk"], key="order:8:raised")
    deliver()
    assert mail.mails[2]["Message-ID"] != first["Message-ID"]


def test_a_notice_that_a_killed_process_left_is_sent_once_it_has_lapsed(people, mail, pass_time):
    tell(people["clerk"])
    from registry.delivering import _take

    assert _take(Message.objects.get().pk) is not None  # and then the process is killed
    assert states() == ["发送中"] and deliver() == []
    pass_time(minutes=19)
    assert deliver() == [] and not mail.mails
    pass_time(minutes=2)
    assert [a.state for a in deliver()] == ["已发送"] and len(mail.mails) == 1


def test_a_notice_that_kills_every_process_is_given_up(people, mail, pass_time):
    from registry.delivering import _take

    tell(people["clerk"])
    for _ in range(MAX_ATTEMPTS):
        assert _take(Message.objects.get().pk) is not None
        pass_time(minutes=21)
    assert [(a.state, a.error) for a in deliver()] == [("发送失败", "多次发送均被中断")] and not mail.mails


def test_a_receipt_counts_even_if_another_process_took_the_notice_meanwhile(people, mail, pass_time):
    from registry.delivering import _not_sent, _sent, _take

    tell(people["clerk"])
    slow = _take(Message.objects.get().pk)
    pass_time(minutes=21)
    quick = _take(Message.objects.get().pk)
    assert slow and quick
    _not_sent(slow, "迟到的失败")
    assert states() == ["发送中"] and Message.objects.get().lease == quick.lease
    _sent(slow)
    _not_sent(quick, "后到的失败")
    assert states() == ["已发送"] and Message.objects.get().last_error == ""


def test_a_dead_server_costs_one_attempt_a_round_and_the_other_way_goes_on(people, mail, hook, pass_time, monkeypatch):
    monkeypatch.setenv("SUYUAN_SMTP_PORT", "9")
    for number in range(5):
        tell(people["clerk"], key=f"k{number}")
    attempts = deliver()
    assert [a.channel for a in attempts].count("mail") == 1 and len(hook.calls) == 5
    assert sorted(Message.objects.filter(channel="mail").values_list("attempts", flat=True)) == [0, 0, 0, 0, 1]
    monkeypatch.setenv("SUYUAN_SMTP_PORT", str(mail.port))
    pass_time(minutes=7)
    deliver()
    assert len(mail.mails) == 5


def test_a_refused_recipient_does_not_stop_the_next_one(people, mail):
    tell(people["clerk"], people["head"])
    mail.refusals = ["550 no"]
    assert [a.state for a in deliver()] == ["待发送", "已发送"]


def test_who_has_no_address_any_more_reads_in_the_portal(people, mail):
    tell(people["clerk"], people["head"])
    resending.state_email("", by=people["clerk"])
    people["head"].is_active = False
    people["head"].save()
    assert [a.state for a in deliver()] == ["仅站内", "仅站内"] and not mail.attempts


def test_one_notice_that_cannot_be_written_does_not_stop_the_others(people, mail, monkeypatch, caplog):
    tell(people["clerk"], people["head"])
    type(people["clerk"]).objects.filter(pk=people["clerk"].pk).update(email="not an address @@ x")
    assert [(a.state, a.error) for a in deliver()] == [("待发送", "邮件未能生成（ValueError）"), ("已发送", "")]
    assert "not an address" not in ours(caplog)


@pytest.mark.filterwarnings("ignore:Requiring AUTH")
@pytest.mark.parametrize("implicit", [False, True])
def test_encrypted_mail_with_a_password_needs_a_certificate_that_holds(people, home, tmp_path, monkeypatch, implicit):
    public, context = receivers.certificate(tmp_path)
    with receivers.mail_server(tls=context, implicit=implicit, login=True) as server:
        for name, value in {
            "HOST": "127.0.0.1", "PORT": str(server.port), "SECURITY": "ssl" if implicit else "starttls",
            "FROM": "notice@yanzhou.example.cn",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"SUYUAN_SMTP_{name}", value)
        keys_folder = home.parent / "keys"
        for number, (trusted, password, said) in enumerate(
            [
                (False, receivers.PASSWORD, "证书未通过校验"), (True, "wrong", "登录未通过（535）"),
                (True, receivers.PASSWORD, ""),
            ]
        ):  # fmt: skip
            monkeypatch.setenv("SSL_CERT_FILE", str(public) if trusted else "/dev/null")
            sources.write_connection(keys_folder, "smtp", {"user": receivers.USER, "password": password})
            tell(people["clerk"], key=f"k{number}")
            (attempt,) = deliver()
            assert said in attempt.error and (attempt.state == "已发送") is (not said)
            Message.objects.exclude(state="已发送").delete()
    assert len(server.mails) == 1


@pytest.mark.parametrize(
    ("content", "mode", "said"),
    [
        ({"user": "u", "password": "pw-Secret"}, 0o600, "未加密的连接不得发送邮件账号密码"),
        ({"user": "u", "password": "pw-Secret"}, 0o644, "邮件账号文件不可用"),
        ("{not json pw-Secret", 0o600, "邮件账号文件不可用"),
        ({"user": "u", "password": "pw-Secret", "x": 1}, 0o600, "邮件账号文件不可用"),
        (["pw-Secret"], 0o600, "邮件账号文件不可用"),
    ],
)
def test_an_account_file_that_cannot_be_used_sends_nothing_and_tells_nothing(
    people, mail, home, caplog, content, mode, said
):
    sources.write_connection(home.parent / "keys", "smtp", content, mode)
    tell(people["clerk"])
    (attempt,) = deliver()
    assert said in attempt.error and not mail.attempts
    assert "pw-Secret" not in attempt.error + ours(caplog)


def test_the_server_must_offer_the_encryption_that_is_set(people, mail, monkeypatch):
    monkeypatch.setenv("SUYUAN_SMTP_SECURITY", "starttls")
    tell(people["clerk"])
    (attempt,) = deliver()
    assert "不支持所设的加密" in attempt.error and not mail.attempts


def test_the_webhook_gets_one_signed_document(people, hook, pass_time, monkeypatch):
    monkeypatch.setenv("SUYUAN_PORTAL_URL", "https://data.yanzhou.example.cn")
    tell(people["clerk"])
    pass_time(minutes=4)
    assert [(a.channel, a.state) for a in deliver()] == [("webhook", "已发送")]
    ((path, headers, body),) = hook.calls
    document = json.loads(body)
    assert path.startswith("/hook?") and headers["content-type"] == "application/json; charset=utf-8"
    assert document == {
        "version": 1, "id": headers["idempotency-key"], "kind": "整改通知", "subject": "数据质量问题整改通知单第7号",
        "text": TEXT, "link": "https://data.yanzhou.example.cn/orders/7/", "at": "2026-09-24T09:30:00+08:00",
    }  # fmt: skip
    secret = (keys.directory("portal") / "webhook.key").read_bytes()
    expected = hmac_sha256(secret, headers["x-suyuan-timestamp"].encode() + b"." + body)
    assert headers["x-suyuan-signature"] == f"sha256={expected}"
    assert int(headers["x-suyuan-timestamp"]) == 1790213640  # 2026-09-24T09:34:00+08:00
    assert headers["x-suyuan-key-id"] == keys.key("portal", "webhook").key_id
    assert "clerk" not in body.decode() and CLERK not in body.decode() + str(headers)


def test_the_webhook_repeats_the_same_bytes_and_follows_nothing(people, hook, pass_time, caplog):
    caplog.set_level(logging.DEBUG)
    tell()
    hook.answers = [302, 500, 400]
    errors = []
    for _ in range(4):
        errors.append(deliver()[0].error)
        pass_time(hours=1)
    assert errors == ["通知接口要求转向，不予跟随（302）", "通知接口未接收（500）", "通知接口未接收（400）", ""]
    assert [c[0].split("?")[0] for c in hook.calls] == ["/hook"] * 4
    assert len({c[2] for c in hook.calls}) == 1 and len({c[1]["idempotency-key"] for c in hook.calls}) == 1
    assert len({c[1]["x-suyuan-timestamp"] for c in hook.calls}) == 4
    assert "url-Secret" not in ours(caplog)


@pytest.mark.parametrize("url", ["ftp://127.0.0.1/x", "file:///etc/passwd", "127.0.0.1/x", "http://", "http://[::1"])
def test_an_address_that_is_not_http_is_not_called(people, monkeypatch, url):
    monkeypatch.setenv("SUYUAN_WEBHOOK_URL", url)
    tell()
    (attempt,) = deliver()
    assert "不是 http、https 地址" in attempt.error and url not in attempt.error


def test_a_webhook_that_hangs_or_is_gone_is_a_failure_of_this_round(people, hook, pass_time, monkeypatch):
    from registry import webhook

    monkeypatch.setattr(webhook, "TIMEOUT", 0.2)
    hook.pause = 1.0
    tell()
    assert deliver()[0].error == "通知接口未在规定时间内应答"
    pass_time(hours=1)
    monkeypatch.setenv("SUYUAN_WEBHOOK_URL", "http://127.0.0.1:9/x")
    assert "无法连接" in deliver()[0].error


@pytest.mark.parametrize(
    "address",
    [
        "zhang",
        "a@b",
        "a b@c.cn",
        "a@b.cn\nBcc: x@y.cn",
        '"a"@b.cn',
        "张三@单位.cn",
        "x" * 250 + "@b.cn",
        "a@b.cn,c@d.cn",
    ],
)
def test_an_address_that_mail_cannot_reach_is_refused_without_repeating_it(people, address):
    with pytest.raises(RefusedError, match="格式不正确") as refusal:
        resending.state_email(address, by=people["handler"])
    assert address not in str(refusal.value)
    people["handler"].refresh_from_db()
    assert people["handler"].email == "" and not AuditEvent.objects.exists()


def test_stating_an_address_leaves_a_trace_without_it(people):
    for address in (" wang.wu@data.example.cn ", "wang.wu@data.example.cn", "w5@data.example.cn", ""):
        resending.state_email(address, by=people["handler"])
    events = AuditEvent.objects.order_by("seq")
    assert [(e.action, e.object) for e in events] == [
        ("登记电子邮箱", "account:handler"), ("变更电子邮箱", "account:handler"), ("删除电子邮箱", "account:handler"),
    ]  # fmt: skip
    assert "example" not in str([e.detail for e in events])
