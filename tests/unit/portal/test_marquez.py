"""What Marquez's interface says of a small catalog equals what was planted in it."""

from __future__ import annotations

from datetime import UTC, datetime
from urllib.parse import quote

import pytest

from lineage.log.pruning import prune
from lineage.models import Event, ProducerKey
from lineage.projection.catching_up import rebuild
from registry.models import Account, AuditEvent
from tests.unit.portal.marquez_interface import Interface, dataset, facet, plant, run_event
from tests.unit.portal.marquez_scene import (
    BEFORE,
    BETWEEN,
    BROKEN,
    CLEAN,
    DUCK,
    ETL,
    FIRST,
    REPORT,
    RUNNING,
    SECOND,
    SPARK,
    SQL,
    THIRD,
)

pytestmark = pytest.mark.django_db
RAW, CLEANED, REPORTED = f"dataset:{DUCK}:main.raw", f"dataset:{DUCK}:main.clean", f"dataset:{SPARK}:report:daily/x"
EDGES = {  # as the events name them: input → job → output
    (RAW, f"job:{ETL}:dag.clean"), (f"job:{ETL}:dag.clean", CLEANED), (CLEANED, f"job:{ETL}:dag.report: 日报"),
    (f"job:{ETL}:dag.report: 日报", REPORTED), (CLEANED, f"job:{ETL}:dag.broken"),
}  # fmt: skip


def of(namespace: str, kind: str, name: str) -> str:
    return f"/namespaces/{quote(namespace, safe='')}/{kind}/{quote(name, safe='')}"


@pytest.fixture
def auditor(scene) -> Interface:
    return Interface("auditor")


def test_namespaces_and_sources_are_those_the_events_named(auditor):
    found = auditor.get("/namespaces")["namespaces"]
    assert [n["name"] for n in found] == [ETL, DUCK, SPARK]
    assert [n["createdAt"][:19] for n in found] == ["2026-09-10T01:00:00", "2026-09-10T01:00:00", "2026-09-20T02:00:00"]
    assert [s["name"] for s in auditor.get("/sources")["sources"]] == [DUCK, SPARK]
    assert auditor.get(f"/sources/{quote(SPARK, safe='')}")["type"] == "S3"
    assert [n["name"] for n in auditor.get("/namespaces", limit=1, offset=1)["namespaces"]] == [DUCK]


def test_a_password_in_a_namespace_is_not_in_the_address_of_its_source(auditor):
    plant(run_event(("n", "j"), "COMPLETE", "2026-09-24T01:00:00Z", outputs=[dataset("pg://u:secret@h/db", "t")]))
    found = auditor.get(f"/sources/{quote('pg://u:secret@h/db', safe='')}")
    assert found["connectionUrl"] == "pg://h/db"


def test_data_sets_of_a_namespace(auditor):
    found = auditor.get(f"/namespaces/{quote(DUCK, safe='')}/datasets")
    assert found["totalCount"] == 2
    assert [d["name"] for d in found["datasets"]] == ["main.clean", "main.raw"]
    raw = found["datasets"][1]
    assert [f["name"] for f in raw["fields"]] == ["person", "id"]
    assert raw["description"] == "原始表"
    assert (raw["currentVersion"], raw["lastModifiedAt"], raw["columnLineage"]) == (None, None, [])
    page = auditor.get(f"/namespaces/{quote(DUCK, safe='')}/datasets", limit=1, offset=1)
    assert ([d["name"] for d in page["datasets"]], page["totalCount"]) == (["main.raw"], 2)


def test_a_data_set_with_facets_columns_and_how_they_came(auditor):
    found = auditor.get(of(SPARK, "datasets", "report:daily/x"))
    assert found["facets"].keys() == {"schema", "columnLineage"}
    (column,) = found["columnLineage"]
    assert column["name"] == "who"
    (source,) = column["inputFields"]
    assert (source["namespace"], source["dataset"], source["field"]) == (DUCK, "main.clean", "person")
    assert source["transformationType"] == "DIRECT:TRANSFORMATION"
    assert source["transformationDescription"] == "masked: sha256(person)"


def test_versions_lead_to_their_runs_and_back_and_are_the_same_after_a_rebuild(auditor):
    path = of(DUCK, "datasets", "main.clean")
    found = auditor.get(f"{path}/versions")
    assert found["totalCount"] == 2
    newer, older = found["versions"]
    assert [v["createdByRun"]["id"] for v in (newer, older)] == [str(SECOND), str(FIRST)]
    assert [v["facets"]["version"]["datasetVersion"] for v in (newer, older)] == ["v2", "v1"]
    assert auditor.get(path)["currentVersion"] == newer["version"]
    assert auditor.get(f"{path}/versions/{older['version']}") == older
    assert auditor.get(f"{path}/versions/v1") == older
    assert auditor.get(f"{of(DUCK, 'datasets', 'main.raw')}/versions/{older['version']}", 404)
    assert auditor.get(f"{path}/versions", limit=1, offset=1)["versions"] == [older]
    rebuild()
    assert auditor.get(f"{path}/versions") == found


def test_what_retention_pruned_is_said_and_versions_keep_their_names(auditor, monkeypatch):
    path = of(DUCK, "datasets", "main.clean")
    newer, _ = auditor.get(f"{path}/versions")["versions"]
    bureau = Account.objects.get(username="bureau_approver")
    monkeypatch.setenv("SUYUAN_NOW", "2027-09-24T09:30:00")
    prune(datetime(2027, 1, 1, tzinfo=UTC), by=bureau, reason="保留期届满")
    assert not Event.objects.get(seq=2).body  # the first run, which stated nothing that is still in force
    answer = auditor.client.get(f"/api/v1{path}/versions")
    assert [v["version"] for v in answer.json()["versions"]] == [newer["version"]]
    assert (answer.headers["X-Suyuan-Complete"], "pruned" in answer.headers["X-Suyuan-Incomplete-Because"]) == (
        "false", True,
    )  # fmt: skip
    assert auditor.get(f"{path}/versions/{newer['version']}")["createdByRun"]["id"] == str(SECOND)
    assert auditor.client.get(f"/api/v1/lineage?nodeId={CLEANED}").headers["X-Suyuan-Complete"] == "true"
    past = auditor.client.get("/api/v1/namespaces", params={"at": BETWEEN})
    assert past.headers["X-Suyuan-Complete"] == "false"


def test_a_job_with_its_runs(auditor):
    found = auditor.get(of(*CLEAN[:1], "jobs", CLEAN[1]))
    assert found["inputs"] == [{"namespace": DUCK, "name": "main.raw"}]
    assert found["outputs"] == [{"namespace": DUCK, "name": "main.clean"}]
    assert (found["simpleName"], found["parentJobName"]) == ("clean", "dag")
    assert (found["description"], found["location"]) == ("清洗", "https://example.org/repo")
    assert found["facets"]["sql"]["query"] == SQL
    assert [r["id"] for r in found["latestRuns"]] == [str(SECOND), str(FIRST)]
    runs = auditor.get(f"{of(ETL, 'jobs', 'dag.clean')}/runs")
    assert (runs["totalCount"], [r["id"] for r in runs["runs"]]) == (2, [str(SECOND), str(FIRST)])
    first = auditor.get(f"/jobs/runs/{FIRST}")
    assert (first["state"], first["durationMs"], first["nominalStartTime"]) == (
        "COMPLETED",
        2500,
        "2026-09-10T00:00:00Z",
    )
    (written,) = first["outputDatasetVersions"]
    assert written["datasetVersionId"]["name"] == "main.clean"
    assert written["facets"]["outputStatistics"]["rowCount"] == 7
    assert auditor.get(f"/runs/{FIRST}") == first
    assert auditor.get(f"/jobs/runs/{FIRST}/facets", type="run")["facets"].keys() == {"parent", "nominalTime"}


def test_jobs_by_the_state_of_their_latest_run(auditor):
    states = {s: [j["name"] for j in auditor.get("/jobs", lastRunStates=s)["jobs"]]
              for s in ("COMPLETED", "FAILED", "RUNNING", "ABORTED")}  # fmt: skip
    assert states == {"COMPLETED": ["dag.clean"], "FAILED": ["dag.broken"], "RUNNING": [REPORT[1]], "ABORTED": []}
    assert auditor.get("/jobs")["totalCount"] == 3
    assert auditor.get(f"/jobs/runs/{RUNNING}")["state"] == "RUNNING"
    assert auditor.get(of(*BROKEN[:1], "jobs", BROKEN[1]))["inputs"] == [{"namespace": DUCK, "name": "main.clean"}]


def edges(graph: dict) -> set[tuple[str, str]]:
    nodes = {n["id"] for n in graph["graph"]}
    found = {
        (e["origin"], e["destination"]) for n in graph["graph"] for side in ("inEdges", "outEdges") for e in n[side]
    }
    assert all(origin in nodes and destination in nodes for origin, destination in found)
    return found


@pytest.mark.parametrize(("node", "depth", "jobs"), [
    (CLEANED, 0, {"dag.clean", REPORT[1], "dag.broken"}), (RAW, 0, {"dag.clean"}), (RAW, 1, {"dag.clean", REPORT[1],
     "dag.broken"}), (f"job:{ETL}:{REPORT[1]}", 0, {REPORT[1]}), (f"job:{ETL}:{REPORT[1]}", 20, {"dag.clean", REPORT[1],
     "dag.broken"}), (f"job:{ETL}:dag.broken", 0, {"dag.broken"}),
])  # fmt: skip
def test_the_graph_is_made_of_the_edges_the_events_named(auditor, node, depth, jobs):
    found = auditor.get("/lineage", nodeId=node, depth=depth)
    expected = {e for e in EDGES if any(part.endswith(f":{j}") for part in e for j in jobs)}
    assert edges(found) == expected
    assert {n["id"] for n in found["graph"]} == {part for e in expected for part in e}


def test_columns_go_from_source_to_report_and_back(auditor):
    field = f"datasetField:{DUCK}:main.clean:person"
    up = auditor.get("/column-lineage", nodeId=field)["graph"]
    assert {n["id"] for n in up} == {field, f"datasetField:{DUCK}:main.raw:person"}
    both = {n["id"]: n for n in auditor.get("/column-lineage", nodeId=field, withDownstream="true")["graph"]}
    assert both.keys() == {*(n["id"] for n in up), f"datasetField:{SPARK}:report:daily/x:who"}
    assert both[field]["inEdges"] == [{"origin": field, "destination": f"datasetField:{DUCK}:main.raw:person"}]
    assert both[field]["outEdges"] == [{"origin": field, "destination": f"datasetField:{SPARK}:report:daily/x:who"}]
    by_job = auditor.get("/column-lineage", nodeId=f"job:{ETL}:dag.clean", depth=1)["graph"]
    assert {n["id"] for n in by_job} == {n["id"] for n in up}


def test_search_finds_names_in_any_case_and_newest_first(auditor):
    found = auditor.get("/search", q="MAIN", sort="UPDATE_AT")
    assert [(r["type"], r["name"]) for r in found["results"]] == [("DATASET", "main.clean"), ("DATASET", "main.raw")]
    assert [r["name"] for r in auditor.get("/search", q="dag%t", filter="job")["results"]] == [REPORT[1]]
    assert auditor.get("/search", q="a", namespace=SPARK)["results"][0]["nodeId"] == REPORTED
    assert auditor.get("/search", q="nobody") == {"totalCount": 0, "results": []}
    assert auditor.get("/search", q="a", limit=1)["totalCount"] == 6


def test_events_are_a_page_of_the_log(auditor):
    found = auditor.get("/events/lineage", limit=2)
    assert found["totalCount"] == 8
    assert [(e["job"]["name"], e["eventType"]) for e in found["events"]] == [
        (REPORT[1], "START"),
        ("dag.broken", "FAIL"),
    ]
    window = {"after": "2026-09-20T01:00:00Z", "before": "2026-09-20T02:00:00Z", "sortDirection": "asc"}
    assert [e["eventType"] for e in auditor.get("/events/lineage", **window)["events"]] == ["START", "COMPLETE"]
    third = auditor.get("/events/lineage", after="2026-09-20T02:00:00Z", before="2026-09-20T02:00:00.001Z")["events"]
    assert [e["run"]["runId"] for e in third] == [str(THIRD)]


def test_counts_of_the_dashboard(auditor):
    day = auditor.get("/stats/datasets", period="DAY")
    assert (len(day), day[0]["count"], day[-1]["count"]) == (24, 0, 3)
    assert auditor.get("/stats/sources", period="WEEK", timezone="UTC")[-1]["count"] == 2
    assert auditor.get("/stats/jobs", period="WEEK")[-1]["count"] == 3
    week = auditor.get("/stats/lineage-events", period="WEEK")
    assert len(week) == 7
    assert {k: week[-1][k] for k in ("start", "complete", "fail", "abort")} == {
        "start": 4, "complete": 3, "fail": 1, "abort": 0,
    }  # fmt: skip


def test_as_it_stood_at_a_past_time(auditor):
    path = of(DUCK, "datasets", "main.clean")
    assert [v["facets"]["version"]["datasetVersion"] for v in
            auditor.get(f"{path}/versions", at=BETWEEN)["versions"]] == ["v1"]  # fmt: skip
    assert edges(auditor.get("/lineage", nodeId=CLEANED, at=BETWEEN)) == {
        e for e in EDGES if f"job:{ETL}:dag.clean" in e
    }
    assert [j["name"] for j in auditor.get("/jobs", at=BETWEEN)["jobs"]] == ["dag.clean"]
    assert [n["name"] for n in auditor.get("/namespaces", at=BETWEEN)["namespaces"]] == [ETL, DUCK]
    assert auditor.get("/search", q="a", at=BETWEEN)["totalCount"] == 3
    assert auditor.get("/events/lineage", at=BETWEEN)["totalCount"] == 2
    assert auditor.get(f"/jobs/runs/{SECOND}", 404, at=BETWEEN)
    assert auditor.get(path, 404, at=BEFORE)
    assert auditor.get("/lineage", 404, nodeId=CLEANED, at=BEFORE)
    answer = auditor.client.get(f"/api/v1{path}", params={"at": "2026-09-10T20:00:00"})
    assert answer.headers["X-Suyuan-As-Of"] == "2026-09-10T20:00:00+08:00"
    assert answer.headers["X-Suyuan-Complete"] == "true"


def test_a_dropped_data_set_is_listed_as_deleted(auditor):
    gone = dataset(DUCK, "main.clean", lifecycleStateChange=facet(lifecycleStateChange="DROP"))
    plant(run_event((ETL, "drop"), "COMPLETE", "2026-09-24T01:25:00Z", outputs=[gone]))
    found = auditor.get(of(DUCK, "datasets", "main.clean"))
    assert (found["deleted"], found["lastLifecycleState"]) == (True, "DROP")
    assert auditor.get(f"{of(DUCK, 'datasets', 'main.clean')}/versions")["versions"][0]["lifecycleState"] == "DROP"
    assert auditor.get(of(DUCK, "datasets", "main.clean"), at=BETWEEN)["deleted"] is False


@pytest.mark.requirement("R076")
def test_who_looked_at_what_is_recorded(auditor):
    before = AuditEvent.objects.count()
    auditor.get("/lineage", nodeId=CLEANED)
    auditor.get("/namespaces")
    looks = list(AuditEvent.objects.filter(seq__gt=before).order_by("seq"))
    assert [(e.action, e.object, e.detail["reads_as"]) for e in looks] == [
        ("查询血缘", CLEANED, "auditor"), ("查询血缘", "", "auditor"),
    ]  # fmt: skip
    assert {e.actor for e in looks} == {f"key:{ProducerKey.objects.get().key_id}"}
