"""Events and answers as the tests of events by HTTP write and read them.

Lives here: addresses, small events of each kind, what every refusal must look like. Stays out: sending
(``tests.unit.portal.api``).
"""

from __future__ import annotations

import json
from uuid import uuid4

from lineage.models import Event

ONE, BATCH = "/api/v1/lineage", "/api/v1/lineage/batch"
PRODUCER = "https://example.org/tool/1"
OWN = "suyuan://yanzhou"


def run_event(output="warehouse://shop", source="warehouse://shop", job="scheduler://shop", run="", **more) -> dict:
    return {
        "eventType": "COMPLETE", "eventTime": "2026-09-24T01:00:00Z", "producer": PRODUCER,
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": run or str(uuid4())}, "job": {"namespace": job, "name": "build"},
        "inputs": [{"namespace": source, "name": "raw.orders"}],
        "outputs": [{"namespace": output, "name": "mart.orders"}],
    } | more  # fmt: skip


def dataset_event(namespace: str) -> dict:
    return {
        "eventTime": "2026-09-24T01:00:00Z", "producer": PRODUCER, "dataset": {"namespace": namespace, "name": "a.b"},
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/DatasetEvent",
    }  # fmt: skip


def job_event(namespace: str) -> dict:
    event = run_event(job=namespace)
    return {k: v for k, v in event.items() if k not in ("run", "eventType")}


def raw(event: object) -> bytes:
    return json.dumps(event, ensure_ascii=False, indent=1).encode()


def stored() -> list[bytes]:
    return [bytes(e.body) for e in Event.objects.order_by("seq")]


def assert_problem(answer, status: int) -> str:
    assert answer.status_code == status, answer.text
    assert answer.headers["content-type"] == "application/problem+json"
    problem = answer.json()
    assert problem["status"] == status and any("一" <= c <= "鿿" for c in problem["detail"])
    assert "Traceback" not in answer.text and "\n" not in problem["detail"]
    return problem["detail"]
