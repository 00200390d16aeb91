"""Retention empties old bodies by a signed act; what is in force stays, the chain holds, and every trick is found."""

from __future__ import annotations

import datetime as dt
import json
import random

import pytest
from django.db import DatabaseError, connection, transaction

from lineage.events.ingest import ingest, ingest_many
from lineage.graph.trace import trace
from lineage.graph.view import view
from lineage.log import checkpoint, pruned
from lineage.log.pruning import PruningRefusedError, prune
from lineage.log.verify import verify
from lineage.models import Event, PrunedEvent, Pruning, Statement
from registry import audit
from registry.models import Account, AuditEvent, Message
from scheme.signing import sign
from tests.unit.lineage.events import START, facet, run_event, set_field, sql, stored, unguarded

pytestmark = pytest.mark.django_db

CUT = START - dt.timedelta(days=200)


def day(n: int) -> dt.datetime:
    return START - dt.timedelta(days=400 - n)


@pytest.fixture
def bureau(home) -> Account:
    Account.objects.create(username="auditor", role="auditor", display_name="审计员")
    return Account.objects.create(username="wang", role="bureau_approver", display_name="王局长")


def receive(monkeypatch, at: dt.datetime, *bodies: bytes) -> list[int]:
    """Take events in as if it were that day."""
    monkeypatch.setenv("SUYUAN_NOW", at.isoformat())
    seqs = [e.seq for e in ingest_many(list(bodies))]
    monkeypatch.setenv("SUYUAN_NOW", START.isoformat())
    return seqs


def emptied() -> set[int]:
    return {seq for seq, body in Event.objects.values_list("seq", "body") if not body}


def run_pair(job: str, at: dt.datetime, source: str, target: str, **facets: dict) -> tuple[bytes, bytes]:
    name = f"{job} {at}"
    return (
        run_event(job, at=at, state="START", run=name),
        run_event(
            job, at=at + dt.timedelta(minutes=1), inputs=(source,), outputs=(target,), run=name, output_facets=facets
        ),
    )


def test_superseded_runs_lose_their_bodies_whole_and_what_is_in_force_stays(home, bureau, monkeypatch):
    old = receive(monkeypatch, day(1), *run_pair("make", day(1), "delivery.a.x", "platform.a.x"))
    latest = receive(monkeypatch, day(2), *run_pair("make", day(2), "delivery.a.x", "platform.a.x"))
    after = receive(monkeypatch, day(300), *run_pair("make", day(300), "delivery.a.x", "platform.a.x"))
    before = Event.objects.count()
    dry = prune(CUT, by=bureau, reason="保留期届满", dry_run=True)
    assert (dry.events, emptied(), Event.objects.count()) == (2, set(), before)
    done = prune(CUT, by=bureau, reason="保留期届满")
    assert emptied() == set(old) and (done.first_seq, done.last_seq) == (old[0], old[-1])
    assert all(Event.objects.get(seq=s).body for s in latest + after)
    assert verify().is_sound and verify().pruned == 2
    assert pruned.before() == CUT
    again = prune(CUT, by=bureau, reason="保留期届满")
    assert again.events == 0 and Pruning.objects.count() == 1


def test_the_latest_bearer_of_a_facet_and_of_a_mention_stays(home, bureau, monkeypatch):
    schema = facet(fields=[{"name": "id", "type": "text"}])
    bearer = receive(monkeypatch, day(1), *run_pair("make", day(1), "delivery.a.x", "platform.a.x", schema=schema))
    mention = receive(monkeypatch, day(1), *run_pair("read", day(1), "platform.a.only", "platform.a.y"))
    gone = receive(monkeypatch, day(2), *run_pair("make", day(2), "delivery.a.x", "platform.a.x"))
    receive(monkeypatch, day(3), *run_pair("make", day(3), "delivery.a.x", "platform.a.x"))
    receive(monkeypatch, day(3), *run_pair("read", day(3), "delivery.a.x", "platform.a.y"))
    prune(CUT, by=bureau, reason="保留期届满")
    assert emptied() == set(gone) and not set(bearer + mention) & emptied()
    now = view()
    node = now.find("platform.a.x")
    assert node is not None and [c.name for c in now.columns(node)] == ["id"]
    assert now.find("platform.a.only") is not None


def test_drops_open_runs_late_events_and_what_came_late_stay(home, bureau, monkeypatch):
    drop = facet(lifecycleStateChange="DROP")
    dropped = receive(monkeypatch, day(1), *run_pair("drop", day(1), "delivery.a.x", "platform.a.x",
                                                     lifecycleStateChange=drop))  # fmt: skip
    open_run = receive(monkeypatch, day(1), run_event("never ends", at=day(1), state="START"))
    late = receive(monkeypatch, day(300), *run_pair("make", day(1), "delivery.a.x", "platform.a.z"))
    receive(monkeypatch, day(2), *run_pair("drop", day(2), "delivery.a.x", "platform.a.x"))
    start = receive(monkeypatch, day(3), run_event("long", at=day(3), state="START", run="long"))
    receive(monkeypatch, day(301), run_event("long", at=day(301), outputs=("platform.a.l",), run="long"))
    prune(CUT, by=bureau, reason="保留期届满")
    assert not emptied() & set(dropped + open_run + late + start)
    assert verify().is_sound


@pytest.mark.parametrize("seed", range(4))
def test_answers_as_of_the_day_and_later_are_the_same_and_earlier_ones_say_they_may_lack_some(
    home, bureau, monkeypatch, seed
):
    chance = random.Random(seed)
    names = [f"platform.a.t{i}" for i in range(6)]
    for n in range(0, 400, 4):
        made = day(max(0, n - chance.choice([0, 0, 0, 30])))
        source, target = sorted(chance.sample(names, 2))
        edges = {"id": {"inputFields": [{"namespace": "suyuan://yanzhou", "name": source, "field": "id"}]}}
        stated = {"columnLineage": facet(fields=edges), "version": facet(datasetVersion=f"v{n}")}
        if chance.random() < 0.3:
            stated["schema"] = facet(fields=[{"name": "id", "type": "text"}])
        receive(monkeypatch, day(n), *run_pair(f"job {chance.randrange(3)}", made, source, target, **stated))
    last = Event.objects.order_by("-seq").first()
    known = [None, Event.objects.filter(received_us__lt=int(CUT.timestamp() * 1e6)).count()]

    def answers(at: dt.datetime) -> list[object]:
        return [told(name, direction, at, seq) for name in names for direction in ("upstream", "downstream")
                for seq in known]  # fmt: skip

    def told(name: str, direction, at: dt.datetime, seq: int | None) -> object:
        try:
            document = trace(name, direction=direction, at=at, known_seq=seq or last.seq).document()
        except LookupError as error:
            return str(error)
        return {
            **document, "nodes": sorted(document["nodes"], key=repr), "edges": sorted(document["edges"], key=repr),
            "incomplete_because": None, "is_complete": None,
        }  # fmt: skip

    moments = [CUT, CUT + dt.timedelta(days=13), CUT + dt.timedelta(days=90), START]
    before = [answers(at) for at in moments]
    columns = [[c.name for c in view(at).columns(view(at).find(n) or 0)] for at in moments for n in names]
    done = prune(CUT, by=bureau, reason="保留期届满")
    assert done.events > 20 and len(emptied()) == done.events
    assert [answers(at) for at in moments] == before
    assert [[c.name for c in view(at).columns(view(at).find(n) or 0)] for at in moments for n in names] == columns
    assert not any("pruned" in r for r in trace(names[5], at=CUT).incomplete_because)
    earlier = trace(names[5], at=CUT - dt.timedelta(days=30))
    assert not earlier.is_complete and any("pruned" in r for r in earlier.incomplete_because)
    assert verify().is_sound


def test_the_act_is_signed_logged_audited_and_told_to_the_auditor(home, bureau, monkeypatch):
    for n in (1, 2):
        receive(monkeypatch, day(n), *run_pair("make", day(n), "delivery.a.x", "platform.a.x"))
    prune(CUT, by=bureau, reason="档案保留期届满")
    act = Pruning.objects.get()
    event = json.loads(bytes(Event.objects.get(seq=act.event_seq).body))
    told = event["run"]["facets"]["suyuan_pruning"]
    assert (told["events"], told["by"], told["reason"]) == (2, "wang", "档案保留期届满")
    assert AuditEvent.objects.get(action="清理溯源日志").actor == "wang" and audit.verify()
    message = Message.objects.get()
    assert message.recipient is not None and message.recipient.username == "auditor"
    assert "档案保留期届满" in message.body and "2条" in message.body
    assert set(PrunedEvent.objects.values_list("seq", flat=True)) == emptied()


def test_proofs_of_emptied_events_still_hold(home, bureau, monkeypatch):
    for n in (1, 2):
        receive(monkeypatch, day(n), *run_pair("make", day(n), "delivery.a.x", "platform.a.x"))
    checkpoint.write()
    prune(CUT, by=bureau, reason="保留期届满")
    checkpoint.write()
    assert verify().is_sound and verify().checkpoints == 2


@pytest.mark.parametrize(
    ("change", "words"),
    [({"role": "auditor"}, "may not prune"), ({"is_active": False}, "may not prune"), ({}, "needs a reason")],
)
def test_only_an_approver_of_the_bureau_with_a_reason_may(home, bureau, change, words):
    for name, value in change.items():
        setattr(bureau, name, value)
    with pytest.raises(PruningRefusedError, match=words):
        prune(CUT, by=bureau, reason="" if not change else "r")
    with pytest.raises(PruningRefusedError):
        prune(START + dt.timedelta(days=1), by=bureau, reason="r")
    assert not Pruning.objects.exists()


def test_a_failure_on_the_way_leaves_everything_as_it_was(home, bureau, monkeypatch):
    for n in (1, 2):
        receive(monkeypatch, day(n), *run_pair("make", day(n), "delivery.a.x", "platform.a.x"))
    monkeypatch.setattr("lineage.log.pruning.rebuild", lambda: 1 / 0)
    events = Event.objects.count()
    with pytest.raises(ZeroDivisionError):
        prune(CUT, by=bureau, reason="保留期届满")
    assert (emptied(), Event.objects.count(), Pruning.objects.count()) == (set(), events, 0)
    assert Statement.objects.count() == 2 and not Message.objects.exists()


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lineage_event SET body = x'' WHERE seq = 3",  # in force: not covered
        "UPDATE lineage_event SET body = x'41' WHERE seq = 1",  # covered, but not emptied
        "UPDATE lineage_event SET body = x'', producer = 'x' WHERE seq = 1",
        "UPDATE lineage_event SET body = '' WHERE seq = 1",
        "DELETE FROM lineage_event WHERE seq = 1",
        "UPDATE lineage_pruning SET reason = 'x'",
        "DELETE FROM lineage_pruning",
        "UPDATE lineage_prunedevent SET seq = 3 WHERE seq = 1",
        "DELETE FROM lineage_prunedevent",
        "INSERT OR REPLACE INTO lineage_prunedevent SELECT * FROM lineage_prunedevent WHERE seq = 1",
    ],
)
def test_the_database_lets_nothing_else_change(home, bureau, monkeypatch, statement):
    for n in (1, 2):
        receive(monkeypatch, day(n), *run_pair("make", day(n), "delivery.a.x", "platform.a.x"))
    prune(CUT, by=bureau, reason="保留期届满")
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify().is_sound


def _row_without_signature(act: Pruning) -> None:
    set_field(3, "body", b"")
    sql("INSERT INTO lineage_prunedevent (seq, pruning_id) VALUES (3, %s)", act.pk)


def _wider_row(act: Pruning) -> None:
    set_field(3, "body", b"")
    sql("UPDATE lineage_pruning SET sequences = '[[1, 3]]'")


def _signed_by_another(act: Pruning) -> None:
    document = {**act.signed["document"], "sequences": [[1, 4]]}
    forged = sign(document, "service").model_dump_json()
    sql("UPDATE lineage_pruning SET sequences = '[[1, 4]]', signed = %s", forged)


def _no_event(act: Pruning) -> None:
    sql("UPDATE lineage_pruning SET event_seq = 1")


def _act_gone(act: Pruning) -> None:
    sql("DELETE FROM lineage_prunedevent")
    sql("DELETE FROM lineage_pruning")


def _junk(act: Pruning) -> None:
    sql("UPDATE lineage_pruning SET signed = '[]'")


def _put_back_changed(act: Pruning) -> None:
    set_field(1, "body", b"{}")


@pytest.mark.requirement("R076")
@pytest.mark.parametrize(
    "trick",
    [_row_without_signature, _wider_row, _signed_by_another, _no_event, _act_gone, _junk, _put_back_changed],
)
def test_whoever_forges_a_pruning_is_found_out(home, bureau, monkeypatch, trick):
    for n in (1, 2):
        receive(monkeypatch, day(n), *run_pair("make", day(n), "delivery.a.x", "platform.a.x"))
    prune(CUT, by=bureau, reason="保留期届满")
    assert verify().is_sound
    unguarded()
    trick(Pruning.objects.get())
    assert not verify().is_sound


def test_the_header_of_an_emptied_event_is_still_held_to_the_chain(home, bureau, monkeypatch):
    for n in (1, 2):
        receive(monkeypatch, day(n), *run_pair("make", day(n), "delivery.a.x", "platform.a.x"))
    prune(CUT, by=bureau, reason="保留期届满")
    unguarded()
    was = stored(1)["sha256"]
    set_field(1, "sha256", "0" + was[1:] if was[0] != "0" else "1" + was[1:])
    assert [p.seq for p in verify().problems] == [1]


def test_an_event_received_after_a_pruning_goes_on_in_the_chain(home, bureau, monkeypatch):
    for n in (1, 2):
        receive(monkeypatch, day(n), *run_pair("make", day(n), "delivery.a.x", "platform.a.x"))
    prune(CUT, by=bureau, reason="保留期届满")
    ingest(run_event("next", outputs=("platform.a.new",)))
    assert trace("platform.a.new").nodes and verify().is_sound
