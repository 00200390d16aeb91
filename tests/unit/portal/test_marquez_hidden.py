"""Marquez's interface: hidden reads as unknown everywhere, upstream by name only, and every reading is recorded."""

from __future__ import annotations

from itertools import pairwise
from urllib.parse import quote

import pytest

from config.settings import settings
from lineage.events import keys
from lineage.marquez.searching import _holds
from registry.models import Account, AuditEvent
from scheme.names import lineage_namespace
from tests.unit.portal.accounts import as_user
from tests.unit.portal.api import producer
from tests.unit.portal.marquez_interface import Interface, columns_from, dataset, facet, plant, run_event
from tests.unit.portal.marquez_scene import DUCK

pytestmark = pytest.mark.django_db
MINE = ["delivery.minzheng.people", "landing.minzheng.people", "platform.staging.stg_minzheng__people",
        "authorized.s1.auth_s1__people", "product.s1.report"]  # fmt: skip
HIDDEN = ["delivery.gongan.secret", "landing.gongan.secret", "platform.integrated.secret_base"]
AT = "2026-09-24T01:00:00Z"
VERSION = "ab" * 32
VALUE = "370882199001011234"


@pytest.fixture
def ours(scene) -> str:
    """Two chains of our own; a developer of S1 owns the end of the one and sees nothing of the other."""
    space = lineage_namespace(settings().district)
    for names, job in ((MINE, "open"), (HIDDEN, "make secret")):
        for source, target in pairwise(names):
            read = dataset(space, source, ("person",))
            title, version = facet(description=f"{target}的标题"), facet(datasetVersion=VERSION)
            edges = columns_from(read, ("person", "person"))
            made = dataset(space, target, ("person",), columnLineage=edges, version=version, documentation=title)
            plant(run_event((space, f"{job} {target}"), "COMPLETE", AT, inputs=[read], outputs=[made]))
    return space


def test_what_is_hidden_is_answered_as_what_is_unknown(ours):
    developer, space = Interface("developer_s1").client, quote(ours, safe="")
    versions = f"/namespaces/{space}/datasets/{HIDDEN[-1]}/versions"
    field = f"/column-lineage?nodeId=datasetField:{ours}"
    hidden, job = HIDDEN[-1], quote(f"make secret {HIDDEN[-1]}")
    pairs = [
        (f"/lineage?nodeId=job:{ours}:make secret {hidden}", f"/lineage?nodeId=job:{ours}:nobody"),
        (f"/lineage?nodeId=dataset:{ours}:{hidden}", f"/lineage?nodeId=dataset:{ours}:nobody"),
        (f"{field}:{hidden}:person", f"{field}:x:y"),
        (f"{field}:{hidden}:nix", f"/column-lineage?nodeId=job:{ours}:nobody"),
        (f"/column-lineage?nodeId=job:{ours}:make secret {hidden}", f"/column-lineage?nodeId=dataset:{ours}:nobody"),
        (f"/namespaces/{space}/jobs/{job}", f"/namespaces/{space}/jobs/nobody"),
        (f"/namespaces/{space}/jobs/{job}/runs", f"/namespaces/{space}/jobs/nobody/runs"),
        (f"/namespaces/{space}/datasets/{hidden}", f"/namespaces/{space}/datasets/nobody"),
        (f"{versions}/{VERSION}", f"{versions}/x"),
        ("/search?q=secret_b", "/search?q=secret_z"),
        ("/search?q=secret_b%25&sort=UPDATED_AT", "/search?q=secret_z%25&sort=UPDATED_AT"),
        (f"/namespaces/{quote(DUCK, safe='')}", "/namespaces/nobody"),
        (f"/sources/{quote(DUCK, safe='')}", "/sources/nobody"),
    ]  # fmt: skip
    for there, nowhere in pairs:
        first, second = (developer.get(f"/api/v1{path}") for path in (there, nowhere))
        shown = [h for h in first.headers if h.startswith("x-suyuan") and "as-of" not in h]
        assert (first.status_code, first.text) == (second.status_code, second.text), there
        assert {h: first.headers[h] for h in shown} == {
            h: v for h, v in second.headers.items() if h.startswith("x-suyuan") and "as-of" not in h
        }, there
    for query in ("secret_b", "secret_z"):
        first = developer.get(f"/api/v2beta/search/datasets?q={query}")
        assert (first.json()["hits"], first.headers["X-Suyuan-Complete"]) == ([], "false")


def test_times_of_a_namespace_are_those_of_what_is_known_in_it(ours):
    space = quote(ours, safe="")
    early, late = ("2026-09-01T00:00:00Z", "2026-09-24T01:20:00Z")
    before = Interface("developer_s1").get(f"/namespaces/{space}")
    plant(run_event((ours, "other"), "COMPLETE", early, outputs=[dataset(ours, "platform.integrated.early")]))
    plant(run_event((ours, "other"), "COMPLETE", late, outputs=[dataset(ours, "platform.integrated.late")]))
    assert Interface("developer_s1").get(f"/namespaces/{space}") == before
    assert Interface("auditor").get(f"/namespaces/{space}")["updatedAt"] > before["updatedAt"]


def test_of_what_lies_upstream_name_title_and_columns_are_told_and_nothing_else(ours):
    developer, space = Interface("developer_s1"), quote(ours, safe="")
    for name in MINE[:3]:
        path = f"/namespaces/{space}/datasets/{name}"
        told = developer.get(path)
        assert (told["name"], [f["name"] for f in told["fields"]]) == (name, ["person"])
        times = [told[k] for k in ("createdAt", "updatedAt", "lastModifiedAt", "currentVersion")]
        assert times == [None] * 4 and set(told["facets"]) <= {"schema", "documentation"}
        assert developer.get(f"{path}/versions") == {"versions": [], "totalCount": 0}
        wrong = developer.client.get(f"/api/v1{path}/versions/{'0' * 64}")
        right = developer.client.get(f"/api/v1{path}/versions/{VERSION}")
        assert (right.status_code, right.text) == (404, wrong.text)
    own = developer.get(f"/namespaces/{space}/datasets/{MINE[3]}")
    assert own["createdAt"] and own["currentVersion"] and own["facets"]["version"]["datasetVersion"] == VERSION
    nodes = {n["id"]: n["data"] for n in developer.get("/lineage", nodeId=f"dataset:{ours}:{MINE[3]}")["graph"]}
    assert {f"dataset:{ours}:{n}" for n in MINE} <= set(nodes)
    upstream = nodes[f"job:{ours}:open {MINE[2]}"]
    assert (upstream["latestRun"], upstream["createdAt"], upstream["updatedAt"]) == (None, None, None)
    job = f"/namespaces/{space}/jobs/{quote('open ' + MINE[2])}"
    assert developer.get(f"{job}/runs") == {"runs": [], "totalCount": 0}
    assert developer.get(job)["latestRuns"] == []
    run = Interface("auditor").get(f"{job}/runs")["runs"][0]["id"]
    assert developer.get(f"/jobs/runs/{run}", 404)
    told = {r["name"]: r["updatedAt"] for r in developer.get("/search", q="people", sort="UPDATED_AT")["results"]}
    assert told[MINE[2]] is None and told[MINE[3]]
    events = developer.get("/events/lineage", limit=1000)["events"]
    assert {o["name"] for e in events for o in e["outputs"]} == {*MINE[3:]}
    read = [i for e in events for i in e["inputs"] if i["name"] == MINE[2]]
    assert read and set(read[0]["facets"]) == {"schema"}


@pytest.mark.parametrize("account", ["developer_s1", "security"])
def test_no_value_in_a_facet_of_others_is_told_to_whom_facets_are_cut(ours, account):
    key = producer(reads_as="")
    made = dataset("acme", "y", ("idcard",), dataQualityMetrics=facet(columnMetrics={"idcard": {"min": VALUE}}),
                   plan=facet(sql=VALUE))  # fmt: skip
    read = {**dataset(ours, MINE[3]), "inputFacets": {"x": facet(v=VALUE)}}
    body = run_event(("acme", "q"), "COMPLETE", AT, inputs=[read], outputs=[made])
    assert key.post("/api/v1/lineage", body).status_code == 201
    reader = Interface(account).client
    for path in ("namespaces/acme/datasets/y", "events/lineage?limit=1000", "namespaces/acme/jobs/q", "search?q=y"):
        assert VALUE not in reader.get(f"/api/v1/{path}").text


def test_forty_signs_for_anything_are_searched_in_linear_time(ours):
    name = "platform.integrated." + "a" * 1900
    assert _holds(name, ["a"] * 40) and not _holds(name, [*["a"] * 40, "~"]) and not _holds("ab", ["b", "a"])
    plant(run_event((ours, "long"), "COMPLETE", AT, outputs=[dataset(ours, name)]))
    auditor = Interface("auditor")
    assert auditor.get("/search", q="%a" * 40 + "%~")["totalCount"] == 0
    assert auditor.get("/search", q="%A" * 40 + "%", filter="DATASET")["totalCount"] == 1


def test_every_reading_is_one_event_with_its_parameters_and_count(ours):
    auditor, space = Interface("auditor"), quote(ours, safe="")
    node = f"dataset:{ours}:{MINE[0]}"
    reads = [
        ("/namespaces?limit=5", "", {"call": "namespaces", "limit": 5, "outcome": "found", "count": 4}),
        (f"/namespaces/{space}/datasets?limit=3&offset=1", f"namespace:{ours}",
         {"call": "datasets", "offset": 1, "count": 3}),
        ("/jobs?lastRunStates=FAILED", "", {"call": "jobs", "state": "FAILED", "count": 1}),
        ("/search?q=370882199001011234", "", {"call": "search", "count": 0, "sort": "NAME"}),
        ("/stats/lineage-events?period=DAY", "", {"call": "stats/lineage-events", "period": "DAY", "count": 24}),
        ("/stats/jobs?period=WEEK", "", {"call": "stats/jobs", "period": "WEEK"}),
        ("/tags", "", {"call": "tags", "is_complete": False}),
        (f"/lineage?nodeId={quote(node)}&depth=1", node, {"depth": 1, "is_complete": True}),
        (f"/namespaces/{space}/datasets/nobody", f"dataset:{ours}:nobody", {"outcome": "unknown"}),
        (f"/lineage?nodeId=dataset:{ours}:370882199001011234", f"dataset:{ours}:…", {"outcome": "unknown"}),
        ("/lineage?nodeId=nonsense", "nonsense", {"outcome": "unreadable"}),
        ("/events/lineage?limit=2", "events", {"call": "events", "limit": 2, "count": 2}),
    ]  # fmt: skip
    for path, on, expected in reads:
        before = AuditEvent.objects.count()
        auditor.client.get(f"/api/v1{path}")
        (event,) = AuditEvent.objects.filter(seq__gt=before)
        assert (event.detail["reads_as"], event.action, event.object) == ("auditor", "查询血缘", on), path
        assert expected.items() <= event.detail.items(), (path, event.detail)
        assert "370882199001011234" not in str(event.detail)
    for path in ("/api/v2beta/search/jobs?q=a", "/api/v2beta/search/datasets?q=a"):
        before = AuditEvent.objects.count()
        auditor.client.get(path)
        assert AuditEvent.objects.get(seq__gt=before).detail["call"].startswith("search/")


def test_a_refused_reading_is_recorded_with_the_account_or_the_key(ours):
    industry = Interface("industry").client
    made = keys.create("只写", Account.objects.get(username="engineer"))
    writer = Interface(None).client
    for client, account, key in ((industry, "industry", None), (writer, "", made.key.key_id)):
        if client is writer:
            client.headers["Authorization"] = f"Bearer {made.secret}"
        before = AuditEvent.objects.count()
        assert client.get("/api/v1/namespaces").status_code == 403
        (event,) = AuditEvent.objects.filter(seq__gt=before)
        assert (event.detail["outcome"], event.detail["call"]) == ("refused", "/namespaces")
        assert event.actor.startswith("key:") and event.detail.get("reads_as", "") == account
        assert key is None or event.actor == f"key:{key}"


def test_the_first_page_of_lineage_is_recorded(ours):
    before = AuditEvent.objects.count()
    assert as_user("auditor").get("/lineage/").status_code == 200
    (event,) = AuditEvent.objects.filter(seq__gt=before, action="查询血缘")
    assert (event.actor, event.detail["question"]) == ("auditor", "listing") and event.detail["hits"] >= len(MINE)
