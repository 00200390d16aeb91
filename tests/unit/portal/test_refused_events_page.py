"""未接收事件: for data engineers and the auditor; producers, reasons and sizes, never content."""

from __future__ import annotations

import re
from pathlib import Path

import pytest

import lineage.events
from lineage.events.refused import Refused, record
from portal.refusal_reasons import in_chinese
from registry.models import Account, Role
from tests.unit.portal.accounts import as_user
from tests.unit.portal.api import producer

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("R131")
def test_the_page_says_when_who_and_why_and_shows_no_content(api):
    client = producer()
    assert client.post("/api/v1/lineage", b'{"secret": "370812199001011234"}').status_code == 422
    record([Refused(b"nothing", "not a JSON text in UTF-8 (JSONDecodeError)")])
    page = as_user("engineer").get("/refused-events/").content.decode()
    assert "数据开发商" in page and "缺少必填项" in page and "本系统导入" in page and "不是 UTF-8 编码的 JSON" in page
    assert "370812" not in page and "breaks the rule" not in page


def test_who_may_open_it(prepared):
    for account in Account.objects.filter(is_active=True):
        expected = 200 if account.role in (Role.DATA_ENGINEER, Role.AUDITOR) else 403
        assert as_user(account.username).get("/refused-events/").status_code == expected, account.role


def test_every_reason_of_the_catalog_has_its_chinese():
    """The texts stand in the code of lineage.events; each is tried with every place filled in."""
    sources = "\n".join(p.read_text() for p in Path(lineage.events.__path__[0]).glob("*.py"))
    raised = re.findall(r'(?:EventRefusedError|NotJsonError|BatchRefusedError)\(f?"([^"]+)"\)', sources)
    returned = re.findall(r'return f?"([^"]*this key may not[^"]*)"', sources)
    given = re.findall(r'reason="([^"]+)"', sources) + re.findall(r'_UNREADABLE = "([^"]+)"', sources)
    reasons = [
        r.replace("{missing}", " name").replace("{error.kind.name}", "required") for r in raised + returned + given
    ]
    assert len(reasons) >= 10
    for reason in reasons:
        shown = in_chinese(re.sub(r"\{[^}]+\}", "place", reason))
        assert re.search("[一-鿿]", shown), reason
