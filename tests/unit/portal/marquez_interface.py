"""Marquez's interface as tests of this process call it, and events to plant.

Lives here: ``Interface``, calls as one account by its key; building events.
Stays out: fixtures (``conftest``), sending (``tests.unit.portal.api``).
"""

from __future__ import annotations

import json
from typing import Any
from uuid import UUID, uuid4

from lineage.events import keys
from lineage.events.ingest import ingest_many
from registry.models import Account
from tests.unit.portal.api import Api

PRODUCER = "https://example.org/producer"
SCHEMA = "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent"


class Interface:
    """Calls as one account by its key; account None: nobody."""

    def __init__(self, account: str | None) -> None:
        self.client = Api()
        if account:
            by = Account.objects.get(username=account)
            self.client = Api({"Authorization": f"Bearer {keys.create('测试', by, reads_as=account).secret}"})

    def get(self, path: str, status: int = 200, **query: Any) -> Any:
        """Return the document of an answer."""
        answer = self.client.get(f"/api/v1{path}", params=query)
        assert answer.status_code == status, (path, answer.status_code, answer.text[:500])
        return answer.json()


def facet(**content: Any) -> dict[str, Any]:
    """Return a facet with the members every facet has."""
    return {"_producer": PRODUCER, "_schemaURL": "https://example.org/facet.json", **content}


def dataset(namespace: str, name: str, columns: tuple[str, ...] = (), **facets: Any) -> dict[str, Any]:
    """Return a data set of an event."""
    if columns:
        facets["schema"] = facet(fields=[{"name": c, "type": "VARCHAR", "description": f"列 {c}"} for c in columns])
    return {"namespace": namespace, "name": name, "facets": facets}


def columns_from(source: dict[str, Any], *pairs: tuple[str, str], **how: Any) -> dict[str, Any]:
    """Return a columnLineage facet: (column, source column) pairs."""
    steps = [{"type": "DIRECT", "subtype": "IDENTITY", "masking": False, **how}]
    named = {"namespace": source["namespace"], "name": source["name"]}
    return facet(fields={c: {"inputFields": [{**named, "field": s, "transformations": steps}]} for c, s in pairs})


def run_event(
    job: tuple[str, str], state: str, at: str, *, run: UUID | None = None, inputs: Any = (), outputs: Any = (),
    run_facets: Any = None, job_facets: Any = None,
) -> bytes:  # fmt: skip
    """Return a run event."""
    event = {
        "eventType": state, "eventTime": at, "producer": PRODUCER, "schemaURL": SCHEMA,
        "run": {"runId": str(run or uuid4()), "facets": run_facets or {}},
        "job": {"namespace": job[0], "name": job[1], "facets": job_facets or {}},
        "inputs": list(inputs), "outputs": list(outputs),
    }  # fmt: skip
    return json.dumps(event, ensure_ascii=False).encode()


def plant(*bodies: bytes) -> None:
    """Take these events in."""
    ingest_many(bodies)
