"""Control characters in addresses, forms and cookies: no view gets one, on public pages and behind the login."""

from __future__ import annotations

import pytest
from axes.models import AccessAttempt
from django.db.backends.utils import CursorWrapper
from django.test import Client

from expectations.models import Objection
from registry.models import AuditEvent
from tests.unit.portal.accounts import as_user
from tests.unit.portal.orders import act, judged

pytestmark = pytest.mark.django_db
DIRT = "\x00\x07\x1b\x7f\x85"


@pytest.fixture(autouse=True)
def no_nul_in_sql(prepared, monkeypatch) -> None:
    """The test's database refuses NUL in a parameter, as PostgreSQL does."""
    execute = CursorWrapper.execute

    def strict(self, sql, params=None):
        if any("\x00" in p for p in params or () if isinstance(p, str)):
            raise ValueError("A string literal cannot contain NUL (0x00) characters.")
        return execute(self, sql, params)

    monkeypatch.setattr(CursorWrapper, "execute", strict)


def test_the_publics_forms():
    given = {
        "name": f"王{DIRT}某",
        "contact": f"{DIRT}0537",
        "content": f"第一行{DIRT}\r\n第二\t行",
        f"website{DIRT}": "",
    }
    assert Client().post("/objection/", given, follow=True).status_code == 200
    found = Objection.objects.get()
    assert (found.name, found.contact, found.content) == ("王某", "0537", "第一行\n第二\t行")
    assert Client().post("/objection/", given | {"name": DIRT}).status_code == 422  # nothing is left of it
    assert Client().post("/objection/query/", {"number": f"{found.number}\x00", "code": found.code}).status_code == 200
    assert Client().get("/verify/", {"code": DIRT}).status_code in (200, 404)
    assert Client().post("/login/", {"username": f"bureau\x00{DIRT}", "password": "x\x00"}).status_code == 200
    assert AccessAttempt.objects.get().username == "bureau"


def test_behind_the_login():
    order = judged()
    for query in ({"q": DIRT}, {"state": "\x00"}, {"page": "\x00"}):
        assert as_user("bureau_handler").get("/orders/", query).status_code == 200
    act("bureau_approver", order, f"撤销{DIRT}", f"经核实{DIRT}不属实")
    assert order.state == "已撤销"
    assert AuditEvent.objects.get(action="撤销整改通知单").detail["reason"] == "经核实不属实"
    fields = {"number": [f"{order.number}\x00"], "action": "拟发", "query": "q=\x00"}
    assert as_user("bureau_handler").post("/orders/act/", fields, follow=True).status_code == 200


@pytest.mark.parametrize("path", ["/lineage/%00/", "/orders/ZG%00/", "/quality/%07/", "/%C2%85"])
def test_an_address_with_one_leads_nowhere(path):
    answer = as_user("bureau_handler").get(path)
    assert answer.status_code == 404 and "页面不存在" in answer.content.decode()


def test_a_cookie_with_one_is_none():
    client = Client()
    client.cookies["sessionid"] = "x"
    client.cookies["sessionid"].set("sessionid", "\x00aaaaaaaa", '"\\000aaaaaaaa"')
    assert client.get("/", follow=True).status_code == 200


def test_a_form_without_its_token_is_not_read():
    client = Client(enforce_csrf_checks=True)
    assert client.post("/objection/", {"name": "\x00"}).status_code == 403
