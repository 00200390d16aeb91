"""Every text of a request is held to plain characters before the catalog is asked."""

from __future__ import annotations

from typing import Any
from urllib.parse import quote

import pytest

from lineage import access
from portal.api.app import build
from registry.models import Account, AuditEvent
from tests.unit.portal.api import Api, producer

pytestmark = pytest.mark.django_db
CONTROLS = ["\0", "a\0b", "\n", "\x1f", "\x7f", "\x85"]
FILLED = {"period": "DAY", "asset": "jobs", "type": "run", "hops": "1", "run": "0198f0a0-3000-7000-8000-000000000001"}


def is_text(schema: dict[str, Any]) -> bool:
    """Whether a parameter takes any text at all."""
    kinds = [schema, *schema.get("anyOf", ())]
    return any(k.get("type") == "string" and not {"enum", "const", "format"} & k.keys() for k in kinds)


def parameters() -> list[tuple[str, str, str, list[dict[str, Any]]]]:
    """Return (path, place, name, all parameters) of every text that a reading route of the interface takes."""
    found = []
    for path, of in build().openapi()["paths"].items():
        given = of.get("get", {}).get("parameters", [])
        found += [(path, p["in"], p["name"], given) for p in given if is_text(p["schema"])]
    return found


def asked(path: str, name: str, value: str, given: list[dict[str, Any]]) -> tuple[str, dict[str, str]]:
    """Return address and query of a request that is right but for one parameter."""
    values = {p["name"]: FILLED.get(p["name"], "x") for p in given if p.get("required")} | {name: value}
    for segment in [p["name"] for p in given if p["in"] == "path"]:
        path = path.replace(f"{{{segment}}}", quote(values.pop(segment), safe=""))
    return path, values


def test_every_text_parameter_refuses_control_characters_with_422_and_asks_nothing(api, monkeypatch):
    client, all_of_them = producer(reads_as="engineer"), parameters()
    assert len(all_of_them) > 60 and {place for _, place, _, _ in all_of_them} == {"path", "query"}
    before = AuditEvent.objects.count()
    monkeypatch.setattr(access, "viewer", None)  # whoever came so far would fail
    wrong = []
    for number, (path, _, name, given) in enumerate(all_of_them):
        address, query = asked(path, name, CONTROLS[number % len(CONTROLS)], given)
        answer = client.get(address, params=query)
        if answer.status_code != 422 or answer.json()["status"] != 422:
            wrong.append((path, name, answer.status_code))
    assert wrong == [] and AuditEvent.objects.count() == before


@pytest.mark.parametrize("text", CONTROLS)
def test_an_attempt_to_change_is_refused_and_recorded_whatever_its_address_holds(prepared, api, text):
    assert producer().send("DELETE", f"/api/v1/namespaces/n{quote(text)}/jobs/j").status_code == 403
    last = AuditEvent.objects.order_by("-seq").first()
    assert last is not None and last.action == "拒绝修改血缘" and last.object.isprintable()
    assert last.object.startswith("n") and last.object.endswith(" j")


def test_letters_of_any_script_are_let_through(api):
    assert Account.objects.filter(username="engineer").exists()
    client: Api = producer(reads_as="engineer")
    assert client.get("/api/v1/search", params={"q": "人口 \U0001f33e é"}).status_code == 200
    assert client.get(f"/api/v1/namespaces/{quote('n:// 空', safe='')}").status_code == 404
