"""One transaction with many events: the guilty one is refused, the others are stored, a sick database is said."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any
from uuid import UUID, uuid4

import pytest
from django.db import DatabaseError, DataError, InternalError, OperationalError
from hypothesis import given
from hypothesis import strategies as st

from lineage.events import keys, storing
from lineage.events.receiving import receive
from lineage.events.refused import Verdict
from lineage.events.stored_names import _may_be_long
from lineage.events.storing import store
from lineage.models import Event, ProducerKey, RefusedEvent, Run
from registry.models import Account, Role
from tests.unit.portal.marquez_interface import dataset, facet, run_event

pytestmark = pytest.mark.django_db
AT = "2026-09-24T01:00:00Z"


@pytest.fixture
def engineer(home) -> Account:
    return Account.objects.create(username="engineer", role=Role.DATA_ENGINEER, display_name="工程师")


@pytest.fixture
def key(engineer) -> ProducerKey:
    return keys.create("数据开发商", engineer).key


def event(
    name: str = "job", run: UUID | None = None, at: str = AT, namespace: str = "a://x", facets: Any = None
) -> bytes:
    outputs = [dataset(namespace, "out", **(facets or {}))]
    return run_event((namespace, name), "COMPLETE", at, run=run, inputs=[], outputs=outputs)


class Refusing:
    """Stands before the log: raises an error when a guilty event is among those to be stored."""

    def __init__(self, monkeypatch: pytest.MonkeyPatch, error: Exception, guilty: str) -> None:
        self.real, self.error, self.guilty, self.calls = storing.ingest_entries, error, guilty.encode(), 0
        monkeypatch.setattr(storing, "ingest_entries", self)

    def __call__(self, entries: Any) -> Any:
        self.calls += 1
        if any(self.guilty in entry.body for entry in entries):
            raise self.error
        return self.real(entries)


def caused(error: Exception, sqlstate: str) -> Exception:
    """As Django wraps what psycopg raises."""

    class CauseError(Exception):
        pass

    error.__cause__ = CauseError()
    error.__cause__.sqlstate = sqlstate  # type: ignore[attr-defined]
    return error


OF_THE_EVENT = {
    "index row too large": caused(OperationalError(), "54000"), "bad text": caused(DataError(), "22021"),
    "too long": DataError(), "our own": KeyError("x"), "number out of range": caused(DatabaseError(), "22003"),
}  # fmt: skip


@pytest.mark.parametrize("name", OF_THE_EVENT)
def test_only_the_event_is_refused_that_cannot_be_stored(key, monkeypatch, name):
    refusing = Refusing(monkeypatch, OF_THE_EVENT[name], '"guilty"')
    items = [receive(event("guilty" if i == 37 else f"job {i}"), key) for i in range(100)]
    verdicts = [o.verdict for o in store(items)]
    assert verdicts.index(Verdict.UNREADABLE) == 37 and verdicts.count(Verdict.ACCEPTED) == 99
    bodies = [bytes(b) for b in Event.objects.order_by("seq").values_list("body", flat=True)]
    assert bodies == [item.body for i, item in enumerate(items) if i != 37]
    assert bytes(RefusedEvent.objects.get().body) == items[37].body
    assert refusing.calls < 30


OF_THE_DATABASE = {
    "gone": caused(OperationalError(), "57P01"), "read only": caused(InternalError(), "25006"),
    "disk full": caused(OperationalError(), "53100"), "malformed": DatabaseError("database disk image is malformed"),
    "locked": OperationalError("database is locked"),
}  # fmt: skip


@pytest.mark.parametrize("name", OF_THE_DATABASE)
def test_a_database_that_cannot_store_now_refuses_nobody(key, monkeypatch, name):
    Refusing(monkeypatch, OF_THE_DATABASE[name], '"job 0"')
    outcomes = store([receive(event(f"job {i}"), key) for i in range(5)])
    assert [o.verdict for o in outcomes] == [Verdict.UNAVAILABLE] * 5
    assert not Event.objects.exists() and not RefusedEvent.objects.exists()


@pytest.mark.parametrize("name", OF_THE_DATABASE)
def test_refusals_that_cannot_be_kept_now_are_to_be_sent_again(key, monkeypatch, name):
    def broken(refusals: list[Any]) -> None:
        if refusals:
            raise OF_THE_DATABASE[name]

    monkeypatch.setattr(storing, "record", broken)
    assert [o.verdict for o in store([receive(b'{"a":1}', key)])] == [Verdict.UNAVAILABLE]
    Refusing(monkeypatch, KeyError("x"), '"guilty"')
    assert [o.verdict for o in store([receive(event("guilty"), key)])] == [Verdict.UNAVAILABLE]


def test_a_run_begun_in_the_same_transaction_is_its_producers_own(engineer):
    one, two = (keys.create(name, engineer, [f"{name}://"]).key for name in "ab")
    run = uuid4()
    mine, theirs = event("mine", run), event("theirs", run, namespace="b://x")
    other = event("other", run, namespace="b://x").replace(str(run).encode(), str(run).upper().encode())
    sent = [receive(mine, one), receive(theirs, two), receive(other, two), receive(event("more", run), one)]
    verdicts = [o.verdict for o in store(sent)]
    assert verdicts == [Verdict.ACCEPTED, Verdict.FORBIDDEN, Verdict.FORBIDDEN, Verdict.ACCEPTED]
    assert Run.objects.get(run_id=run).job.namespace == "a://x"


def test_a_run_that_a_revoked_key_or_a_refused_event_named_is_nobodys(engineer):
    one, two = (keys.create(name, engineer, [f"{name}://"]).key for name in "ab")
    run, second = uuid4(), uuid4()
    refused = receive(event("mine", second, namespace="b://x"), one)
    sent = [receive(event("mine", run), one), receive(event("theirs", run, namespace="b://x"), two), refused,
            receive(event("theirs", second, namespace="b://x"), two)]  # fmt: skip
    keys.revoke(one.key_id, engineer)
    verdicts = [o.verdict for o in store(sent)]
    assert verdicts == [Verdict.REVOKED, Verdict.ACCEPTED, Verdict.REVOKED, Verdict.ACCEPTED]


def test_an_event_from_far_ahead_is_refused_by_the_real_clock(key, monkeypatch):
    monkeypatch.setenv("SUYUAN_NOW", "2199-01-01T00:00:00")
    now = datetime.now(UTC)
    near, far = (now + timedelta(hours=hours) for hours in (23, 25))
    items = [receive(event(at=at.isoformat()), key) for at in (near, far)]
    assert [i.verdict for i in items] == [Verdict.ACCEPTED, Verdict.INVALID]
    assert "ahead" in items[1].reason


LONG = "".join(chr(0x4E00 + i) for i in range(700))  # 2,100 bytes in UTF-8
NAMED = {"namespace": "a", "name": "b"}
LONG_NAMES = {
    "column": {"schema": facet(fields=[{"name": LONG}])},
    "version": {"version": facet(datasetVersion=LONG)},
    "output column": {"columnLineage": facet(fields={LONG: {"inputFields": [{**NAMED, "field": "c"}]}})},
    "input data set": {"columnLineage": facet(fields={"c": {"inputFields": [{**NAMED, "name": LONG, "field": "c"}]}})},
    "input column": {"columnLineage": facet(fields={}, dataset=[{**NAMED, "field": LONG}])},
    "together": {"columnLineage": facet(fields={}, dataset=[
        {"namespace": LONG[:350], "name": LONG[350:], "field": "c"}])},
    "explicit input": {"lineage": facet(inputs=[{"type": "DATASET", "namespace": "a", "name": LONG}])},
    "explicit column": {"lineage": facet(fields={LONG: {"inputs": [{"type": "DATASET", **NAMED, "field": "c"}]}})},
    "before": {"lifecycleStateChange": facet(
        lifecycleStateChange="RENAME", previousIdentifier={"namespace": "a", "name": LONG})},
    "table of a location": {"symlinks": facet(identifiers=[{"namespace": "hive://m", "name": LONG, "type": "TABLE"}])},
}  # fmt: skip


@pytest.mark.parametrize("name", LONG_NAMES)
def test_a_name_too_long_to_be_kept_is_refused_with_its_place(key, name):
    body = event(namespace="s3://b", facets=LONG_NAMES[name])
    item = receive(body, key)
    assert item.verdict is Verdict.INVALID and item.entry is None
    assert item.reason.startswith("outputs/0") and "2,000 bytes" in item.reason and LONG[:20] not in item.reason
    fits = body.replace(LONG.encode(), LONG[:660].encode()).replace(LONG[350:].encode(), LONG[350:640].encode())
    assert receive(fits, key).verdict is Verdict.ACCEPTED
    quoted = body.replace(LONG[:100].encode(), b'\\"' * 300).replace(LONG[350:400].encode(), b'\\"' * 150)
    assert receive(quoted, key).verdict is Verdict.INVALID


def test_names_of_jobs_and_of_data_sets_that_a_job_names_are_held_too(key):
    assert receive(event(LONG), key).verdict is Verdict.INVALID
    entry = {"type": "DATASET", "namespace": "a", "name": LONG}
    body = run_event(("a", "j"), "COMPLETE", AT, inputs=[], outputs=[], job_facets={"lineage": facet(entries=[entry])})
    assert receive(body, key).verdict is Verdict.INVALID


def test_long_texts_that_are_no_names_are_taken(key):
    said = {"documentation": facet(description=LONG * 3), "schema": facet(fields=[{"name": "c", "description": LONG}])}
    assert receive(event(facets=said), key).verdict is Verdict.ACCEPTED


@given(st.lists(st.integers(0, 700), max_size=6), st.sampled_from(['"', '\\\\"', '\\"']))
def test_a_long_text_is_never_overlooked(lengths, between):
    body = between.join("x" * length for length in lengths).encode()
    longest = max(map(len, body.replace(b'\\"', b"  ").split(b'"')))
    assert longest <= 500 or _may_be_long(body)
    assert not _may_be_long(b'"' * 3000 + body[:400])
