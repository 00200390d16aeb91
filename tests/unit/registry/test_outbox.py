"""Writing notices: once each, with their act or not at all."""

from __future__ import annotations

import pytest
from django.db import transaction

from registry.delivering import deliver
from registry.models import Account, Message
from registry.outbox import mark_read, notices_of, notify, unread_count

pytestmark = pytest.mark.django_db
TEXT = "区民政局：资源“最低生活保障对象”第20260924-01批次第17行、第40行存在问题数据。"


def tell(*accounts: Account, key: str = "order:7:raised", **changed: str) -> int:
    said = {"kind": "整改通知", "subject": "数据质量问题整改通知单第7号", "body": TEXT, "link": "/orders/7/"} | changed
    return notify(accounts, key=key, **said)


def test_each_account_gets_one_message_and_the_webhook_one(people, mail, hook):
    assert tell(*people.values()) == 4
    states = Message.objects.values_list("channel", "recipient__username", "state")
    assert sorted(states, key=str) == [
        ("mail", "clerk", "待发送"), ("mail", "handler", "仅站内"), ("mail", "head", "待发送"),
        ("webhook", None, "待发送"),
    ]  # fmt: skip


def test_without_a_mail_server_everything_stays_readable_in_the_portal(people):
    assert tell(*people.values()) == 3
    assert set(Message.objects.values_list("state", flat=True)) == {"仅站内"}
    assert [unread_count(p) for p in people.values()] == [1, 1, 1]
    assert deliver() == []


def test_the_same_key_is_the_same_notice_and_only_new_accounts_are_added(people, mail, hook):
    assert tell(people["clerk"], people["clerk"]) == 2
    assert tell(people["clerk"], body="另一说法") == 0
    assert tell(people["clerk"], people["head"]) == 1
    assert tell(people["clerk"], key="order:8:raised") == 2
    first = Message.objects.get(key__startswith="order:7:", recipient=people["clerk"])
    assert first.body == TEXT
    deliver()
    assert sorted(str(m["To"]) for m in mail.mails) == [
        "li.si@minzheng.example.cn", "zhang.san@minzheng.example.cn", "zhang.san@minzheng.example.cn",
    ]  # fmt: skip
    assert len(hook.calls) == 2


def test_a_rolled_back_act_tells_nobody(people, mail, hook):
    with pytest.raises(RuntimeError), transaction.atomic():
        assert tell(people["clerk"]) == 2
        raise RuntimeError("the act fails after its notice")
    assert not Message.objects.exists() and unread_count(people["clerk"]) == 0
    assert deliver() == [] and not mail.mails and not hook.calls


@pytest.mark.parametrize(
    "wrong",
    [
        {"key": ""}, {"key": "k" * 201}, {"kind": ""}, {"link": "https://elsewhere.example/"},
        {"link": "//elsewhere.example/"}, {"link": "/\\elsewhere.example"}, {"link": "orders/7"},
    ],
)  # fmt: skip
def test_a_notice_that_none_may_be_is_refused_and_leaves_nothing(people, wrong):
    with pytest.raises(ValueError, match="a notice|the link"):
        tell(people["clerk"], **wrong)
    assert not Message.objects.exists()


def test_long_texts_are_cut_and_say_so(people):
    tell(people["clerk"], subject="长" * 300, body="第1行\n" * 3000)
    message = Message.objects.get()
    assert len(message.subject) == 200 and message.subject.endswith("…")
    assert len(message.body) == 4000 and message.body.endswith("全文请登录平台查看相应事项。）")


def test_reading_marks_only_ones_own(people):
    for number in (1, 2, 3):
        tell(people["clerk"], people["head"], key=f"k{number}", subject=f"第{number}号")
    second = Message.objects.get(key=f"k2#{people['clerk'].pk}")
    foreign = Message.objects.get(key=f"k1#{people['head'].pk}")
    assert mark_read(people["clerk"], second.pk) == 1 and mark_read(people["clerk"], second.pk) == 0
    assert mark_read(people["clerk"], foreign.pk) == 0
    assert [m.subject for m in notices_of(people["clerk"])] == ["第3号", "第1号", "第2号"]
    assert mark_read(people["clerk"]) == 2 and unread_count(people["clerk"]) == 0
    assert unread_count(people["head"]) == 3
