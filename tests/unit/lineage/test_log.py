"""Events in, answers out: the log is append-only, tampering shows, the walk leads from product to delivery."""

from __future__ import annotations

import datetime as dt
import json
import os
from itertools import pairwise
from pathlib import Path
from uuid import uuid4

import pytest
from django.db import DatabaseError, connection, transaction

from lineage.events import emit, facets
from lineage.events.ingest import ingest, ingest_file
from lineage.events.specification import EventRefusedError
from lineage.graph.trace import UnknownNodeError, trace
from lineage.log import checkpoint
from lineage.log.verify import verify
from lineage.models import Event
from lineage.projection.catching_up import rebuild
from scheme.protocols import Column, ColumnCount, ColumnEdge, LineageNode, RuleOutcome

NOW = dt.datetime(2026, 9, 24, 9, 30, tzinfo=dt.timezone(dt.timedelta(hours=8)))
CHAIN = ["delivery.gongan.people", "landing.gongan.people", "platform.staging.people", "product.s2.report"]

pytestmark = pytest.mark.django_db


def make_chain(masking: bool = True, at: dt.datetime = NOW) -> None:
    for source, target in pairwise(CHAIN):
        edge = ColumnEdge("person", source, "person", "DIRECT", "TRANSFORMATION", masking=masking)
        emit.step(
            f"make {target}", uuid4(), inputs=[LineageNode(source, (Column("person", "text"),))],
            outputs=[LineageNode(target, (Column("person", "text"),), "v1", (edge,), facets.statistics(3))],
            started=at, ended=at, job_type="MODEL", sql="select 1",
        )  # fmt: skip


@pytest.mark.requirement("R079")
def test_the_walk_leads_from_the_product_column_to_the_delivery_and_back(home):
    make_chain()
    up = trace("product.s2.report", column="person")
    assert [n.name for n in up.nodes] == CHAIN[::-1]
    assert up.is_complete and all(e.masking for e in up.edges)
    down = trace("delivery.gongan.people", direction="downstream", column="person")
    assert [n.name for n in down.nodes] == CHAIN
    with pytest.raises(UnknownNodeError):
        trace("product.s2.other")
    with pytest.raises(UnknownNodeError):
        trace("product.s2.report", column="nobody")
    with pytest.raises(UnknownNodeError):
        trace("product.s2.report", at=NOW - dt.timedelta(days=1))


def test_a_missing_source_is_said_not_hidden(home):
    emit.step("m", uuid4(), inputs=[LineageNode("platform.staging.x")], outputs=[LineageNode("platform.current.y")],
              started=NOW, ended=NOW, job_type="MODEL")  # fmt: skip
    found = trace("platform.current.y")
    assert not found.is_complete and "platform.staging.x" in found.incomplete_because[0]


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE lineage_event SET producer = 'x'",
        "DELETE FROM lineage_event",
        "INSERT OR REPLACE INTO lineage_event SELECT * FROM lineage_event WHERE seq = 1",
    ],
)
def test_the_database_refuses_to_change_the_log(home, statement):
    make_chain()
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert verify().is_sound


def without_triggers(statement: str) -> None:
    with connection.cursor() as cursor:
        for name in ("no_update", "no_delete", "next"):
            cursor.execute(f"DROP TRIGGER lineage_event_{name}")
        cursor.execute(statement)


@pytest.mark.requirement("R076")
@pytest.mark.parametrize(
    ("statement", "words"),
    [
        ("UPDATE lineage_event SET body = '{}' WHERE seq = 2", "content was changed"),
        ("UPDATE lineage_event SET received_us = 0 WHERE seq = 2", "chain breaks"),
        ("DELETE FROM lineage_event WHERE seq = 2", "missing"),
        ("DELETE FROM lineage_event WHERE seq > 3", "cut off"),
    ],
)
def test_whoever_drops_the_triggers_is_found_out(home, statement, words):
    make_chain()
    checkpoint.write()
    assert verify().is_sound
    without_triggers(statement)
    assert any(words in str(p) for p in verify().problems)


def test_a_changed_checkpoint_is_not_trusted(home):
    make_chain()
    path = checkpoint.write()
    assert path is not None
    path.write_text(path.read_text().replace('"seq":6', '"seq":5'))
    assert not verify().is_sound


def test_the_graph_is_the_same_after_a_rebuild_and_duplicates_change_nothing(home):
    make_chain()
    before = trace("product.s2.report", column="person").document()
    ingest(bytes(Event.objects.get(seq=2).body))
    rebuild()
    after = trace("product.s2.report", column="person").document()
    assert (after["nodes"], after["edges"]) == (before["nodes"], before["edges"])


@pytest.mark.parametrize("body", [b"", b"[]", b"{}", b"\xff", b'{"eventTime": "now"}', b'{"a": NaN}'])
def test_a_bad_event_is_refused_with_the_place_and_nothing_is_stored(home, body):
    with pytest.raises(EventRefusedError):
        ingest(body)
    assert Event.objects.count() == 0


def test_a_file_of_events_reports_refused_lines_and_keeps_the_rest(home, tmp_path):
    make_chain()
    lines = [bytes(e.body).replace(b"lineage", b"lineage") for e in Event.objects.order_by("seq")[:2]]
    file = tmp_path / "events.ndjson"
    file.write_bytes(b"\n".join([lines[0], b"{broken", lines[1]]))
    report = ingest_file(file)
    assert (report.accepted, [r.line for r in report.refused]) == (2, [2])


def test_a_rule_that_could_not_run_is_no_assertion_and_is_told_as_such():
    """A consumer that reads only ``success`` counts the one finding."""

    def outcome(rule: str, state, error: str = "") -> RuleOutcome:
        return RuleOutcome(rule, "d", None, "accuracy", "critical", "错", state, 3, 1, error=error)

    found = [outcome("Q01", "failed"), outcome("Q02", "passed"), outcome("Q03", "error", "no column x")]
    stated = facets.quality(found, 3, {})
    assertions = stated["dataQualityAssertions"].assertions
    assert [(a.name, a.success) for a in assertions] == [("Q01", False), ("Q02", True)]
    assert stated["suyuan_not_evaluated"]["rules"] == [{"rule": "Q03", "error": "no column x"}]


def test_every_event_fits_the_published_schemas(home):
    folder = Path(os.environ.get("SUYUAN_TEST_OPENLINEAGE", "../shared/data/openlineage-schemas"))
    if not folder.is_dir():
        pytest.skip("OpenLineage's published schemas are not beside this checkout (SUYUAN_TEST_OPENLINEAGE)")
    from jsonschema_rs import Draft202012Validator

    outcome = RuleOutcome("Q01", "platform.staging.people", "person", "accuracy", "critical", "错", "failed", 3, 1)
    counts = {"person": ColumnCount(2, 1), "sex_code": ColumnCount(3, 0, 2)}
    emit.step("check", uuid4(), inputs=[LineageNode(CHAIN[2], facets=facets.quality([outcome], 3, counts))], outputs=[],
              started=NOW, ended=NOW, job_type="CHECK")  # fmt: skip
    make_chain()
    core = json.loads((folder / "OpenLineage.json").read_text())

    def fits(schema: dict) -> Draft202012Validator:
        return Draft202012Validator(schema, retriever=lambda uri: core)

    validator = fits({"$ref": f"{core['$id']}#/$defs/RunEvent"})
    facet_schemas = {}
    for path in (folder / "facets").glob("*.json"):
        schema = json.loads(path.read_text())
        for name, place in schema.get("properties", {}).items():
            facet_schemas[name] = fits({**place, "$defs": schema["$defs"]})
    seen = set()
    for event in Event.objects.all():
        document = json.loads(bytes(event.body))
        assert validator.is_valid(document), list(validator.iter_errors(document))[:1]
        for place in [document["run"], document["job"], *document["inputs"], *document["outputs"]]:
            for name, facet in (place.get("facets") or {}).items():
                seen.add(name)
                if not name.startswith("suyuan_"):
                    assert facet_schemas[name].is_valid(facet), name
    assert {"columnLineage", "schema", "version", "dataQualityAssertions", "parent", "jobType", "sql"} <= seen
    checked = next(json.loads(b) for e in Event.objects.all() if b"columnMetrics" in (b := bytes(e.body)))
    metrics = checked["inputs"][0]["facets"]["dataQualityMetrics"]
    assert metrics["rowCount"] == 3
    assert metrics["columnMetrics"] == {
        "person": {"count": 2.0, "nullCount": 1}, "sex_code": {"count": 3.0, "nullCount": 0, "distinctCount": 2},
    }  # fmt: skip
