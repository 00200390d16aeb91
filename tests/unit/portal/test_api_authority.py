"""What a key may state by HTTP: nothing without one, its own namespaces, never ours, never another's run."""

from __future__ import annotations

import json
from uuid import uuid4

import pytest
from django.test import Client

from lineage.events import keys
from lineage.graph.view import view
from lineage.models import ProducerKey, RefusedEvent
from lineage.projection.catching_up import rebuild
from registry.models import Account
from tests.unit.portal.api import Api, producer
from tests.unit.portal.ingest_events import (
    BATCH,
    ONE,
    OWN,
    PRODUCER,
    assert_problem,
    dataset_event,
    job_event,
    raw,
    run_event,
    stored,
)

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("R131")
def test_without_a_key_in_force_nothing_is_read(api):
    client = producer()
    secret = client.headers["Authorization"].removeprefix("Bearer ")
    for wrong in ("", "Bearer", "Bearer x", f"Basic {secret}", f"Bearer {secret[:-1]}", f"Bearer {secret}x"):
        answer = Api({"Authorization": wrong} if wrong else {}).post(ONE, raw(run_event()))
        assert_problem(answer, 401)
        assert answer.headers["www-authenticate"].startswith("Bearer")
    assert stored() == [] and not RefusedEvent.objects.exists()


def test_a_revoked_key_stores_nothing_more_not_even_a_refusal(api):
    client = producer()
    assert client.post(ONE, raw(run_event())).status_code == 201
    ProducerKey.objects.update(revoked_at="2026-09-24T09:30:00Z")  # as another process does: nothing here is told
    assert_problem(client.post(ONE, raw(run_event())), 401)
    assert_problem(client.post(ONE, b"{"), 401)
    assert_problem(client.post(BATCH, raw([run_event(), 1])), 401)
    assert len(stored()) == 1 and not RefusedEvent.objects.exists()
    assert keys.remembered(client.headers["Authorization"].removeprefix("Bearer ")) is None


def test_a_session_does_not_write(api):
    browser = Client()
    browser.force_login(Account.objects.get(username="engineer"), backend="django.contrib.auth.backends.ModelBackend")
    assert_problem(api.post(ONE, raw(run_event()), Cookie=f"sessionid={browser.cookies['sessionid'].value}"), 401)


CLAIMS = {
    "job": run_event(job=OWN), "output": run_event(output=OWN), "other district": run_event(output="suyuan://other"),
    "capitals": run_event(output="SUYUAN://yanzhou"), "space before": run_event(output=" suyuan://yanzhou"),
    "second output": run_event(outputs=[{"namespace": "w", "name": "a"}, {"namespace": OWN, "name": "b"}]),
    "job event": job_event(OWN), "data set event": dataset_event(OWN),
}  # fmt: skip


@pytest.mark.parametrize("name", CLAIMS)
def test_a_foreign_key_never_writes_to_our_namespace(api, name):
    assert "命名空间" in assert_problem(producer().post(ONE, raw(CLAIMS[name])), 403)
    assert stored() == [] and RefusedEvent.objects.count() == 1


FACET = {"_producer": PRODUCER, "_schemaURL": "https://openlineage.io/spec/facets/1-0-0/Facet.json"}


def renamed(namespace: str) -> dict:
    """A data set that took the place of one in a namespace, which thereby ends."""
    before = {"namespace": namespace, "name": "platform.integrated.person"}
    facet = {**FACET, "lifecycleStateChange": "RENAME", "previousIdentifier": before}
    return {"namespace": "w", "name": "a", "facets": {"lifecycleStateChange": facet}}


def explicit(namespace: str) -> dict:
    """A job that says by its lineage facet alone what it makes."""
    entry = {"type": "DATASET", "namespace": namespace, "name": "platform.integrated.person", "inputs": []}
    facets = {"lineage": {**FACET, "entries": [entry]}}
    return {"namespace": "scheduler://shop", "name": "build", "facets": facets}


@pytest.mark.parametrize("event", [{"outputs": [renamed(OWN)]}, {"job": explicit(OWN)}])
def test_a_foreign_key_neither_ends_our_data_sets_nor_makes_them_by_a_facet(api, event):
    assert "命名空间" in assert_problem(producer().post(ONE, raw(run_event() | event)), 403)
    harmless = json.loads(raw(event).replace(OWN.encode(), b"w://"))
    assert producer().post(ONE, raw(run_event() | harmless)).status_code == 201


def test_inputs_may_be_anything_and_say_nothing_of_ours(api):
    own = run_event(job=OWN, output=OWN)
    own["outputs"][0]["facets"] = said("宗地", "area")
    assert producer([OWN]).post(ONE, raw(own)).status_code == 201
    event = run_event(source=OWN, eventTime="2026-09-24T01:10:00Z")
    event["inputs"][0] |= {"name": "mart.orders", "facets": said("改名", "other")}
    assert producer().post(ONE, raw(event)).status_code == 201
    for _ in range(2):
        now = view()
        found = now.find("mart.orders")
        assert found is not None and now.title(found) == "宗地"
        assert [c.name for c in now.columns(found)] == ["area"]
        rebuild()


def said(title: str, column: str) -> dict:
    return {
        "documentation": {**FACET, "description": title},
        "schema": {**FACET, "fields": [{"name": column, "type": "text"}]},
    }


def test_a_prefix_grants_what_it_covers_and_nothing_beside(api):
    client = producer([OWN])
    assert client.post(ONE, raw(run_event(job=OWN, output=OWN))).status_code == 201
    assert client.post(ONE, raw(run_event(job=OWN, output=f"{OWN}2"))).status_code == 403
    assert client.post(ONE, raw(run_event(job=OWN, output="warehouse://shop"))).status_code == 403
    foreign = producer(["warehouse://shop", "s"])
    job = {"job": "warehouse://shop/jobs"}
    assert foreign.post(ONE, raw(run_event(**job))).status_code == 201
    assert foreign.post(ONE, raw(run_event(output="warehouse://shopping", **job))).status_code == 403
    assert foreign.post(ONE, raw(run_event(output=OWN, **job))).status_code == 403


@pytest.mark.parametrize("name", ['"suyuan_grant"', '"\\u0073uyuan_grant"', '"\\u0073\\u0075yuan_delivery"'])
def test_our_own_facets_are_not_stated_by_others(api, name):
    facet = {"_producer": PRODUCER, "_schemaURL": "https://example.org/x.json", "grant": "S1"}
    event = run_event(outputs=[{"namespace": "w", "name": "a", "facets": {"X": facet}}])
    body = raw(event).replace(b'"X"', name.encode())
    answer = producer().post(ONE, body)
    assert answer.status_code in (403, 422) and stored() == []


def test_a_run_of_ours_is_not_continued_by_another_producer(api):
    run = str(uuid4())
    assert producer([OWN]).post(ONE, raw(run_event(job=OWN, output=OWN, run=run))).status_code == 201
    for same in (run, run.upper()):
        taken = run_event(run=same, eventType="FAIL")
        assert "run" in assert_problem(producer().post(ONE, raw(taken)), 403)
    assert len(stored()) == 1
