"""Quality pages count orders in the database: what they read does not grow with the orders of years."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from expectations.models import Order
from tests.unit.expectations import printed
from tests.unit.expectations.printed import dispatched
from tests.unit.portal.accounts import as_user
from tests.unit.portal.orders import text


@pytest.fixture(autouse=True)
def prepared(home, db, tmp_path, monkeypatch) -> None:
    printed.prepare(tmp_path, monkeypatch)


@pytest.fixture
def others() -> None:
    """Orders of other registers: three under repair and late, one not sent, one closed."""
    template = Order.objects.get()
    for n, state in enumerate(["整改中", "整改中", "待复核", "待发出", "已办结"]):
        template.pk, template.number, template.dataset, template.rule = None, f"ZG-2026-90{n}", f"other{n}", "r"
        template.state, template.due, template.dispatched_on = state, "2026-09-10", "2026-09-01"
        template.save()


def loaded(monkeypatch) -> list[str]:
    """Numbers of orders that are read whole from now on."""
    found: list[str] = []
    read = Order.from_db.__func__

    def counted(cls, *arguments):
        order = read(cls, *arguments)
        found.append(order.number)
        return order

    monkeypatch.setattr(Order, "from_db", classmethod(counted))
    return found


def test_departments_with_their_open_and_late_orders(others, monkeypatch):
    dispatched()
    read = loaded(monkeypatch)
    row = as_user("bureau_handler").get("/quality/").context["rows"][0]
    assert (row["department"].code, row["orders"], row["overdue"]) == ("minzheng", 4, 3) and not read


def test_a_departments_page_reads_the_orders_of_its_registers_only(others, monkeypatch):
    order = dispatched()
    read = loaded(monkeypatch)
    with CaptureQueriesContext(connection) as queries:
        page = text(as_user("bureau_handler").get("/quality/minzheng/"))
    assert order.number in page and set(read) == {order.number}
    asked = [q["sql"] for q in queries if 'FROM "expectations_order"' in q["sql"]]
    assert asked and all('"expectations_order"."dataset" =' in sql for sql in asked)
