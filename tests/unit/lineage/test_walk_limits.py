"""Where a walk ends at a limit: the last step is filled up to it, what is left out is said, nothing false is said."""

from __future__ import annotations

import pytest

from lineage.events.ingest import ingest_many
from lineage.graph.trace import trace
from tests.unit.lineage.test_closure import NS, event

pytestmark = pytest.mark.django_db
HUB = "platform.t.hub"


@pytest.fixture(autouse=True)
def hub(monkeypatch, home):
    """Nine data sets made of one, and one more made of the ninth."""
    monkeypatch.setenv("SUYUAN_NOW", "2026-12-01T00:00:00")
    made = [event(1, f"platform.t.d{n}", {"x": [(HUB, "x", "DIRECT")]}) for n in range(9)]
    ingest_many([*made, event(2, "product.g.last", {"x": [("platform.t.d8", "x", "DIRECT")]})])


@pytest.mark.parametrize("column", [None, "x"])
def test_the_step_that_meets_the_limit_is_filled_up_to_it(column):
    cut = trace(HUB, direction="downstream", column=column, limit=5)
    assert [n.name for n in cut.nodes] == [HUB, *(f"platform.t.d{n}" for n in range(4))]  # nearest, lowest number first
    assert not cut.is_complete and cut.incomplete_because == ["the answer ends after 5 nodes, 1 steps away"]
    assert {e.target for e in cut.edges} == {n.name for n in cut.nodes[1:]}


@pytest.mark.parametrize("column", [None, "x"])
def test_a_limit_just_reached_is_no_cut_while_more_lies_behind(column):
    assert not trace(HUB, direction="downstream", column=column, limit=10).is_complete
    whole = trace(HUB, direction="downstream", column=column, limit=11)
    assert whole.is_complete and len(whole.nodes) == 11


def test_a_column_behind_the_limit_that_has_a_source_is_not_said_to_have_none():
    ingest_many([event(1, HUB, {"x": [("delivery.t.file", "x", "DIRECT")]})])
    reasons = trace("product.g.last", column="x", hops=1).incomplete_because
    assert reasons == ["the answer ends after 2 nodes, 1 steps away"]


def test_edges_between_what_is_reached_are_there_at_a_limit_too():
    both = event(3, "platform.t.both", {"x": [("platform.t.d1", "x", "DIRECT"), (HUB, "x", "DIRECT")]})
    ingest_many([both, event(3, HUB, {"x": [("delivery.t.file", "x", "DIRECT")]})])
    cut = trace("platform.t.both", column="x", hops=1)
    assert {(e.source, e.target) for e in cut.edges} == {
        ("platform.t.d1", "platform.t.both"), (HUB, "platform.t.both"), (HUB, "platform.t.d1"),
    }  # fmt: skip


def test_a_foreign_data_set_is_in_no_zone_of_ours_whatever_its_name():
    body = event(3, "product.g.out", {"x": [("delivery.t.file", "x", "DIRECT")]})
    ours, foreign = (f'"namespace": "{ns}", "name": "delivery.t.file"'.encode() for ns in (NS, "s3://bucket"))
    assert ours in body
    ingest_many([body.replace(ours, foreign)])
    walked = trace("product.g.out")
    assert [(n.name, n.zone) for n in walked.nodes] == [
        ("product.g.out", "数据产品"), ("dataset:s3://bucket:delivery.t.file", "平台外"),
    ]  # fmt: skip
    assert walked.incomplete_because == ["dataset:s3://bucket:delivery.t.file has no recorded source"]
