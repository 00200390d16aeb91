"""Closures against a naive search over the same statements: two times, both directions, edges, sight, gaps."""

from __future__ import annotations

import datetime as dt
import json
import random
from collections.abc import Iterable
from uuid import UUID

import numpy as np
import pytest

from lineage.events.ingest import ingest_many
from lineage.graph import closure as closures
from lineage.graph.closure import closure
from lineage.graph.trace import UnknownNodeError, trace

pytestmark = pytest.mark.django_db
NS, PRODUCER = "suyuan://yanzhou", "https://example.org/producer"
DAY = dt.datetime(2026, 9, 1, tzinfo=dt.UTC)
Column = tuple[str, str]
Edge = tuple[Column, Column, str]  # source, target, type
Statement = tuple[int, int, str, dict[str, list[tuple[str, str, str]]]]  # day, seq, data set, column → sources


@pytest.fixture(autouse=True)
def late(monkeypatch, home):
    monkeypatch.setenv("SUYUAN_NOW", "2026-12-01T00:00:00")


def event(day: int, output: str, columns: dict[str, list[tuple[str, str, str]]]) -> bytes:
    fields = {
        c: {"inputFields": [
            {"namespace": NS, "name": n, "field": f,
             "transformations": [{"type": kind, "subtype": "", "description": "", "masking": False}]}
            for n, f, kind in sources
        ]}
        for c, sources in columns.items()
    }  # fmt: skip
    lineage = {"_producer": PRODUCER, "_schemaURL": "https://example.org/1.json", "fields": fields}
    return json.dumps({
        "eventTime": (DAY + dt.timedelta(days=day)).isoformat(), "producer": PRODUCER, "eventType": "COMPLETE",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": str(UUID(int=random.getrandbits(120)))}, "job": {"namespace": NS, "name": f"make.{output}"},
        "inputs": [], "outputs": [{"namespace": NS, "name": output, "facets": {"columnLineage": lineage}}],
    }).encode()  # fmt: skip


def planted(seed: int) -> list[Statement]:
    """Forty data sets, each made of earlier ones, a third of them made anew on a later day in another way."""
    draw = random.Random(seed)
    told: list[Statement] = []
    for again in (False, True):
        for n in range(4, 40):
            if again and draw.random() > 0.35:
                continue
            columns = {
                f"c{c}": [(_name(draw.randrange(max(0, n - 9), n)), f"c{draw.randrange(4)}",
                           "DIRECT" if draw.random() < 0.7 else "INDIRECT") for _ in range(draw.randrange(1, 3))]
                for c in range(4) if draw.random() < 0.85
            }  # fmt: skip
            told.append((draw.randrange(30) if again else draw.randrange(15), len(told) + 1, _name(n), columns))
    ingest_many([event(day, output, columns) for day, _, output, columns in told])
    return told


def _name(n: int) -> str:
    return f"{('delivery', 'platform.reference')[n % 2]}.t.d{n}" if n < 3 else f"platform.t.d{n}"


def held(told: list[Statement], day: int = 99, known: int = 10**9) -> set[Edge]:
    latest: dict[str, Statement] = {}
    for each in sorted((s for s in told if s[0] <= day and s[1] <= known), key=lambda s: s[:2]):
        latest[each[2]] = each
    return {((n, f), (o, c), k) for _, _, o, columns in latest.values() for c, found in columns.items()
            for n, f, k in found}  # fmt: skip


def naive(edges: set[Edge], start: Column, *, up: bool, hops: int, seen: Iterable[str] | None) -> dict[Column, int]:
    """Column → distance, one column and one edge at a time."""
    shown = None if seen is None else set(seen)
    reached, front = {start: 0}, [start]
    for step in range(1, hops + 1):
        further = []
        for column in front:
            near = [(s if up else t, k) for s, t, k in edges if (t if up else s) == column]
            is_direct = up and any(k == "DIRECT" for _, k in near)  # then its value comes from those alone
            near = [far for far, k in near if k == "DIRECT" or not is_direct]
            further += [far for far in near if shown is None or far[0] in shown]
        front = sorted({f for f in further if f not in reached})
        reached |= dict.fromkeys(front, step)
    return reached


def answered(found: dict) -> dict[Column, int]:
    return {(found["datasets"][place], name): far for place, name, far in found["columns"]}


def gaps(edges: set[Edge], reached: Iterable[Column]) -> set[str]:
    made = {t for _, t, _ in edges}
    ends = {c for c in reached if c not in made and not c[0].startswith(("delivery.", "platform.reference."))}
    return {f"{d}.{c} has no recorded source column" for d, c in ends}


WHEN = [{}, {"day": 9}, {"known": 30}, {"day": 20, "known": 40}]


@pytest.mark.parametrize("seed", range(4))
@pytest.mark.parametrize("when", WHEN, ids=str)
@pytest.mark.parametrize("direction", ["upstream", "downstream"])
def test_columns_distances_edges_and_gaps_are_those_of_a_naive_search(seed, when, direction, monkeypatch):
    monkeypatch.setattr(closures, "_NAMED", 10**6)
    edges, up = held(planted(seed), **when), direction == "upstream"
    asked = {"known_seq": when.get("known"), "direction": direction, "with_edges": True}
    if "day" in when:
        asked["at"] = DAY + dt.timedelta(days=when["day"])
    starts = sorted({t for _, t, _ in edges} if up else {s for s, _, _ in edges})
    for start in random.Random(seed).sample(starts, 8):
        for hops in (2, 50):
            found = closure(*start, hops=hops, **asked)
            reached = naive(edges, start, up=up, hops=hops, seen=None)
            assert answered(found) == reached
            columns = [(found["datasets"][place], name) for place, name, _ in found["columns"]]
            told = {(columns[s], columns[t], kind) for s, t, kind, *_ in found["edges"]}
            assert told == {e for e in edges if e[0] in reached and e[1] in reached}
            is_cut = naive(edges, start, up=up, hops=hops + 1, seen=None) != reached
            expected = gaps(edges, reached) if up else set()
            assert {r for r in found["incomplete_because"] if "source column" in r} == expected
            assert any("the answer ends" in r for r in found["incomplete_because"]) == is_cut
            assert found["is_complete"] == (not expected and not is_cut)


@pytest.mark.parametrize("hops", [2, 50])
def test_a_closure_is_complete_exactly_where_a_trace_is(hops):
    edges = held(planted(5))
    for start in sorted({t for _, t, _ in edges}):
        found, walked = closure(*start, direction="upstream", hops=hops), trace(start[0], column=start[1], hops=hops)
        assert found["is_complete"] == walked.is_complete, start
        cut = [r for r in walked.incomplete_because if not r.endswith("has no recorded source")]
        assert found["incomplete_because"] == cut or len(cut) > 20


def test_what_is_hidden_is_neither_shown_nor_walked_through_but_counted():
    edges = held(planted(6))
    start = ("platform.t.d39", sorted(t[1] for _, t, _ in edges if t[0] == "platform.t.d39")[0])
    seen = {_name(n) for n in range(40) if n % 5}
    found = closure(
        *start, direction="upstream", hops=50,
        sees=lambda now: np.array([name in seen for _, name in now.index.datasets]),
    )  # fmt: skip
    reached = naive(edges, start, up=True, hops=50, seen=seen)
    assert answered(found) == reached and set(found["datasets"]) <= seen
    met = {s[0] for s, t, _ in edges if t in reached and s[0] not in seen}
    assert met and f"{len(met)} data sets are outside of what this account may see" in found["incomplete_because"]
    hidden_source = {t for s, t, _ in edges if s[0] not in seen}
    assert not any(f"{d}.{c} has" in " ".join(found["incomplete_because"]) for d, c in hidden_source & set(reached))


def test_at_most_twenty_columns_without_a_source_are_named_nearest_first_and_the_rest_counted():
    sources = [("platform.t.far", f"c{n:02}", "DIRECT") for n in range(25)]
    ingest_many([
        event(1, "platform.t.mid", {"x": sources}),
        event(2, "product.g.end", {"y": [("platform.t.mid", "x", "DIRECT"), ("platform.t.near", "z", "DIRECT")]}),
    ])  # fmt: skip
    reasons = closure("product.g.end", "y", direction="upstream")["incomplete_because"]
    assert len(reasons) == 21 and reasons[-1] == "6 more columns have no recorded source column"
    assert "platform.t.near.z has no recorded source column" in reasons
    assert closure("platform.t.far", "c03", direction="downstream")["is_complete"]
    with pytest.raises(UnknownNodeError):
        closure("product.g.end", "nope", direction="upstream")
