"""Who asks on the command line: each question is one act, by the person named, else by the system with the login."""

from __future__ import annotations

import json
import os
import pwd

import pytest
from typer.testing import CliRunner

from cli.lineage import app
from registry import audit, demo
from registry.models import AuditEvent
from tests.unit.lineage.planted import HOMES, names, plant

pytestmark = pytest.mark.django_db
OF = names(HOMES)
LOGIN = pwd.getpwuid(os.getuid()).pw_name
ASKS = {
    "trace": ["trace", OF["product"], "--column", "beds", "--purpose", "抽查"],
    "sources": ["sources", OF["product"], "--column", "beds", "--purpose", "抽查"],
    "destinations": ["destinations", OF["delivery"], "--purpose", "抽查"],
    "responsibility": ["responsibility", OF["product"], "--purpose", "抽查"],
    "impact": ["impact", OF["staging"], "--purpose", "抽查"],
    "acts": ["acts", "auditor", "--purpose", "抽查"],
}  # fmt: skip


@pytest.fixture(autouse=True)
def planted(home, db) -> None:
    demo.prepare_demo()
    plant()


def lineage(*arguments: object):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def last() -> AuditEvent:
    return AuditEvent.objects.latest("seq")


@pytest.mark.requirement("R127")
@pytest.mark.parametrize("question", ASKS)
def test_each_question_is_one_act_with_purpose_and_login(question):
    before = AuditEvent.objects.count()
    done = lineage(*ASKS[question])
    assert done.exit_code == 0, done.output
    event = last()
    assert AuditEvent.objects.count() == before + 1 and event.actor == "system"
    assert (event.action, event.detail["question"], event.detail["purpose"]) == ("查询血缘", question, "抽查")
    assert (event.detail["interface"], event.detail["os_user"]) == ("cli", LOGIN)
    assert lineage(*ASKS[question], "--by", "auditor").exit_code == 0
    assert (last().actor, last().role, last().detail["os_user"]) == ("auditor", "auditor", LOGIN)
    assert audit.verify() == before + 2


def test_the_login_is_the_operating_systems_word_not_the_environments(monkeypatch):
    for name in ("USER", "LOGNAME", "USERNAME"):
        monkeypatch.setenv(name, "somebody_else")
    lineage(*ASKS["trace"])
    assert last().detail["os_user"] == LOGIN


@pytest.mark.parametrize("question", ["trace", "sources", "acts"])
def test_an_account_that_is_not_there_or_may_not_ask_gets_one_line_and_no_answer(question):
    before = AuditEvent.objects.count()
    for name in ("nobody", "industry"):
        done = lineage(*ASKS[question], "--by", name)
        assert (done.exit_code, done.stdout, len(done.stderr.splitlines())) == (2, "", 1)
    assert AuditEvent.objects.count() == before


def test_who_asks_sees_what_the_account_may_see():
    other = lineage("trace", "product.s1.enterprise_status_verification", "--by", "developer_s2")
    assert other.exit_code == 2 and "no data set" in other.stderr
    own = json.loads(lineage("trace", OF["product"], "--by", "developer_s2", "--json").stdout)
    assert OF["delivery"] in {n["name"] for n in own["nodes"]}
    assert all("suyuan_delivery" not in n["facts"] for n in own["nodes"])
    assert lineage("acts", "auditor", "--by", "minzheng_clerk").exit_code == 2
    assert lineage("acts", "minzheng_clerk", "--by", "minzheng_head").exit_code == 0
    assert lineage("rebuild-product", "S2", "elderly_care_report", "--by", "developer_s2").exit_code == 2


def test_trace_walks_as_it_was_known():
    seen = json.loads(lineage("trace", OF["product"], "--known", "10", "--json").stdout)
    assert seen["as_of_seq"] == 10 and seen["is_complete"] is True
    assert lineage("trace", OF["product"], "--known", "1").exit_code == 2
    assert last().detail["known_seq"] == 10


def test_an_answer_on_the_terminal_ends_in_chinese_and_its_json_in_english():
    for question in ("trace", "sources", "destinations", "responsibility", "impact"):
        end = lineage(*ASKS[question]).stdout.splitlines()[-1]
        assert end.startswith("截至 2026-09-24T09:30:00（第 ") and end.endswith("条血缘记录），结果完整"), end
    asked = ["trace", OF["subset"]]
    from lineage.events.ingest import ingest_many
    from tests.unit.lineage.events import run_event

    ingest_many([run_event("gap", inputs=("platform.a.gap",), outputs=(OF["subset"],))])
    text, told = lineage(*asked).stdout, json.loads(lineage(*asked, "--json").stdout)
    assert text.splitlines()[-1].endswith("结果不完整：platform.a.gap 没有登记来源")
    assert told["incomplete_because"] == ["platform.a.gap has no recorded source"]


@pytest.mark.requirement("R020")
def test_a_batch_is_told_with_encoding_receiver_and_catalog_version_and_who_delivered_it():
    text = lineage(*ASKS["sources"]).stdout
    assert "编码 UTF-8" in text and "接收方式 门户办理接收" in text and "目录版本 第2版" in text
    assert "质量判定" in text and "已转为现行版本" in text and "提升" not in text
    duty = lineage(*ASKS["responsibility"]).stdout
    assert "接收：门户办理接收" in duty and "没有登记到个人" in duty
