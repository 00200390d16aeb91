"""The outbox under several processes and a kill, on SQLite and on PostgreSQL, through the command line."""

from __future__ import annotations

import json
import os
import signal
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass
from pathlib import Path
from urllib.parse import quote

import pytest

from tests import receivers, sources
from tests.district import ROOT, District

SUYUAN = str(Path(sys.executable).parent / "suyuan")
TELL = """
from config import django_setup
django_setup()
from registry.models import Account, Message
from registry.outbox import notify
account, _ = Account.objects.get_or_create(
    username="clerk", defaults={"role": "data_clerk", "email": "zhang.san@minzheng.example.cn"})
said = {"kind": "整改通知", "body": "第17行", "link": "/"}
print(sum(notify([account], key=f"order:{i}", subject=f"第{i}号", **said) for i in range(%d)))
"""


@dataclass(frozen=True)
class Office:
    """An installation with a mail server."""

    district: District
    server: receivers.MailServer
    environment: dict[str, str]

    def suyuan(self, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        return self.district.suyuan("messages", *arguments, **self.environment, **changes)

    def start(self, *command: str) -> subprocess.Popen[str]:
        return subprocess.Popen(
            command, cwd=ROOT, env=self.district.environment | self.environment, start_new_session=True, text=True,
            stdout=subprocess.PIPE,
        )  # fmt: skip

    def tell(self, count: int) -> int:
        process = self.start(sys.executable, "-c", TELL % count)
        return int(process.communicate(timeout=60)[0])

    def rows(self) -> list[dict[str, object]]:
        return json.loads(self.suyuan("list", "--json").stdout)


@pytest.fixture(params=["sqlite", "postgres"])
def office(request, tmp_path) -> Iterator[Office]:
    if request.param == "sqlite":
        with receivers.mail_server() as server:
            yield Office(District(tmp_path), server, settings_of(server))
        return
    programs = sources.postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    with sources.postgres(programs) as dsn, receivers.mail_server() as server:
        said = dict(part.split("=", 1) for part in dsn.split())
        place = f"{quote(said['host'], safe='')}:{said['port']}/{said['dbname']}"
        url = f"postgres://{said['user']}:{said['password']}@{place}"
        yield Office(District(tmp_path), server, settings_of(server) | {"DATABASE_URL": url})


def settings_of(server: receivers.MailServer) -> dict[str, str]:
    return {
        "SUYUAN_SMTP_HOST": "127.0.0.1", "SUYUAN_SMTP_PORT": str(server.port), "SUYUAN_SMTP_SECURITY": "none",
        "SUYUAN_SMTP_FROM": "notice@yanzhou.example.cn",
    }  # fmt: skip


def test_processes_side_by_side_send_each_notice_once(office):
    assert office.tell(1) == 1  # makes the database
    asking = [office.start(sys.executable, "-c", TELL % 30) for _ in range(2)]
    assert sum(int(p.communicate(timeout=60)[0]) for p in asking) == 29
    office.server.hold = 0.05
    sending = [office.start(SUYUAN, "messages", "deliver") for _ in range(3)]
    lines = [p.communicate(timeout=120)[0].splitlines() for p in sending]
    sent = [line for each in lines for line in each if line.endswith("mail 已发送")]
    assert len(sent) == len(set(sent)) == 30 and [p.returncode for p in sending] == [0, 0, 0]
    assert Counter(str(m["Subject"]) for m in office.server.mails) == {f"第{i}号": 1 for i in range(30)}
    assert sum(bool(each) and each != ["nothing is due"] for each in lines) >= 2
    assert {r["state"] for r in office.rows()} == {"已发送"} and {r["attempts"] for r in office.rows()} == {1}


def test_a_kill_between_sending_and_recording_repeats_the_mail_under_its_id(office):
    office.tell(1)
    office.server.hold = 60
    process = office.start(SUYUAN, "messages", "deliver")
    while not office.server.mails:
        assert process.poll() is None
        time.sleep(0.02)
    os.killpg(process.pid, signal.SIGKILL)
    process.communicate()
    office.server.hold = 0
    assert [r["state"] for r in office.rows()] == ["发送中"]
    early = office.suyuan("deliver", SUYUAN_NOW="2026-09-24T09:49:00")
    assert (early.returncode, early.stdout) == (0, "nothing is due\n") and len(office.server.mails) == 1
    late = office.suyuan("deliver", SUYUAN_NOW="2026-09-24T09:51:00")
    assert (late.returncode, late.stdout) == (0, "message 1 mail 已发送\n")
    first, second = office.server.mails
    assert first["Message-ID"] == second["Message-ID"] and first.get_content() == second.get_content()
    assert [(r["state"], r["attempts"]) for r in office.rows()] == [("已发送", 2)]


def test_the_command_line_says_what_failed_and_lists_it(office):
    office.tell(2)
    office.server.refusals = ["550 <{address}> unknown"]
    done = office.suyuan("deliver")
    first, second = done.stdout.splitlines()
    failed = "message 1 mail 待发送, again after 2026-09-24 09:3"
    assert done.returncode == 1 and second == "message 2 mail 已发送"
    assert first.startswith(failed) and first.endswith(": 邮件服务器拒收（550）")
    assert "example.cn" not in done.stdout + done.stderr
    listed = json.loads(office.suyuan("list", "--state", "待发送", "--json").stdout)
    assert [(r["message"], r["recipient"], r["error"]) for r in listed] == [(1, "clerk", "邮件服务器拒收（550）")]
    assert "第0号" in office.suyuan("list").stdout
    wrong = office.suyuan("list", "--state", "lost")
    assert wrong.returncode == 2 and wrong.stderr.startswith("suyuan: there is no state lost: choose 待发送")
    wrong = office.suyuan("deliver", "--limit", "0")
    assert wrong.returncode == 2 and len(wrong.stderr.splitlines()) == 1


def test_a_setting_that_is_not_understood_is_one_line_without_its_value(tmp_path):
    done = District(tmp_path).suyuan("messages", "list", SUYUAN_SMTP_PORT="pw-Secret", SUYUAN_SMTP_SECURITY="tls1")
    assert done.returncode == 2 and done.stdout == ""
    said = "suyuan: SUYUAN_SMTP_PORT, SUYUAN_SMTP_SECURITY is not understood: see docs/operations.md\n"
    assert done.stderr == said
