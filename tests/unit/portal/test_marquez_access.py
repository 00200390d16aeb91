"""Marquez's interface shows each account what it may see and nothing of the rest, in any answer."""

from __future__ import annotations

import json
from itertools import pairwise
from urllib.parse import quote

import pytest

from config.settings import settings
from lineage.access import viewer
from lineage.events import keys
from registry import accounts
from registry.models import Account, AuditEvent, Role
from scheme.names import lineage_namespace
from tests.unit.portal.accounts import as_user
from tests.unit.portal.api import Api
from tests.unit.portal.marquez_calls import BETA, CALLS
from tests.unit.portal.marquez_interface import Interface, columns_from, dataset, facet, plant, run_event
from tests.unit.portal.marquez_scene import DUCK, SQL

pytestmark = pytest.mark.django_db
OWN = ["delivery.minzheng.people", "landing.minzheng.people", "platform.staging.stg_minzheng__people"]
OTHER = ["delivery.gongan.secret", "landing.gongan.secret", "platform.integrated.secret_base"]
SECRET_JOB = "make secret"
RUN_ERROR = "the row 370882199001011234 is wrong"


@pytest.fixture
def chains(scene) -> str:
    """Two departments' chains; the last step of the one reads both. Returns the namespace."""
    ours = lineage_namespace(settings().district)
    for names, job in ((OWN, "make people"), (OTHER, SECRET_JOB)):
        for source, target in pairwise(names):
            read = dataset(ours, source, ("person",))
            made = dataset(
                ours, target, ("person",), columnLineage=columns_from(read, ("person", "person"), description=SQL)
            )
            plant(
                run_event(
                    (ours, f"{job} {target}"),
                    "COMPLETE",
                    "2026-09-24T01:00:00Z",
                    inputs=[read],
                    outputs=[made],
                    run_facets={"errorMessage": facet(message=RUN_ERROR, programmingLanguage="python")},
                    job_facets={"sql": facet(query=SQL)},
                )
            )
    both = [dataset(ours, OWN[-1], ("person",)), dataset(ours, OTHER[-1], ("person",))]
    made = dataset(ours, "platform.integrated.people", ("person",))
    made["facets"]["columnLineage"] = facet(
        fields={
            "person": {
                "inputFields": [{"namespace": ours, "name": name, "field": "person"} for name in (OWN[-1], OTHER[-1])]
            }
        }
    )
    plant(run_event((ours, "integrate"), "COMPLETE", "2026-09-24T01:05:00Z", inputs=both, outputs=[made]))
    return ours


def everything(interface: Interface, ours: str) -> str:
    """Return the text of every reading call, for our own data sets too."""
    space = quote(ours, safe="")
    paths = [f"/api/v1{path}" for _, method, path, _ in CALLS if method == "GET"] + [path for _, path in BETA]
    paths += [
        f"/api/v1/namespaces/{space}/datasets",
        f"/api/v1/namespaces/{space}/jobs",
        "/api/v1/search?q=a&limit=1000",
        "/api/v1/search?q=secret",
        "/api/v1/events/lineage?limit=1000",
        "/api/v2beta/search/datasets?q=people",
        f"/api/v1/namespaces/{space}/jobs/integrate",
        f"/api/v1/namespaces/{space}/jobs/integrate/runs",
    ]
    for name in [*OWN, *OTHER, "platform.integrated.people"]:
        node = f"dataset:{space}:{name}"
        paths += [
            f"/api/v1/namespaces/{space}/datasets/{name}",
            f"/api/v1/namespaces/{space}/datasets/{name}/versions",
            f"/api/v1/lineage?nodeId={node}",
            f"/api/v1/column-lineage?nodeId={node}&withDownstream=true",
        ]
    answers = [interface.client.get(path) for path in paths]
    assert {a.status_code for a in answers} <= {200, 403, 404}
    return "\n".join(a.text for a in answers if a.status_code == 200)


@pytest.fixture
def clerks_may_open_lineage(monkeypatch) -> None:
    monkeypatch.setitem(accounts.PERMISSIONS, "lineage", accounts.PERMISSIONS["lineage"] | {Role.DATA_CLERK})


@pytest.mark.usefixtures("clerks_may_open_lineage")
def test_a_department_reads_its_own_data_and_what_became_of_it(chains):
    told = everything(Interface("minzheng_clerk"), chains)
    assert all(f'"{name}"' in told for name in [*OWN, "platform.integrated.people"])
    assert [hidden for hidden in [*OTHER, SECRET_JOB, DUCK, "main.raw", SQL, RUN_ERROR] if hidden in told] == []


@pytest.mark.usefixtures("clerks_may_open_lineage")
def test_what_is_cut_is_said(chains):
    clerk, space = Interface("minzheng_clerk"), quote(chains, safe="")
    for path in (
        f"/lineage?nodeId=dataset:{space}:platform.integrated.people",
        "/events/lineage",
        "/jobs",
        f"/namespaces/{space}/datasets",
        f"/namespaces/{space}/datasets/platform.integrated.people",
    ):
        answer = clerk.client.get(f"/api/v1{path}")
        assert answer.status_code == 200
        assert answer.headers["X-Suyuan-Complete"] == "false"
        assert "may not see" in answer.headers["X-Suyuan-Incomplete-Because"]
    hidden = clerk.client.get(f"/api/v1/namespaces/{space}/datasets/{OTHER[0]}")
    unknown = clerk.client.get(f"/api/v1/namespaces/{space}/datasets/nobody")
    assert (hidden.status_code, hidden.text) == (404, unknown.text)


@pytest.mark.parametrize(
    "account",
    [
        "auditor",
        "bureau_approver",
        "engineer",
        "security",
        "service_engineer",
        "primary_reviewer",
        "developer_s1",
        "minzheng_clerk",
    ],
)
def test_sql_text_and_messages_of_errors_are_read_by_those_alone_who_may_read_sql(chains, account):
    told = everything(Interface(account), chains)
    may = viewer(Account.objects.get(username=account)).sees_sql
    assert (SQL in told, RUN_ERROR in told) == (may, may)


def test_an_account_without_the_permission_is_refused(chains):
    client = Interface("industry").client
    for _, method, path, _ in CALLS:
        if method == "GET":
            answer = client.get(f"/api/v1{path}")
            assert (answer.status_code, json.loads(answer.text)["code"]) == (403, 403)


def test_a_key_that_reads_as_nobody_reads_nothing_and_its_attempts_are_recorded(chains):
    made = keys.create("只写", Account.objects.get(username="engineer"))
    client = Interface(None).client
    client.headers["Authorization"] = f"Bearer {made.secret}"
    assert client.get("/api/v1/namespaces").status_code == 403
    assert client.send("DELETE", "/api/v1/namespaces/x/jobs/y").status_code == 403
    last = AuditEvent.objects.order_by("-seq").first()
    assert last is not None
    assert (last.action, last.actor, last.role) == ("拒绝修改血缘", f"key:{made.key.key_id}", "key")


def test_a_session_reads_and_its_attempts_to_change_are_recorded_with_the_person(chains):
    client = Api({"Cookie": f"sessionid={as_user('auditor').cookies['sessionid'].value}"})
    assert client.get("/api/v1/namespaces").status_code == 200
    assert client.send("PUT", "/api/v1/tags/PII").status_code == 403
    last = AuditEvent.objects.order_by("-seq").first()
    assert last is not None
    assert (last.action, last.actor, last.object) == ("拒绝修改血缘", "auditor", "PII")
