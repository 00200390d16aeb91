"""Marquez's own Python client, unchanged, against a portal process: it reads everything and changes nothing."""

from __future__ import annotations

import inspect
import re
import warnings
from collections.abc import Iterator

import pytest
from marquez_client import MarquezClient
from marquez_client.errors import APIError
from marquez_client.models import DatasetType, JobType

from tests.district import ROOT, District
from tests.integration.live_interface import Live, live
from tests.unit.portal.marquez_scene import CLEAN, DUCK, ETL, FIRST, REPORT, SECOND, SPARK

READS = {
    "get_namespace", "list_namespaces", "get_source", "list_sources", "get_dataset", "list_datasets",
    "get_dataset_version", "list_dataset_versions", "get_job", "list_jobs", "list_job_runs", "get_job_run",
    "get_column_lineage_by_dataset", "get_column_lineage_by_dataset_field", "get_column_lineage_by_job", "list_tags",
    "list_events",
}  # fmt: skip
WRITES = {
    "create_namespace": (DUCK, "me"), "create_source": ("s", "POSTGRESQL", "jdbc:x"),
    "create_dataset": (DUCK, "d", DatasetType.DB_TABLE, "d", "s"), "tag_dataset": (DUCK, "main.raw", "PII"),
    "tag_dataset_field": (DUCK, "main.raw", "person", "PII"), "create_job": (ETL, "j", JobType.BATCH),
    "create_job_run": (ETL, "dag.clean"), "mark_job_run_as_started": (str(FIRST),),
    "mark_job_run_as_completed": (str(FIRST),), "mark_job_run_as_failed": (str(FIRST),),
    "mark_job_run_as_aborted": (str(FIRST),), "create_tag": ("PII",),
}  # fmt: skip


@pytest.fixture(scope="module")
def portal(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Live]:
    with live(District(tmp_path_factory.mktemp("marquez"))) as found:
        yield found


@pytest.fixture
def client(portal: Live) -> MarquezClient:
    return MarquezClient(portal.url, api_key=portal.secret)


def test_the_lists_are_of_all_the_client_can_do():
    methods = {n for n, _ in inspect.getmembers(MarquezClient, inspect.isfunction) if not n.startswith("_")}
    assert methods == READS | WRITES.keys()


def test_it_reads_namespaces_and_sources(client):
    assert [n["name"] for n in client.list_namespaces()["namespaces"]] == [ETL, DUCK, SPARK]
    assert [n["name"] for n in client.list_namespaces(limit=1, offset=2)["namespaces"]] == [SPARK]
    assert client.get_namespace(SPARK)["name"] == SPARK
    assert [s["name"] for s in client.list_sources()["sources"]] == [DUCK, SPARK]
    assert client.get_source(DUCK)["connectionUrl"] == DUCK


def test_it_reads_data_sets_whose_names_hold_colons_and_slashes(client):
    found = client.list_datasets(DUCK)
    assert (found["totalCount"], [d["name"] for d in found["datasets"]]) == (2, ["main.clean", "main.raw"])
    assert client.get_dataset(SPARK, "report:daily/x")["fields"][0]["name"] == "who"
    newer, older = client.list_dataset_versions(DUCK, "main.clean")["versions"]
    assert client.get_dataset_version(DUCK, "main.clean", older["version"]) == older
    assert newer["createdByRun"]["id"] == str(SECOND)


def test_the_example_of_the_page_runs(portal, capsys):
    example = re.search(r"```python\n(.*?)```", (ROOT / "docs/lineage-api.md").read_text("utf-8"), re.DOTALL)
    assert example is not None
    exec(example[1], {"URL": portal.url, "KEY": portal.secret})
    assert capsys.readouterr().out.splitlines() == ["main.clean ['person']", "main.raw ['person', 'id']"]


def test_it_reads_jobs_and_runs(client):
    assert [j["name"] for j in client.list_jobs(ETL)["jobs"]] == ["dag.broken", "dag.clean", REPORT[1]]
    assert client.get_job(*CLEAN)["outputs"] == [{"namespace": DUCK, "name": "main.clean"}]
    assert client.get_job(*REPORT)["latestRun"]["state"] == "RUNNING"
    assert [r["id"] for r in client.list_job_runs(*CLEAN)["runs"]] == [str(SECOND), str(FIRST)]
    assert client.get_job_run(str(FIRST))["durationMs"] == 2500


def test_it_reads_column_lineage(client):
    by_field = client.get_column_lineage_by_dataset_field(DUCK, "main.clean", "person", with_downstream=True)["graph"]
    assert len(by_field) == 3
    assert client.get_column_lineage_by_dataset(DUCK, "main.clean", with_downstream=True)["graph"] == by_field
    assert len(client.get_column_lineage_by_job(*CLEAN)["graph"]) == 2


def test_it_reads_tags_and_events(client):
    assert client.list_tags() == {"tags": []}
    assert client.list_events()["totalCount"] == 8


@pytest.mark.parametrize("name", sorted(WRITES))
def test_it_changes_nothing_and_is_told_why(client, name):
    with warnings.catch_warnings(), pytest.raises(APIError) as refusal:
        warnings.simplefilter("ignore")  # it calls most of these deprecated itself
        getattr(client, name)(*WRITES[name])
    answer = refusal.value.__cause__.response
    assert answer.status_code == 403
    assert "只增不改" in answer.json()["message"]


def test_what_is_unknown_and_who_is_unknown_are_errors(client, portal):
    with pytest.raises(APIError) as refusal:
        client.get_dataset(DUCK, "nobody")
    assert refusal.value.__cause__.response.json()["code"] == 404
    stranger = MarquezClient(portal.url, api_key="nobody")  # the client keeps one header for all its instances
    try:
        with pytest.raises(APIError) as refusal:
            stranger.list_namespaces()
        assert refusal.value.__cause__.response.status_code == 401
    finally:
        MarquezClient(portal.url, api_key=portal.secret)
