"""The graph against a plain reading of the same events: two times, order of arrival, ends of intervals, rebuilding."""

from __future__ import annotations

import datetime as dt
import json
import random
from uuid import UUID

import pytest

from lineage.events.ingest import ingest, ingest_many
from lineage.graph import arrays, walks
from lineage.graph.trace import UnknownNodeError, trace
from lineage.graph.view import view
from lineage.models import PROJECTION, Event, Position, microseconds
from lineage.projection.catching_up import catch_up, rebuild

pytestmark = pytest.mark.django_db
NS = "suyuan://yanzhou"
DAY = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
PRODUCER = "https://example.org/producer"


@pytest.fixture(autouse=True)
def late(monkeypatch, home):
    monkeypatch.setenv("SUYUAN_NOW", "2026-12-01T00:00:00")


def at(day: int) -> dt.datetime:
    return DAY + dt.timedelta(days=day)


def dataset(name: str, **facets) -> dict:
    return {"namespace": NS, "name": name, "facets": facets}


def edges(**columns: list[str]) -> dict:
    """``column=["a.x"]``: from column x of a."""
    fields = {c: {"inputFields": [field(s) for s in sources]} for c, sources in columns.items()}
    return {"_producer": PRODUCER, "_schemaURL": "https://example.org/1.json", "fields": fields}


def field(source: str) -> dict:
    name, _, column = source.rpartition(".")
    way = {"type": "DIRECT", "subtype": "IDENTITY", "description": "", "masking": False}
    return {"namespace": NS, "name": name, "field": column, "transformations": [way]}


def run(
    day: float, job: str, inputs: list[dict], outputs: list[dict], *, state: str = "COMPLETE", run_id: int | None = None
) -> bytes:
    number = run_id if run_id is not None else random.getrandbits(120)
    return json.dumps({
        "eventTime": (DAY + dt.timedelta(days=day)).isoformat(), "producer": PRODUCER, "eventType": state,
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(UUID(int=number)), "facets": {}}, "job": {"namespace": NS, "name": job, "facets": {}},
        "inputs": inputs, "outputs": outputs,
    }).encode()  # fmt: skip


def lifecycle(change: str, previous: str = "") -> dict:
    before = {"previousIdentifier": {"namespace": NS, "name": previous}} if previous else {}
    facet = {"_producer": PRODUCER, "_schemaURL": "https://example.org/1.json", "lifecycleStateChange": change}
    return {"lifecycleStateChange": facet | before}


def edge_names(now) -> set[tuple[str, str]]:
    everything = range(1, len(now.index.datasets))
    return {(now.name(s), now.name(t)) for t in everything for s in now.inputs(t)}


def plain_edges(told: list[tuple], day: int, known: int) -> set[tuple[str, str]]:
    """Read the same statements one by one: (output, job, day, seq, inputs, change)."""
    by_then = [s for s in told if s[2] <= day and s[3] <= known]
    latest = {}
    for s in sorted((s for s in by_then if s[5] != "DROP"), key=lambda s: (s[2], s[3])):
        latest[s[0], s[1]] = s
    ends: dict[str, tuple[int, int]] = {}
    for s in by_then:
        if s[5] == "DROP":
            ends[s[0]] = max(ends.get(s[0], (-1, -1)), s[2:4])
    made = {}
    for s in latest.values():
        if s[5] != "RENAME":
            made[s[0]] = max(made.get(s[0], -1), s[2])
    told_now = [s for s in latest.values() if not (s[5] == "RENAME" and made.get(s[0], -1) > s[2])]
    kept = [s for s in told_now if s[2:4] >= ends.get(s[0], (-1, -1))]
    closed = [s for s in told_now if s[2:4] < ends.get(s[0], (-1, -1))]
    while more := [s for s in closed if any(s[0] in k[4] for k in kept)]:
        kept += more
        closed = [s for s in closed if s not in more]
    return {(i, s[0]) for s in kept for i in s[4]}


@pytest.mark.parametrize("seed", range(12))
def test_both_times_agree_with_a_plain_reading(seed, monkeypatch):
    monkeypatch.setattr(arrays, "_REST", (5, 50_000)[seed % 2])  # with and without a sorted base beside the rest
    draw = random.Random(seed)
    names = [f"platform.t.d{i}" for i in range(9)]
    told, bodies = [], []
    for seq in range(1, 61):
        day, job = draw.randrange(0, 40), f"job{draw.randrange(3)}"
        place = draw.randrange(1, 9)
        output, kind = names[place], draw.random()
        if kind < 0.12:
            bodies.append(run(day, job, [], [dataset(output, **lifecycle("DROP"))]))
            told.append((output, job, day, seq, (), "DROP"))
        elif kind < 0.2:
            old = names[place - 1]
            bodies.append(run(day, job, [], [dataset(output, **lifecycle("RENAME", old))]))
            told += [(old, job, day, seq, (), "DROP"), (output, job, day, seq, (old,), "RENAME")]
        else:
            inputs = tuple(sorted({names[draw.randrange(place)] for _ in range(draw.randrange(1, 3))}))
            bodies.append(run(day, job, [dataset(i) for i in inputs], [dataset(output)]))
            told.append((output, job, day, seq, inputs, ""))
    ingest_many(bodies[:20])
    for body in bodies[20:]:
        ingest(body)
    for day in range(0, 41, 4):
        for known in (1, 17, 30, 45, 60):
            assert edge_names(view(at(day), known)) == plain_edges(told, day, known), (day, known)


def test_events_in_any_order_and_any_portion_give_the_same_graph():
    bodies = [
        run(1, "m", [dataset("platform.t.a")], [], state="START", run_id=1),
        run(2, "m", [], [dataset("platform.t.b", columnLineage=edges(x=["platform.t.a.x"]))], run_id=1),
        run(3, "n", [dataset("platform.t.b")], [dataset("platform.t.c")], run_id=2),
    ]
    wanted = {("platform.t.a", "platform.t.b"), ("platform.t.b", "platform.t.c")}
    for order in ([0, 1, 2], [1, 0, 2], [2, 1, 0]):
        for each in order:
            ingest(bodies[each])
        assert edge_names(view()) == wanted
        assert edge_names(view(at(2))) == {("platform.t.a", "platform.t.b")}


def test_a_rebuilt_graph_is_row_for_row_the_same():
    draw = random.Random(4)
    for n in range(1, 40):
        inputs = [dataset(f"platform.t.d{draw.randrange(n)}") for _ in range(2)]
        facet = edges(x=[f"{i['name']}.x" for i in inputs])
        ingest_many([
            run(n, f"j{n}", inputs, [], state="START", run_id=n),
            run(n, f"j{n}", [], [dataset(f"platform.t.d{n}", columnLineage=facet)], run_id=n),
        ])  # fmt: skip
    before = [list(model.objects.order_by("pk").values_list()) for model in PROJECTION]
    assert rebuild() == Event.objects.count()
    assert [list(model.objects.order_by("pk").values_list()) for model in PROJECTION] == before
    assert all(before)


def test_a_failed_run_a_running_one_and_a_duplicate_state_nothing():
    made = run(1, "m", [dataset("platform.t.a")], [dataset("platform.t.b")])
    ingest(made)
    ingest(run(2, "m", [dataset("platform.t.z")], [dataset("platform.t.b")], state="FAIL"))
    ingest(run(3, "m", [dataset("platform.t.y")], [dataset("platform.t.b")], state="RUNNING"))
    ingest(made)
    assert edge_names(view()) == {("platform.t.a", "platform.t.b")}
    assert Event.objects.count() == 4


def test_a_dropped_data_set_is_gone_from_then_on_but_stays_the_source_of_what_was_made_of_it():
    ingest(run(1, "m", [dataset("delivery.a.a")], [dataset("platform.t.b")]))
    ingest(run(2, "n", [dataset("platform.t.b")], [dataset("product.g.c")]))
    ingest(run(5, "m", [], [dataset("platform.t.b", **lifecycle("DROP"))]))
    up = trace("product.g.c", at=at(6))
    assert [n.name for n in up.nodes] == ["product.g.c", "platform.t.b", "delivery.a.a"]
    assert up.nodes[1].gone_at == at(5).isoformat() and up.is_complete
    now, then = view(at(6)), view(at(4))
    assert not now.exists(now.find("platform.t.b")) and then.exists(then.find("platform.t.b"))
    ingest(run(7, "n", [dataset("delivery.a.a")], [dataset("product.g.c")]))
    assert edge_names(view(at(8))) == {("delivery.a.a", "product.g.c")}, "no ghost: nothing depends on it any more"


def test_explicit_lineage_says_which_input_feeds_which_output():
    """As the facet's schema has it: on the job, targets with sources of their own; no sources is a statement too."""
    source = {"namespace": NS, "name": "platform.t.a", "type": "DATASET"}
    entries = [
        {"namespace": NS, "name": "platform.t.x", "type": "DATASET", "inputs": [source],
         "fields": {"k": {"inputs": [{**source, "field": "i", "transformations": [{"type": "DIRECT"}]}]}}},
        {"namespace": NS, "name": "platform.t.y", "type": "DATASET", "inputs": []},
        {"type": "JOB", "inputs": [source]},
    ]  # fmt: skip
    body = json.loads(run(1, "m", [dataset("platform.t.a"), dataset("platform.t.b")], [dataset("platform.t.y")]))
    facet = {"_producer": PRODUCER, "_schemaURL": "https://example.org/1.json", "entries": entries}
    body["job"]["facets"]["lineage"] = facet
    ingest(json.dumps(body).encode())
    assert edge_names(view()) == {("platform.t.a", "platform.t.x")}
    assert [(e.source_column, e.target_column, e.masking) for e in trace("platform.t.x", column="k").edges] == [
        ("i", "k", None)
    ]


def test_a_renamed_data_set_is_reached_under_its_new_name_with_its_columns():
    ingest(run(1, "m", [], [dataset("platform.t.old", columnLineage=edges(x=["delivery.a.a.x"]))]))
    ingest(run(2, "m", [], [dataset("platform.t.new", **lifecycle("RENAME", "platform.t.old"))]))
    down = trace("delivery.a.a", direction="downstream", column="x", at=at(3))
    assert [n.name for n in down.nodes] == ["delivery.a.a", "platform.t.old", "platform.t.new"]
    assert [e.description for e in down.edges] == ["", "更名"]
    with pytest.raises(UnknownNodeError):
        trace("platform.t.new", at=at(1))


def test_a_walk_by_columns_reaches_what_a_plain_search_reaches():
    draw = random.Random(7)
    plain: dict[tuple[str, str], set[tuple[str, str]]] = {}
    for n in range(3, 60):
        sources = {c: [f"platform.t.d{draw.randrange(n)}.c{draw.randrange(3)}" for _ in range(2)] for c in ("c0", "c1")}
        ingest(run(n / 10, f"j{n}", [], [dataset(f"platform.t.d{n}", columnLineage=edges(**sources))]))
        for column, found in sources.items():
            for source in found:
                plain.setdefault((f"platform.t.d{n}", column), set()).add(tuple(source.rsplit(".", 1)))
    now = view()
    for n in (59, 58, 40):
        start = (f"platform.t.d{n}", "c0")
        reached, front, hops = {start}, {start}, 0
        while front:
            front = {s for f in front for s in plain.get(f, ())} - reached
            reached |= front
            hops += bool(front)
        found = walks.by_column(now, [now.column(now.find(start[0]), "c0")], "upstream", hops=99, limit=9999, sees=None)
        owners = now.index.column_of["dataset"][found.nodes]
        assert {(now.name(d), now.index.columns[c]) for d, c in zip(owners, found.nodes, strict=True)} == reached
        assert found.distances.max() == hops and not found.is_cut


def test_a_limit_is_told_and_what_a_viewer_may_not_see_is_counted():
    for n in range(1, 6):
        ingest(run(n, f"j{n}", [dataset(f"platform.t.d{n - 1}")], [dataset(f"platform.t.d{n}")]))
    cut = trace("platform.t.d5", hops=2)
    assert len(cut.nodes) == 3 and not cut.is_complete and "the answer ends" in cut.incomplete_because[0]

    def sees(now):
        import numpy as np

        return np.array([name != "platform.t.d3" for _, name in now.index.datasets])

    seen = trace("platform.t.d5", sees=sees)
    assert [n.name for n in seen.nodes] == ["platform.t.d5", "platform.t.d4"]
    assert any("1 data sets are outside" in r for r in seen.incomplete_because)
    with pytest.raises(UnknownNodeError):
        trace("platform.t.d3", sees=sees)


def test_a_second_process_goes_on_where_the_first_stopped(monkeypatch):
    from lineage.graph import index
    from lineage.projection import catching_up

    ingest(run(1, "m", [dataset("platform.t.a")], [dataset("platform.t.b")]))
    view()
    first, known = index._growing, catching_up._known
    monkeypatch.setattr(catching_up, "_known", None)
    ingest(run(2, "m2", [dataset("platform.t.b")], [dataset("platform.t.c")]))
    assert ("platform.t.b", "platform.t.c") in edge_names(view()) and index._growing is first
    monkeypatch.setattr(catching_up, "_known", known)
    ingest(run(3, "m3", [dataset("platform.t.c")], [dataset("platform.t.d")]))
    assert len(edge_names(view())) == 3
    assert catch_up() == Event.objects.count() == Position.objects.get().seq
    rebuild()
    assert len(edge_names(view())) == 3 and index._growing is not first


def test_facets_are_read_from_the_log_as_they_were_stated_by_then():
    def titled(text: str) -> dict:
        doc = {"_producer": PRODUCER, "_schemaURL": "https://example.org/1.json", "description": text}
        return dataset("platform.t.b", documentation=doc, custom_thing=doc | {"odd": ["é", 1.5]})

    ingest(run(1, "m", [], [titled("first")]))
    ingest(run(5, "m", [], [titled("second")]))
    now, then = view(), view(at(2))
    place = now.find("platform.t.b")
    assert now.facets(place)["documentation"]["description"] == "second" and now.title(place) == "second"
    assert then.facets(place)["custom_thing"]["description"] == "first"
    assert then.facets(place, "custom_thing")["custom_thing"]["odd"] == ["é", 1.5]
    assert microseconds(at(1)) == then.statement(place).event_us
