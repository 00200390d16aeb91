"""A bad version: what nobody recorded is never said to be untouched."""

from __future__ import annotations

import json

import pytest

from lineage.access import system
from lineage.answers.asked import asked
from lineage.answers.impact import impact
from lineage.events.ingest import ingest
from lineage.log.pruning import prune
from tests.unit.lineage.events import NAMESPACE, facet, run_event
from tests.unit.lineage.retained import CUT, bureau, day, receive

pytestmark = pytest.mark.django_db
BAD = "platform.a.s"


def version(text: str) -> dict[str, dict]:
    return {"version": facet(datasetVersion=text)} if text else {}


def make(n: int, target: str, made: str = "", source: str = "", read: str = "", job: str = "", **more: dict) -> bytes:
    return run_event(
        job or f"make {target}", at=day(n), inputs=(source,) if source else (), outputs=(target,),
        input_facets=version(read), output_facets=version(made) | more,
    )  # fmt: skip


def of_columns(source: str) -> dict:
    used = {"namespace": NAMESPACE, "name": source, "field": "id"}
    return facet(fields={"id": {"inputFields": [used]}})


def touched(bad: str = "bad", node: str = BAD) -> dict[str, bool | None]:
    return {t.dataset: t.is_touched for t in impact(asked(node), system(), version=bad).touched}


@pytest.mark.requirement("R026")
def test_a_job_event_and_column_lineage_tell_no_version_so_what_they_made_is_touched(home):
    ingest(make(1, BAD, "bad"))
    job = json.loads(make(2, "platform.a.by_job", source=BAD))
    job.pop("run"), job.pop("eventType")
    ingest(json.dumps({**job, "schemaURL": job["schemaURL"].replace("RunEvent", "JobEvent")}).encode())
    ingest(make(2, "platform.a.by_columns", columnLineage=of_columns(BAD)))
    itself = {"namespace": NAMESPACE, "name": "platform.a.by_itself", "facets": {"columnLineage": of_columns(BAD)}}
    schema = job["schemaURL"].replace("RunEvent", "DatasetEvent")
    parts = {"eventTime": job["eventTime"], "producer": job["producer"], "schemaURL": schema, "dataset": itself}
    ingest(json.dumps(parts).encode())
    ingest(make(2, "platform.a.plain", source=BAD))
    ingest(make(2, "platform.a.told", "t", BAD, "bad"))
    ingest(make(2, "platform.a.other", "o", BAD, "good"))
    assert touched() == {
        "platform.a.by_job": True, "platform.a.by_columns": True, "platform.a.by_itself": True,
        "platform.a.plain": True, "platform.a.told": True, "platform.a.other": False,
    }  # fmt: skip


def test_a_run_that_names_its_input_twice_read_the_version_it_told(home):
    ingest(make(1, BAD, "bad"))
    ingest(run_event("j", at=day(2), run="r", state="START", inputs=(BAD,)))
    ingest(run_event("j", at=day(2), run="r", inputs=(BAD,), input_facets=version("good"), outputs=("platform.a.t",)))
    assert touched() == {"platform.a.t": False}


def test_what_was_made_of_a_version_nobody_told_of_is_unknown(home):
    ingest(make(1, BAD, "bad"))
    ingest(make(2, "platform.a.mid", "m1", BAD, "good"))
    ingest(make(3, "platform.a.end", "e1", "platform.a.mid", "m0"))
    ingest(make(4, "platform.a.far", "f1", "platform.a.end", "e1"))
    assert touched() == {"platform.a.mid": False, "platform.a.end": None, "platform.a.far": None}


def test_after_a_pruning_what_was_touched_is_not_said_to_be_untouched(home, monkeypatch):
    receive(monkeypatch, day(1), make(1, BAD, "bad"))
    receive(monkeypatch, day(2), make(2, "platform.a.mid", "m1", BAD, "bad"))
    receive(monkeypatch, day(3), make(3, "platform.a.end", "e1", "platform.a.mid", "m1"))
    receive(monkeypatch, day(4), make(4, "platform.a.mid", "m2", BAD, "good"))
    assert touched() == {"platform.a.mid": False, "platform.a.end": True}
    assert prune(CUT, by=bureau(), reason="保留期届满").events == 1
    assert touched() == {"platform.a.mid": False, "platform.a.end": None}


def test_what_another_job_made_of_the_bad_version_may_still_be_in_it(home):
    ingest(make(1, BAD, "bad"))
    ingest(make(2, "platform.a.t", "t1", BAD, "bad", job="one"))
    ingest(make(3, "platform.a.t", "t2", BAD, "good", job="two"))
    assert touched() == {"platform.a.t": None}
    ingest(make(4, "platform.a.t", "t3", BAD, "good", job="one"))
    assert touched() == {"platform.a.t": False}
