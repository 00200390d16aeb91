"""Events in by HTTP: what is taken is in log and graph, what is not gets one clear answer and changes nothing."""

from __future__ import annotations

import gzip
import json
from uuid import uuid4

import pytest
from django.db import OperationalError
from django.test import Client

from lineage.events import keys
from lineage.events.committing import FullError
from lineage.graph.trace import trace
from lineage.graph.view import view
from lineage.log.verify import verify
from lineage.models import Event, ProducerKey, RefusedEvent
from lineage.projection.catching_up import rebuild
from registry.models import Account
from tests.unit.portal.api import Api, producer

pytestmark = pytest.mark.django_db
ONE, BATCH = "/api/v1/lineage", "/api/v1/lineage/batch"
PRODUCER = "https://example.org/tool/1"
OWN = "suyuan://yanzhou"


def run_event(output="warehouse://shop", source="warehouse://shop", job="scheduler://shop", run="", **more) -> dict:
    return {
        "eventType": "COMPLETE", "eventTime": "2026-09-24T01:00:00Z", "producer": PRODUCER,
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": run or str(uuid4())}, "job": {"namespace": job, "name": "build"},
        "inputs": [{"namespace": source, "name": "raw.orders"}],
        "outputs": [{"namespace": output, "name": "mart.orders"}],
    } | more  # fmt: skip


def dataset_event(namespace: str) -> dict:
    return {
        "eventTime": "2026-09-24T01:00:00Z", "producer": PRODUCER, "dataset": {"namespace": namespace, "name": "a.b"},
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent",
    }  # fmt: skip


def job_event(namespace: str) -> dict:
    event = run_event(job=namespace)
    return {k: v for k, v in event.items() if k not in ("run", "eventType")}


def raw(event: object) -> bytes:
    return json.dumps(event, ensure_ascii=False, indent=1).encode()


def stored() -> list[bytes]:
    return [bytes(e.body) for e in Event.objects.order_by("seq")]


def assert_problem(answer, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status and any("一" <= c <= "鿿" for c in problem["detail"])
    assert "Traceback" not in answer.text and "\n" not in problem["detail"]
    return problem["detail"]


@pytest.mark.requirement("R079")
def test_an_event_is_in_log_and_graph_with_its_exact_bytes_when_201_is_answered(api):
    client, body = producer(), raw(run_event())
    answer = client.post(ONE, body)
    assert answer.status_code == 201 and answer.content == b""
    event = Event.objects.get()
    assert bytes(event.body) == body and event.via == ProducerKey.objects.get().key_id
    names = [f"dataset:warehouse://shop:{n}.orders" for n in ("mart", "raw")]
    assert [n.name for n in trace("mart.orders").nodes] == names
    assert verify().is_sound


@pytest.mark.parametrize("event", [run_event(), job_event("scheduler://x"), dataset_event("warehouse://x")])
def test_events_of_all_three_kinds_are_taken(api, event):
    assert producer().post(ONE, raw(event)).status_code == 201


def test_a_packed_body_is_unpacked_and_kept_as_it_was(api):
    body = raw(run_event())
    answer = producer().post(ONE, gzip.compress(body[:100]) + gzip.compress(body[100:]), Content_Encoding="gzip")
    assert answer.status_code == 201 and stored() == [body]


BAD_CONTENT = {
    "not JSON": (b"{", 400), "NaN": (raw(run_event()).replace(b'"COMPLETE"', b"NaN"), 400),
    "broken unicode": (raw(run_event()).replace(b"mart", b"\xff\xfe"), 400),
    "NUL": (raw(run_event()).replace(b"mart", b"\\u0000"), 400),
    "lone surrogate": (raw(run_event()).replace(b"mart", b"\\ud800"), 400),
    "nested too deeply": (b'{"a":' * 100_000 + b"1" + b"}" * 100_000, 400),
    "huge number": (raw(run_event()).replace(b'"COMPLETE"', b"9" * 10_000), 400),
    "an array": (b"[]", 422), "a string": (b'"x"', 422), "empty object": (b"{}", 422),
    "no run id": (raw(run_event() | {"run": {}}), 422),
    "no time": (raw(run_event() | {"eventTime": "yesterday"}), 422),
    "no such state": (raw(run_event() | {"eventType": "DONE"}), 422),
    "inputs no array": (raw(run_event() | {"inputs": {}}), 422),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_CONTENT)
def test_bad_content_is_refused_in_one_sentence_and_kept_apart(api, name):
    body, status = BAD_CONTENT[name]
    assert_problem(producer().post(ONE, body), status)
    assert stored() == []
    kept = RefusedEvent.objects.get()
    assert kept.size == len(body) and bytes(kept.body) == body[: 64 * 1024] and kept.via


def test_no_reason_holds_a_value(api):
    body = raw(run_event() | {"eventType": "370812199001011234", "eventTime": "370812199001011234"})
    detail = assert_problem(producer().post(ONE, body), 422)
    assert "370812" not in detail and "370812" not in RefusedEvent.objects.get().reason


BOMB = gzip.compress(b" " * 200_000_000)
BAD_REQUESTS = {
    "empty": (b"", {}, 400), "only space": (b" \n", {}, 400),
    "form": (b"{}", {"Content_Type": "application/x-www-form-urlencoded"}, 415),
    "other characters": (b"{}", {"Content_Type": "application/json; charset=gbk"}, 415),
    "other packing": (b"{}", {"Content_Encoding": "br"}, 415),
    "not packed": (b"{}", {"Content_Encoding": "gzip"}, 400),
    "cut short": (gzip.compress(raw(run_event()))[:-20], {"Content_Encoding": "gzip"}, 400),
    "bomb": (BOMB, {"Content_Encoding": "gzip"}, 413),
    "too large": (b" " * (10 * 1024 * 1024 + 1), {}, 413),
}  # fmt: skip


@pytest.mark.parametrize("name", BAD_REQUESTS)
def test_a_body_that_cannot_be_read_is_refused_in_one_sentence(api, name):
    body, headers, status = BAD_REQUESTS[name]
    assert_problem(producer().post(ONE, body, **headers), status)
    assert stored() == [] and not RefusedEvent.objects.exists()


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


def test_a_whole_batch_answers_204_and_keeps_the_exact_bytes(api):
    events = [raw(run_event(job=f"调度://{n}")) for n in range(5)]
    body = b" [\n" + b" ,\t".join(events) + b"\r\n] "
    answer = producer().post(BATCH, body)
    assert answer.status_code == 204 and answer.content == b""
    assert stored() == events


def test_a_batch_taken_in_part_says_which_events_failed_and_why(api):
    good = [raw(run_event()), raw(run_event())]
    body = b"[" + b",".join([good[0], b'{"a": 1}', raw(run_event(output=OWN)), good[1], b"7"]) + b"]"
    answer = producer().post(BATCH, body)
    assert answer.status_code == 200 and answer.headers["content-type"] == "application/json"
    summary = answer.json()
    assert summary["status"] == "partial_success"
    assert summary["summary"] == {"received": 5, "successful": 2, "failed": 3, "retriable": 0, "non_retriable": 3}
    assert [f["index"] for f in summary["failed_events"]] == [1, 2, 4]
    assert all(f["reason"] and f["retriable"] is False for f in summary["failed_events"])
    assert stored() == good and RefusedEvent.objects.count() == 3


@pytest.mark.parametrize(
    "body", [b"{}", b"7", b"[", b"[1,]", b"[1 2]", b"[1]]", b"[]x", b"\xff", b'["\\ud800"', b"[NaN]"]
)
def test_what_is_no_array_is_no_batch(api, body):
    assert_problem(producer().post(BATCH, body), 400)
    assert stored() == []


def test_an_empty_batch_is_a_batch(api):
    assert producer().post(BATCH, b"[]").status_code == 204


def test_an_event_the_graph_cannot_take_is_refused_alone(api, monkeypatch, caplog):
    from lineage.projection.projector import Projector

    plain = Projector._run_event

    def breaks(self, event, content):
        if content["job"]["name"] == "cursed":
            raise KeyError("370812199001011234")
        plain(self, event, content)

    monkeypatch.setattr(Projector, "_run_event", breaks)
    cursed = run_event(job="scheduler://x") | {"job": {"namespace": "scheduler://x", "name": "cursed"}}
    client, good = producer(), [raw(run_event()), raw(run_event())]
    answer = client.post(BATCH, b"[" + b",".join([good[0], raw(cursed), good[1]]) + b"]")
    assert [f["index"] for f in answer.json()["failed_events"]] == [1] and stored() == good
    assert_problem(client.post(ONE, raw(cursed)), 422)
    assert RefusedEvent.objects.count() == 1  # the same bytes are kept once
    assert "KeyError" in caplog.text and "370812" not in caplog.text
    assert verify().is_sound


def test_a_database_that_does_not_answer_is_said_and_to_be_tried_again(api, monkeypatch):
    def locked(entries):
        raise OperationalError("database is locked")

    monkeypatch.setattr("lineage.events.storing.ingest_entries", locked)
    client = producer()
    for answer in (client.post(ONE, raw(run_event())), client.post(BATCH, raw([run_event()]))):
        assert_problem(answer, 503)
        assert answer.headers["retry-after"] == "1"
    assert stored() == []


def test_a_full_queue_is_said(api, monkeypatch):
    def full(items):
        raise FullError("full")

    monkeypatch.setattr("portal.api.ingest.submit", full)
    answer = producer().post(ONE, raw(run_event()))
    assert_problem(answer, 503)
    assert answer.headers["retry-after"] == "1"


def test_other_methods_and_addresses_are_refused_in_one_sentence(api):
    assert_problem(api.send("PUT", ONE), 405)
    assert_problem(api.get("/api/v1/nothing"), 404)
    assert_problem(api.get("/api/v1"), 404)


def test_the_description_names_both_routes_with_all_their_answers(api):
    answer = api.get("/api/v1/openapi.json")
    paths = answer.json()["paths"]
    assert set(paths[ONE]["post"]["responses"]) == {"201", "400", "401", "403", "413", "415", "422", "503"}
    assert set(paths[BATCH]["post"]["responses"]) == {"200", "204", "400", "401", "413", "415", "503"}
    assert paths[BATCH]["post"]["requestBody"]["content"]["application/json"]["schema"]["maxItems"] == 10_000
    assert api.get("/api/v1/openapi.json").headers["x-content-type-options"] == "nosniff"
