"""What hangs on a column although no edge leads to a column of it, and what events of one run say in any order."""

from __future__ import annotations

import datetime as dt
import itertools
import json
from uuid import UUID

import pytest

from lineage.events.ingest import ingest, ingest_many
from lineage.graph.closure import closure
from lineage.graph.paths import Paths
from lineage.graph.trace import trace
from lineage.graph.view import view
from lineage.models import WHOLE, Dataset, Statement
from lineage.projection import catching_up
from lineage.projection.catching_up import rebuild

pytestmark = pytest.mark.django_db
NS, PRODUCER = "suyuan://yanzhou", "https://example.org/producer"
DAY = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)


@pytest.fixture(autouse=True)
def late(monkeypatch, home):
    monkeypatch.setenv("SUYUAN_NOW", "2026-12-01T00:00:00")


def facet(**content) -> dict:
    return {"_producer": PRODUCER, "_schemaURL": "https://example.org/1.json", **content}


def columns(**edges: tuple[str, str]) -> dict:
    """``x=("a.y", "FILTER")``: column x hangs on column y of a; IDENTITY is direct; column ``whole``: the rows."""
    fields: dict = {}
    whole = []
    for column, (source, subtype) in edges.items():
        name, _, field = source.rpartition(".")
        way = {"type": "DIRECT" if subtype == "IDENTITY" else "INDIRECT", "subtype": subtype, "masking": False}
        used = {"namespace": NS, "name": name, "field": field, "transformations": [way]}
        if column == "whole":
            whole.append(used)
        else:
            fields[column] = {"inputFields": [used]}
    return {"columnLineage": facet(fields=fields, dataset=whole)}


def run(day: float, job: str, inputs: list[str], outputs: dict[str, dict], *, state="COMPLETE", number=0) -> bytes:
    return json.dumps({
        "eventTime": (DAY + dt.timedelta(days=day)).isoformat(), "producer": PRODUCER, "eventType": state,
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(UUID(int=number or hash((day, job)) % 2**64))}, "job": {"namespace": NS, "name": job},
        "inputs": [{"namespace": NS, "name": n} for n in inputs],
        "outputs": [{"namespace": NS, "name": n, "facets": f} for n, f in outputs.items()],
    }).encode()  # fmt: skip


def lifecycle(change: str, previous: str = "") -> dict:
    before = {"previousIdentifier": {"namespace": NS, "name": previous}} if previous else {}
    return {"lifecycleStateChange": facet(lifecycleStateChange=change, **before)}


def test_a_column_that_only_selects_rows_concerns_all_that_is_made_of_them():
    """Also where somebody copies the column, and beyond the data set whose rows it selects."""
    ingest_many([
        run(1, "copy", ["landing.a.s"], {"platform.t.copy": columns(id=("landing.a.s.id", "IDENTITY"))}),
        run(1, "filter", ["landing.a.s"], {"authorized.g1.f": columns(
            name=("landing.a.s.name", "IDENTITY"), whole=("landing.a.s.id", "FILTER"))}),
        run(2, "product", ["authorized.g1.f"], {"product.g1.p": columns(n=("authorized.g1.f.name", "IDENTITY"))}),
    ])  # fmt: skip
    found = trace("landing.a.s", direction="downstream", column="id")
    assert {n.name: n.columns for n in found.nodes} == {
        "landing.a.s": ["id"], "platform.t.copy": ["id"], "authorized.g1.f": [WHOLE], "product.g1.p": [WHOLE],
    }  # fmt: skip
    assert found.is_complete
    assert set(Paths().columns_to("landing.a.s", "id")) == {"platform.t.copy", "authorized.g1.f", "product.g1.p"}
    compact = closure("landing.a.s", "id", direction="downstream")
    assert [(compact["datasets"][d], far) for d, far in compact["whole"]] == [("product.g1.p", 2)]


def test_a_data_set_without_recorded_columns_is_counted_and_said():
    ingest_many([
        run(1, "plain", ["landing.a.s"], {"authorized.g1.o": {}}),
        run(2, "more", ["authorized.g1.o"], {"product.g1.p": {}}),
        run(1, "copy", ["landing.a.s"], {"platform.t.copy": columns(id=("landing.a.s.id", "IDENTITY"))}),
    ])  # fmt: skip
    found = trace("landing.a.s", direction="downstream", column="id")
    assert {n.name for n in found.nodes} >= {"authorized.g1.o", "product.g1.p"}
    assert not found.is_complete
    assert any("authorized.g1.o are not recorded" in r for r in found.incomplete_because)
    assert {"authorized.g1.o", "product.g1.p"} <= set(Paths().columns_to("landing.a.s", "id"))


EVENTS = [
    run(1, "m", ["landing.a.a"], {"platform.t.x": {"version": facet(datasetVersion="early"), **columns(
        x=("landing.a.a.x", "IDENTITY"))}}, state="RUNNING", number=7),
    run(2, "m", ["landing.a.b"], {"platform.t.x": {"version": facet(datasetVersion="final"), **columns(
        x=("landing.a.b.x", "IDENTITY"))}}, state="COMPLETE", number=7),
    run(0.5, "m", [], {}, state="START", number=7),
]  # fmt: skip


@pytest.mark.parametrize("order", list(itertools.permutations(range(3))))
def test_events_of_a_run_say_the_same_in_any_order(order):
    for place in order:
        ingest(EVENTS[place])
    now = view()
    x = now.find("platform.t.x")
    assert now.statement(x).version == "final"
    assert {(e.column, now.name(e.input)) for e in now.edges_into(x)} == {("x", "landing.a.b")}
    assert {now.name(i) for i in now.inputs(x)} == {"landing.a.a", "landing.a.b"}


@pytest.mark.parametrize("order", [(0, 1), (1, 0)])
def test_a_run_that_failed_after_all_states_nothing(order):
    bodies = [
        run(1, "m", ["landing.a.a"], {"platform.t.x": {"version": facet(datasetVersion="v")}}, number=9),
        run(2, "m", [], {}, state="FAIL", number=9),
    ]
    ingest(run(0, "m", ["landing.a.b"], {"platform.t.x": {"version": facet(datasetVersion="before")}}, number=8))
    for place in order:
        ingest(bodies[place])
    now = view()
    x = now.find("platform.t.x")
    assert [now.name(i) for i in now.inputs(x)] == ["landing.a.b"] and now.statement(x).version == "before"
    if order == (0, 1):  # what was known before the failure was known
        assert [then.name(i) for then in [view(known_seq=2)] for i in then.inputs(x)] == ["landing.a.a"]


def test_facets_of_an_output_count_once_its_run_is_completed():
    fields = [{"name": "a"}, {"name": "ghost"}]
    ingest(run(1, "m", [], {"platform.t.x": {"schema": facet(fields=fields[:1])}}, number=1))
    ingest(
        run(2, "m", [], {"platform.t.x": {"schema": facet(fields=fields)}, "platform.t.y": {}}, state="START", number=2)
    )
    ingest(run(3, "m", [], {}, state="FAIL", number=2))
    now = view()
    assert [c.name for c in now.columns(now.find("platform.t.x"))] == ["a"]
    assert not now.exists(now.find("platform.t.y"))


@pytest.mark.parametrize("names", [("t__old", "t"), ("t", "t__old")])
def test_a_swap_of_tables_in_one_run_leaves_the_new_one_under_the_old_name(names):
    swap = {"t__old": lifecycle("RENAME", "platform.t.t"), "t": lifecycle("RENAME", "platform.t.t__new")}
    ingest(run(1, "m", ["delivery.a.a"], {"platform.t.t": {}}))
    ingest(run(2, "m", ["delivery.a.b"], {"platform.t.t__new": {}}))
    ingest(run(3, "swap", [], {f"platform.t.{n}": swap[n] for n in names}))
    now = view()
    there = {n: now.exists(now.find(f"platform.t.{n}")) for n in ("t", "t__old", "t__new")}
    assert there == {"t": True, "t__old": True, "t__new": False}
    assert "delivery.a.b" in {n.name for n in trace("platform.t.t").nodes}


def test_a_table_dropped_and_created_again_in_one_run_is_there():
    ingest(run(1, "m", [], {"platform.t.x": lifecycle("DROP")}, state="RUNNING", number=3))
    ingest(run(2, "m", ["landing.a.a"], {"platform.t.x": lifecycle("CREATE")}, number=3))
    now = view()
    assert now.exists(now.find("platform.t.x")) and len(now.inputs(now.find("platform.t.x"))) == 1


def test_titles_are_the_same_whoever_projects_and_late_events_do_not_bring_old_ones_back(monkeypatch):
    def titled(day: float, text: str) -> bytes:
        return run(day, "m", [], {"platform.t.x": {"documentation": facet(description=text)}})

    ingest(titled(1, "甲"))
    first = catching_up._known
    monkeypatch.setattr(catching_up, "_known", None)
    ingest(titled(5, "乙"))
    monkeypatch.setattr(catching_up, "_known", first)
    ingest(titled(6, "甲"))
    ingest(titled(2, "丙"))
    assert Dataset.objects.get(name="platform.t.x").title == "甲"
    before = list(Dataset.objects.values_list())
    rebuild()
    assert list(Dataset.objects.values_list()) == before


def test_a_node_id_can_be_read_in_one_way():
    topic = {"namespace": "kafka://host:9092", "name": "topic:a%b"}
    taker = {"namespace": "kafka", "name": "//host:9092:topic:a%b"}
    for day, each in enumerate((topic, taker), start=1):
        body = json.loads(run(day, f"m{day}", [], {}))
        ingest(json.dumps(body | {"outputs": [each]}).encode())
    now = view()
    ids = [now.node(i) for i in range(1, len(now.index.datasets))]
    assert [now.namespace(now.find(i)) for i in ids] == ["kafka://host:9092", "kafka"]


def test_an_event_ahead_of_our_clock_is_seen_at_once(monkeypatch):
    monkeypatch.setenv("SUYUAN_NOW", "2026-09-01T00:00:00")
    ingest(run(9, "m", ["landing.a.a"], {"platform.t.x": {}}))
    assert [n.name for n in trace("platform.t.x").nodes] == ["platform.t.x", "landing.a.a"]
    assert Statement.objects.count() == 1
