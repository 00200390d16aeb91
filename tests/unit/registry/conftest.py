"""Fixtures of the outbox's tests: three people, a mail server, an HTTP interface, and a clock that is moved by hand."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import datetime, timedelta

import pytest

from registry.models import Account, Role
from tests import receivers

START = datetime(2026, 9, 24, 9, 30)


@pytest.fixture
def people(home, db) -> dict[str, Account]:
    """A clerk and a head with an address, a handler without one."""
    made = {}
    for name, role, address in (
        ("clerk", Role.DATA_CLERK, "zhang.san@minzheng.example.cn"),
        ("head", Role.DEPARTMENT_HEAD, "li.si@minzheng.example.cn"),
        ("handler", Role.BUREAU_HANDLER, ""),
    ):
        made[name] = Account.objects.create(username=name, role=role, display_name=name, email=address)
    return made


@pytest.fixture
def pass_time(monkeypatch) -> Callable[..., None]:
    """Move the injected clock on from 2026-09-24 09:30."""
    moment = [START]

    def move(**by: float) -> None:
        moment[0] += timedelta(**by)
        monkeypatch.setenv("SUYUAN_NOW", moment[0].isoformat())

    move()
    return move


@pytest.fixture
def mail(monkeypatch) -> Iterator[receivers.MailServer]:
    """A plain mail server that the settings name."""
    with receivers.mail_server() as server:
        for name, value in {
            "HOST": "127.0.0.1", "PORT": str(server.port), "SECURITY": "none",
            "FROM": "区大数据主管部门 <notice@yanzhou.example.cn>",
        }.items():  # fmt: skip
            monkeypatch.setenv(f"SUYUAN_SMTP_{name}", value)
        monkeypatch.setenv("SUYUAN_PORTAL_URL", "https://data.yanzhou.example.cn/")
        yield server


@pytest.fixture
def hook(monkeypatch) -> Iterator[receivers.Receiver]:
    """An HTTP interface that the settings name."""
    with receivers.receiver() as server:
        monkeypatch.setenv("SUYUAN_WEBHOOK_URL", server.url)
        yield server
