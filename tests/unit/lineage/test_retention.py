"""Random logs, pruned at random days: every answer as of that day and later, every name and every title stays."""

from __future__ import annotations

import datetime as dt
import json
from typing import Any

import pytest

from lineage.events.ingest import ingest
from lineage.graph.trace import trace
from lineage.graph.view import View, view
from lineage.log.pruning import JOB, prune
from lineage.log.verify import verify
from lineage.models import Dataset, DatasetColumn, Event, Job, microseconds
from lineage.projection.catching_up import rebuild
from tests.unit.lineage.events import NAMESPACE, START, facet, run_event
from tests.unit.lineage.random_log import OWN, Log
from tests.unit.lineage.retained import CUT, bureau, day, receive

pytestmark = pytest.mark.django_db


def told(name: str, direction: Any, column: str | None, at: dt.datetime, known: int) -> object:
    try:
        document = trace(name, direction=direction, column=column, at=at, known_seq=known).document()
    except LookupError as error:
        return str(error)
    because = sorted(r for r in document.pop("incomplete_because") if "pruned" not in r)
    document.pop("is_complete")
    parts = {part: sorted(document.pop(part), key=repr) for part in ("nodes", "edges")}
    return document, parts, because


def of_dataset(now: View, node: str) -> object:
    i = now.find(node)
    assert i is not None
    latest = now.statement(i)
    return (
        now.exists(i), now.is_known(i), now.gone_at(i), now.title(i), now.facets(i), sorted(map(repr, now.columns(i))),
        {now.node(n) for n in now.inputs(i)}, {now.node(n) for n in now.outputs(i)},
        sorted(repr((e.column, now.node(e.input), *e[2:])) for e in now.edges_into(i)),
        latest and (latest.version, latest.rows, latest.seq, latest.event_us),
    )  # fmt: skip


def answers(at: dt.datetime, known: int) -> object:
    now = view(at, known)
    nodes = sorted(now.node(pk) for pk in Dataset.objects.values_list("id", flat=True))
    columns = [None, "id"]
    asked = [n for n in nodes if n in OWN]
    traces = [told(n, d, c, at, known) for n in asked for d in ("upstream", "downstream") for c in columns]
    return [of_dataset(now, node) for node in nodes], traces


def names() -> object:
    return (
        sorted(Dataset.objects.values_list("namespace", "name", "title", "named_by_us")),
        sorted(DatasetColumn.objects.values_list("dataset__namespace", "dataset__name", "name", "title")),
        sorted(Job.objects.exclude(name=JOB).values_list("namespace", "name", "job_type")),
    )


def known_at(when: dt.datetime) -> int:
    return Event.objects.filter(received_us__lt=microseconds(when)).count()


@pytest.mark.requirement("R076")
@pytest.mark.parametrize("seed", range(4))
def test_every_answer_every_name_and_every_title_stays(home, monkeypatch, seed):
    log = Log(seed, monkeypatch)
    log.write(range(0, 400, 3))
    cut = day(log.chance.randrange(200, 350))
    last = Event.objects.count()
    later = cut + (START - cut) / 2
    asked = [(cut, known_at(cut)), (cut, last), (later, known_at(later)), (START, known_at(cut)), (START, last)]
    before, named = [answers(*each) for each in asked], names()
    assert prune(cut, by=bureau(), reason="保留期届满").events > 0
    assert names() == named
    assert [answers(*each) for each in asked] == before
    rebuild()
    assert names() == named and [answers(*each) for each in asked] == before
    assert verify().is_sound
    prune(START - dt.timedelta(days=20), by=bureau(), reason="保留期届满")
    assert names() == named and answers(START, last) == before[-1]


def stated(column: str, source: str, field: str = "id") -> dict[str, Any]:
    source_field = {"namespace": NAMESPACE, "name": source, "field": field}
    return {"columnLineage": facet(fields={column: {"inputFields": [source_field]}})}


def made(n: int, job: str = "J", source: str = "delivery.a.s", target: str = "platform.a.t", **facets: Any) -> bytes:
    return run_event(job, at=day(n), inputs=(source,), outputs=(target,), output_facets=facets)


def test_what_was_made_before_a_later_statement_that_says_nothing_of_how(home, monkeypatch):
    gone = facet(lifecycleStateChange="DROP")
    receive(monkeypatch, day(1), made(1, target="platform.a.tmp"))
    receive(monkeypatch, day(2), made(2, "K", "platform.a.tmp", "product.g.p"))
    receive(monkeypatch, day(3), made(3, target="platform.a.tmp", lifecycleStateChange=gone))
    before = trace("product.g.p")
    assert before.is_complete and {n.name for n in before.nodes} >= {"delivery.a.s", "platform.a.tmp"}
    prune(CUT, by=bureau(), reason="保留期届满")
    assert trace("product.g.p") == before


@pytest.mark.parametrize("fails_on", [3, 300])
def test_what_a_run_superseded_that_failed_after_all_is_still_there(home, monkeypatch, fails_on):
    receive(monkeypatch, day(1), made(1, **stated("x", "delivery.a.s")))
    receive(monkeypatch, day(2), made(2, **stated("x", "delivery.a.s", "wrong")))
    receive(monkeypatch, day(2), made(2, "other", target="platform.a.o", **stated("x", "delivery.a.s")))
    failed = run_event("J", at=day(2) + dt.timedelta(hours=1), run=f"J {day(2)}", state="FAIL")
    receive(monkeypatch, day(fails_on), failed)
    prune(CUT, by=bureau(), reason="保留期届满")
    assert [(e.source, e.source_column) for e in trace("platform.a.t", column="x").edges] == [("delivery.a.s", "id")]


def test_a_facet_that_only_a_failed_run_brought_again_stays_with_who_brought_it(home, monkeypatch):
    def schema(*columns: str) -> dict[str, Any]:
        return {"schema": facet(fields=[{"name": name, "type": "t"} for name in columns])}

    receive(monkeypatch, day(1), made(1, **schema("a")))
    receive(monkeypatch, day(2), made(2))
    begun = run_event("J", at=day(3), run="bad", state="START", outputs=("platform.a.t",), output_facets=schema("b"))
    receive(monkeypatch, day(3), begun, run_event("J", at=day(3), run="bad", state="FAIL"))
    receive(monkeypatch, day(4), made(4, "K", "platform.a.t", "platform.a.k", **stated("k", "platform.a.t", "a")))
    before = of_dataset(view(), "platform.a.t")
    prune(CUT, by=bureau(), reason="保留期届满")
    assert of_dataset(view(), "platform.a.t") == before and "name='a'" in repr(before)


def test_a_renaming_keeps_the_columns_that_were_known_when_it_happened(home, monkeypatch):
    receive(monkeypatch, day(1), made(1, **stated("x", "delivery.a.s")))
    was = {"namespace": NAMESPACE, "name": "platform.a.t"}
    renamed = facet(lifecycleStateChange="RENAME", previousIdentifier=was)
    receive(monkeypatch, day(2), made(2, "R", "platform.a.t", "platform.a.n", lifecycleStateChange=renamed))
    receive(monkeypatch, day(3), made(3, **stated("x", "delivery.a.s")))
    before = of_dataset(view(), "platform.a.n")
    assert "'x'" in repr(before)
    prune(CUT, by=bureau(), reason="保留期届满")
    assert of_dataset(view(), "platform.a.n") == before


def test_a_data_set_and_a_column_that_only_a_superseded_event_named_are_still_known(home, monkeypatch):
    receive(monkeypatch, day(1), made(1, **stated("x", "platform.a.hidden", "old")))
    receive(monkeypatch, day(2), made(2))
    emptied = receive(monkeypatch, day(3), made(3))
    receive(monkeypatch, day(4), made(4, **stated("y", "delivery.a.s")))
    before = names()
    assert prune(CUT, by=bureau(), reason="保留期届满").events == 2
    assert names() == before and not Event.objects.get(seq=emptied[0]).body


def test_titles_that_later_events_leave_out_or_say_late_stay(home, monkeypatch):
    def titled(n: int, table: str, column: str) -> bytes:
        fields = [{"name": "x", "type": "t", **({"description": column} if column else {})}]
        return made(n, documentation=facet(description=table), schema=facet(fields=fields))

    receive(monkeypatch, day(1), titled(1, "甲", "身份证号"))
    receive(monkeypatch, day(2), titled(5, "乙", "公民身份号码"))
    receive(monkeypatch, day(3), titled(2, "旧", "旧号"))
    receive(monkeypatch, day(9), titled(9, "", ""))
    before = names()
    assert Dataset.objects.get(name="platform.a.t").title == "乙"
    prune(CUT, by=bureau(), reason="保留期届满")
    assert names() == before


def test_a_repetition_does_not_stand_for_what_it_repeats(home, monkeypatch):
    def itself(n: int, **facets: Any) -> bytes:
        event = json.loads(run_event("J", at=day(n)))
        event["schemaURL"] = event["schemaURL"].replace("RunEvent", "DatasetEvent")
        kept = {key: event[key] for key in ("eventTime", "producer", "schemaURL")}
        named = {"namespace": NAMESPACE, "name": "platform.a.t", "facets": facets}
        return json.dumps({**kept, "dataset": named}).encode()

    for n in (1, 2):
        receive(monkeypatch, day(n), itself(1, documentation=facet(description="甲")))
    receive(monkeypatch, day(3), itself(3, documentation=facet(description="")))
    before = names()
    assert "甲" in repr(before)
    prune(CUT, by=bureau(), reason="保留期届满")
    assert names() == before


def test_a_job_that_overwrites_each_time_is_pruned_all_the_same(home, monkeypatch):
    for n in range(1, 6):
        receive(monkeypatch, day(n), made(n, lifecycleStateChange=facet(lifecycleStateChange="OVERWRITE")))
    assert prune(CUT, by=bureau(), reason="保留期届满").events == 4
    assert ingest(made(399)).seq == 7
