"""Each call of Marquez's front end is answered in the shape its types say; each change is refused and recorded."""

from __future__ import annotations

import json
from functools import cache
from pathlib import Path

import pytest
from jsonschema_rs import Draft202012Validator

from registry import audit
from registry.models import AuditEvent
from tests.unit.portal.marquez_calls import BETA, CALLS
from tests.unit.portal.marquez_interface import Interface

pytestmark = pytest.mark.django_db
SCHEMAS = json.loads((Path(__file__).parent / "marquez_schemas.json").read_text("utf-8"))


@cache
def validator(name: str) -> Draft202012Validator:
    return Draft202012Validator({**SCHEMAS, "$ref": f"#/$defs/{name}"}, validate_formats=True)


def wrong(name: str, document: object) -> list[str]:
    return [f"{list(e.instance_path)}: {e.message}" for e in validator(name).iter_errors(document)]


@pytest.mark.parametrize("shape", sorted(SCHEMAS["$defs"]))
def test_the_shapes_refuse_what_is_not_theirs(shape):
    assert wrong(shape, {"nothing": []} if shape not in ("Metrics", "LineageMetrics") else [{}])


@pytest.mark.requirement("R079")
@pytest.mark.parametrize(("call", "method", "path", "shape"), CALLS, ids=[c[0] for c in CALLS])
def test_every_call_of_the_front_end(scene, call, method, path, shape):
    answer = Interface("auditor").client.send(method, f"/api/v1{path}")
    assert answer.status_code == (403 if shape == "Error" else 200), answer.text[:500]
    assert wrong(shape, answer.json()) == []
    if shape == "Error":
        last = AuditEvent.objects.order_by("-seq").first()
        assert last is not None
        assert (last.action, last.detail["reads_as"]) == ("拒绝修改血缘", "auditor")
        assert last.actor.startswith("key:")
        assert last.detail["method"] == method
        audit.verify()


@pytest.mark.parametrize(("call", "path"), BETA, ids=[c[0] for c in BETA])
def test_the_advanced_search(scene, call, path):
    answer = Interface("auditor").client.get(path)
    assert answer.status_code == 200
    assert wrong("OpenSearch", answer.json()) == []
    assert len(answer.json()["hits"]) == len(answer.json()["highlights"]) > 0


@pytest.mark.parametrize("path", [
    "/namespaces/nobody", "/namespaces/nobody/datasets", "/namespaces/nobody/jobs", "/namespaces/nobody/jobs/x/runs",
    "/sources/nobody", "/namespaces/duckdb%3A%2F%2F%2Fdata%2Fpark.duckdb/datasets/nobody",
    "/namespaces/duckdb%3A%2F%2F%2Fdata%2Fpark.duckdb/datasets/nobody/versions",
    "/namespaces/duckdb%3A%2F%2F%2Fdata%2Fpark.duckdb/datasets/main.clean/versions/nothing",
    "/jobs/runs/00000000-0000-0000-0000-000000000000", "/runs/00000000-0000-0000-0000-000000000000",
    "/jobs/runs/00000000-0000-0000-0000-000000000000/facets?type=run",
    "/lineage?nodeId=dataset:nobody:x", "/lineage?nodeId=job:nobody:x", "/column-lineage?nodeId=datasetField:a:b:c",
])  # fmt: skip
def test_what_is_unknown_is_said_to_be_and_never_an_empty_list(scene, path):
    answer = Interface("auditor").client.get(f"/api/v1{path}")
    assert answer.status_code == 404
    assert wrong("Error", answer.json()) == []
    assert answer.json()["code"] == 404


@pytest.mark.parametrize(("path", "status"), [
    ("/lineage?nodeId=nonsense", 400), ("/lineage", 422), ("/lineage?nodeId=dataset:a:b&depth=-1", 422),
    ("/jobs?limit=-1", 422), ("/jobs?limit=99999999999999999999", 422), ("/jobs?offset=x", 422), ("/jobs?at=x", 422),
    ("/jobs?lastRunStates=X", 422), ("/jobs/runs/x", 422), ("/stats/jobs", 422), ("/stats/jobs?period=YEAR", 422),
    ("/stats/jobs?period=WEEK&timezone=Mars/Olympus", 422), ("/events/lineage?before=yesterday", 422),
    ("/namespaces/a%00b", 422), ("/search?q=a%00b", 422), ("/namespaces/%FF%FE", 404),
])  # fmt: skip
def test_bad_input_is_one_clear_line(scene, path, status):
    answer = Interface("auditor").client.get(f"/api/v1{path}")
    assert answer.status_code == status, answer.text
    assert wrong("Error", answer.json()) == []
    assert "\n" not in answer.json()["message"]


@pytest.mark.parametrize("secret", ["", "suyuan_000000000000_" + "a" * 43])
def test_who_is_not_known_reads_nothing_and_changes_nothing(scene, secret):
    client = Interface(None).client
    if secret:
        client.headers["Authorization"] = f"Bearer {secret}"
    for _, method, path, _ in CALLS:
        answer = client.send(method, f"/api/v1{path}")
        assert answer.status_code == 401
        assert wrong("Error", answer.json()) == []
