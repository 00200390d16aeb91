"""A real portal and real producers: the OpenLineage client unchanged; what it sent is seen at once by every process."""

from __future__ import annotations

import json
import subprocess
import sys
from uuid import uuid4

import httpx
import pytest
from openlineage.client import OpenLineageClient
from openlineage.client.event_v2 import InputDataset, Job, OutputDataset, Run, RunEvent, RunState
from openlineage.client.facet_v2 import column_lineage_dataset, schema_dataset
from openlineage.client.transport.http import ApiKeyTokenProvider, HttpCompression, HttpConfig, HttpTransport

from tests.lineage_load import ROOT, Portal, event, portal

NODE = "dataset:warehouse://shop:mart.orders"


@pytest.fixture(scope="module")
def running(tmp_path_factory) -> Portal:
    with portal(tmp_path_factory.mktemp("ingest")) as made:
        made.python(
            "from registry.models import Account\n"
            "Account.objects.create(username='engineer', role='data_engineer', display_name='工程师')"
        )
        yield made


def suyuan(running: Portal, *arguments: str, code: int = 0) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "cli.main", *arguments],
        cwd=ROOT,
        env=running.environment,
        capture_output=True,
        text=True,
    )
    assert done.returncode == code, done.stdout + done.stderr
    return done.stdout + (done.stderr if code else "")


def client(running: Portal, secret: str, compression: HttpCompression | None = None) -> OpenLineageClient:
    config = HttpConfig(
        f"http://127.0.0.1:{running.port}", auth=ApiKeyTokenProvider({"apiKey": secret}), compression=compression
    )
    return OpenLineageClient(transport=HttpTransport(config))


def run_event(name: str) -> RunEvent:
    schema = schema_dataset.SchemaDatasetFacet([schema_dataset.SchemaDatasetFacetFields("amount", "DECIMAL")])
    source = column_lineage_dataset.InputField("warehouse://shop", "raw.orders", "amount")
    lineage = column_lineage_dataset.ColumnLineageDatasetFacet({"amount": column_lineage_dataset.Fields([source])})
    return RunEvent(
        eventType=RunState.COMPLETE, eventTime="2026-09-24T09:00:00.123456789+08:00", run=Run(str(uuid4())),
        job=Job("scheduler://shop", name), producer="https://example.org/tool",
        inputs=[InputDataset("warehouse://shop", "raw.orders", {"schema": schema})],
        outputs=[OutputDataset("warehouse://shop", "mart.orders", {"schema": schema, "columnLineage": lineage})],
    )  # fmt: skip


@pytest.mark.requirement("R079")
def test_the_openlineage_client_works_and_its_event_is_seen_by_another_process_at_once(running):
    secret = suyuan(running, "lineage", "key", "create", "数据开发商", "--by", "engineer").strip()
    for compression in (None, HttpCompression.GZIP):
        client(running, secret, compression).emit(run_event("build"))
        found = json.loads(suyuan(running, "lineage", "trace", NODE, "--column", "amount", "--json"))
        names = [node["name"] for node in found["nodes"]]
        assert names == [NODE, "dataset:warehouse://shop:raw.orders"]
    assert "2 events" in suyuan(running, "lineage", "verify")


def test_a_revoked_key_counts_no_more_at_once(running):
    secret = suyuan(running, "lineage", "key", "create", "tool", "--by", "engineer").strip()
    client(running, secret).emit(run_event("before"))
    key_id = secret.split("_")[1]
    suyuan(running, "lineage", "key", "revoke", key_id, "--by", "engineer")
    with pytest.raises(Exception, match="401"):
        client(running, secret).emit(run_event("after"))
    listed = {k["key"]: k for k in json.loads(suyuan(running, "lineage", "key", "list", "--json"))}
    assert listed[key_id]["revoked_by"] == "engineer" and secret not in json.dumps(listed)


def test_what_is_refused_is_listed_without_its_content(running):
    secret = suyuan(running, "lineage", "key", "create", "wrong", "--namespace", "a://", "--by", "engineer").strip()
    answer = httpx.post(
        f"http://127.0.0.1:{running.port}/api/v1/lineage", content=event(1),
        headers={"Authorization": f"Bearer {secret}", "Content-Type": "application/json"},
    )  # fmt: skip
    assert answer.status_code == 403
    listed = suyuan(running, "lineage", "refused", "--json")
    first = json.loads(listed)[0]
    assert first["producer"] == "wrong" and first["bytes"] == len(event(1)) and "namespace" in first["reason"]
    assert "orders" not in listed


@pytest.mark.parametrize(
    "arguments",
    [
        ("create", "x", "--by", "nobody"), ("create", "", "--by", "engineer"),
        ("create", "x", "--by", "engineer", "--reads-as", "nobody"),
        ("create", "x", "--by", "engineer", "--namespace", ""),
        ("revoke", "000000000000", "--by", "engineer"),
    ],
)  # fmt: skip
def test_what_cannot_be_done_is_said_in_one_line(running, arguments):
    said = suyuan(running, "lineage", "key", *arguments, code=2)
    assert said.startswith("suyuan: ") and said.count("\n") == 1
