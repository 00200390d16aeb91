"""Where a data set of ours may be named, and that an event keeps its meaning when the home moves."""

from __future__ import annotations

import json
from typing import Any

import pytest
from django.db import connection, transaction

from lineage.events import keys
from lineage.events.authority import objection
from lineage.events.content import heard, read_content
from lineage.events.receiving import receive
from lineage.events.refused import Verdict
from lineage.events.specification import check
from lineage.events.storing import store
from lineage.graph.view import view
from lineage.models import Dataset, DatasetEdge, Event, EventHome, ProducerKey
from lineage.projection.catching_up import rebuild
from registry.models import Account, Role
from tests.unit.lineage.corpora import OURS
from tests.unit.portal.marquez_interface import dataset, facet, run_event
from warehouse import paths

pytestmark = pytest.mark.django_db
PERSON = "platform.integrated.person"


@pytest.fixture
def key(home) -> ProducerKey:
    engineer = Account.objects.create(username="engineer", role=Role.DATA_ENGINEER, display_name="工程师")
    return keys.create("dbt", engineer).key


def zone() -> str:
    return f"duckdb://{paths.zone_database('platform')}"


def completed(**parts: Any) -> dict[str, Any]:
    given = {"inputs": [], "outputs": [dataset("a://x", "out")]} | parts
    return json.loads(run_event(("a://x", "job"), "COMPLETE", "2026-09-24T01:00:00Z", **given))


def naming(place: str) -> dict[str, Any]:
    """Return an event that names one of our tables, by its DuckDB file, at this place alone."""
    named = {"namespace": zone(), "name": "integrated.person"}
    explicit = {**named, "type": "DATASET", "field": "id"}
    facets = {
        "columnLineage fields": {"columnLineage": facet(fields={"a": {"inputFields": [{**named, "field": "id"}]}})},
        "columnLineage dataset": {"columnLineage": facet(fields={}, dataset=[{**named, "field": "id"}])},
        "lineage inputs": {"lineage": facet(inputs=[explicit])},
        "lineage fields": {"lineage": facet(fields={"a": {"inputs": [explicit]}})},
    }
    if place in facets:
        return completed(outputs=[dataset("a://x", "out", (), **facets[place])])
    if place == "outputFacets":
        out = {"namespace": "a://x", "name": "out", "outputFacets": facets["columnLineage fields"]}
        return completed(outputs=[out])
    if place == "job":
        entry = {"type": "DATASET", "namespace": "a://x", "name": "out", "inputs": [explicit]}
        return completed(job_facets={"lineage": facet(entries=[entry])}, outputs=[])
    event = completed()
    for part in ("run", "job", "inputs", "outputs", "eventType"):
        del event[part]
    return {**event, "dataset": dataset("a://x", "out", (), **facets["columnLineage fields"])}


PLACES = ["columnLineage fields", "columnLineage dataset", "lineage inputs", "lineage fields", "outputFacets", "job",
          "dataset event"]  # fmt: skip


@pytest.mark.parametrize("place", PLACES)
def test_our_tables_are_ours_wherever_an_event_names_them(key, place):
    assert [o.verdict for o in store([receive(json.dumps(naming(place)).encode(), key)])] == [Verdict.ACCEPTED]
    sources = Dataset.objects.filter(id__in=DatasetEdge.objects.values("input")).values_list("namespace", "name")
    assert set(sources) == {(OURS, PERSON)}
    assert not Dataset.objects.filter(namespace__startswith="duckdb").exists()


@pytest.mark.parametrize("group", ["facets", "outputFacets"])
def test_what_a_renamed_data_set_was_called_is_held_against_the_keys_rights(key, group):
    previous = {"namespace": zone(), "name": "integrated.person"}
    renamed = {"lifecycleStateChange": facet(lifecycleStateChange="RENAME", previousIdentifier=previous)}
    given = completed(outputs=[{"namespace": "a://x", "name": "out", group: renamed}])
    assert "lifecycleStateChange" in objection(key, heard(check(b"", given)), given)


def test_facets_of_our_own_outputs_name_our_tables_too(home):
    given = naming("columnLineage fields")
    given["outputs"][0]["namespace"] = OURS
    output = heard(check(b"", given)).content["outputs"][0]
    assert output["facets"]["columnLineage"]["fields"]["a"]["inputFields"][0]["namespace"] == OURS


def graph() -> tuple[Any, ...]:
    now = view()
    named = [now.node(d) for d in Dataset.objects.order_by("id").values_list("id", flat=True)]
    return (named, [sorted(now.node(s) for s in now.inputs(now.find(n))) for n in named])  # type: ignore[arg-type]


def test_the_graph_is_the_same_when_the_home_has_moved(key, monkeypatch, tmp_path):
    old, new = zone(), tmp_path / "moved"
    theirs = old.replace(str(paths.home()), str(new))
    mapped = run_event(("a://x", "one"), "COMPLETE", "2026-09-24T01:00:00Z", outputs=[dataset("a://x", "o")],
                       inputs=[dataset(old, "integrated.person")])  # fmt: skip
    foreign = run_event(("a://x", "two"), "COMPLETE", "2026-09-24T01:00:00Z",
                        outputs=[dataset(theirs, "integrated.person")], inputs=[dataset("a://x", "evil")])  # fmt: skip
    plain = run_event(("a://x", "three"), "COMPLETE", "2026-09-24T01:00:00Z", outputs=[dataset("a://x", "p")])
    assert [o.verdict for o in store([receive(b, key) for b in (mapped, foreign, plain)])] == [Verdict.ACCEPTED] * 3
    before = graph()
    assert PERSON in before[0] and f"dataset:{theirs}:integrated.person" in before[0]
    assert list(EventHome.objects.values_list("seq", flat=True)) == [1, 2]
    monkeypatch.setenv("SUYUAN_HOME", str(new))
    rebuild()
    assert graph() == before
    later = run_event(("a://x", "four"), "COMPLETE", "2026-09-24T01:00:00Z",
                      outputs=[dataset(theirs, "integrated.person")])  # fmt: skip
    assert receive(later, key).verdict is Verdict.FORBIDDEN
    bodies = [bytes(b) for b in Event.objects.order_by("seq").values_list("body", flat=True)]
    inputs = [(read_content(body, "k", seq) or {})["inputs"] for seq, body in enumerate(bodies, 1)]
    assert [i["namespace"] for some in inputs for i in some] == [OURS, "a://x"]


def test_an_event_without_a_home_has_none_of_our_names(key):
    event = naming("columnLineage fields")
    found = read_content(json.dumps(event).encode(), "k", seq=99)
    assert found is not None and OURS not in json.dumps(found)


@pytest.mark.parametrize("change", ["UPDATE lineage_eventhome SET home = 'x'", "DELETE FROM lineage_eventhome"])
def test_homes_of_events_only_grow(key, change):
    EventHome.objects.create(seq=1, home="a")
    with pytest.raises(Exception, match="append-only"), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(change)
