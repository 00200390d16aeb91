"""Events in by HTTP: what is taken is in log and graph, what is not gets one clear answer and changes nothing."""

from __future__ import annotations

import gzip

import pytest
from django.db import OperationalError

from lineage.events.committing import FullError
from lineage.graph.trace import trace
from lineage.log.verify import verify
from lineage.models import Event, ProducerKey, RefusedEvent
from tests.unit.portal.api import producer
from tests.unit.portal.ingest_events import (
    BATCH,
    ONE,
    OWN,
    assert_problem,
    dataset_event,
    job_event,
    raw,
    run_event,
    stored,
)

pytestmark = pytest.mark.django_db


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
