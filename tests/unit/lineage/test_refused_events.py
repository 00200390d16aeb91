"""Refused events are kept apart, once, bounded; a file's refused lines too."""

from __future__ import annotations

import hashlib
import json

import pytest

from lineage.events import refused
from lineage.events.ingest import ingest_file
from lineage.events.refused import Refused, listing, record
from lineage.models import Event, RefusedEvent

pytestmark = pytest.mark.django_db


def test_the_first_64_kibibytes_stay_with_size_and_hash_of_the_whole(home):
    body = b"x" * 100_000
    record([Refused(body, "too odd", "key")])
    kept = RefusedEvent.objects.get()
    assert (kept.size, kept.sha256) == (100_000, hashlib.sha256(body).hexdigest())
    assert bytes(kept.body) == body[:65_536] and (kept.reason, kept.via) == ("too odd", "key")


def test_the_same_refusal_is_kept_once_a_key(home):
    record([Refused(b"a", "r", "one"), Refused(b"a", "r", "one")])
    record(
        [Refused(b"a", "r", "one"), Refused(b"a", "other", "one"), Refused(b"a", "r", "two"), Refused(b"b", "r", "one")]
    )
    kept = [(bytes(e.body), e.reason, e.via) for e in RefusedEvent.objects.order_by("id")]
    assert kept == [(b"a", "r", "one"), (b"a", "other", "one"), (b"a", "r", "two"), (b"b", "r", "one")]


def test_a_key_keeps_its_latest_and_takes_no_room_from_others(home, monkeypatch):
    monkeypatch.setattr(refused, "KEPT_A_KEY", 3)
    record([Refused(b"other", "r", "two")])
    record([Refused(str(n).encode(), "r", "one") for n in range(5)])
    record([Refused(b"5", "r", "one")])
    assert [bytes(e.body) for e in RefusedEvent.objects.filter(via="one").order_by("id")] == [b"3", b"4", b"5"]
    assert RefusedEvent.objects.filter(via="two").count() == 1
    assert [e.reason for e in listing()] == ["r"] * 4


def test_refused_lines_of_a_file_are_kept_apart_and_the_rest_is_taken(home, tmp_path):
    good = {
        "eventTime": "2026-09-24T01:00:00Z", "producer": "https://example.org/tool",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent",
        "dataset": {"namespace": "w", "name": "a.b"},
    }  # fmt: skip
    file = tmp_path / "events.ndjson"
    file.write_text(f'{json.dumps(good)}\n\n{{"a": 1}}\n{json.dumps(good)}\nnothing\n')
    report = ingest_file(file)
    assert report.accepted == 2 and [r.line for r in report.refused] == [3, 5]
    assert Event.objects.count() == 2
    assert [bytes(e.body) for e in RefusedEvent.objects.order_by("id")] == [b'{"a": 1}', b"nothing"]


def test_a_reason_holds_no_control_characters(home, tmp_path):
    event = {"eventTime": "2026-09-24T01:00:00Z", "producer": "https://example.org/tool", "dataset": {
        "namespace": "w", "name": "a", "facets": {"suyuan_\u001b[31m": {}}}}  # fmt: skip
    event["schemaURL"] = "https://openlineage.io/spec/2-0-2/OpenLineage.json"
    file = tmp_path / "events.ndjson"
    file.write_text(json.dumps(event))
    assert "\x1b" not in ingest_file(file).refused[0].reason
