"""Who may read by the interface: a session, or a key that reads with an account's view; nobody else."""

from __future__ import annotations

import pytest

from lineage.models import ProducerKey
from registry import audit
from registry.accounts import PERMISSIONS
from registry.models import Account, AuditEvent
from tests.unit.portal.accounts import as_user
from tests.unit.portal.api import Api, producer
from tests.unit.portal.marquez_interface import dataset, plant, run_event

pytestmark = pytest.mark.django_db
QUESTION = "/api/v1/provenance/closure?node=platform.nothing.here&column=x"
LET_IN = 404  # the node is not there


def session_of(name: str) -> Api:
    return Api({"Cookie": f"sessionid={as_user(name).cookies['sessionid'].value}"})


@pytest.mark.requirement("R075")
def test_a_session_reads_what_its_role_may(api):
    for account in Account.objects.filter(is_active=True):
        expected = LET_IN if account.role in PERMISSIONS["lineage"] else 403
        assert session_of(account.username).get(QUESTION).status_code == expected, account.role


def test_nobody_known_reads_nothing(api):
    for headers in ({}, {"Cookie": "sessionid=x"}, {"Authorization": "Bearer x"}, {"Authorization": ""}):
        assert Api(headers).get(QUESTION).status_code == 401
    signed_in = session_of("auditor").headers
    assert Api(signed_in | {"Authorization": "Bearer wrong"}).get(QUESTION).status_code == 401


def test_a_key_reads_with_its_accounts_view_or_not_at_all(api):
    assert producer().get(QUESTION).status_code == 403
    reader = producer(reads_as="auditor")
    assert reader.get(QUESTION).status_code == LET_IN
    Account.objects.filter(username="auditor").update(is_active=False)
    assert reader.get(QUESTION).status_code == 403
    Account.objects.filter(username="auditor").update(is_active=True)
    ProducerKey.objects.update(revoked_at="2026-09-24T01:00:00Z")
    assert reader.get(QUESTION).status_code == 401


LOOKS = [
    "/api/v1/provenance/sources?node={node}&purpose=x", "/api/v1/provenance/closure?node={node}&column=id",
    "/api/v1/provenance/acts?account=auditor", "/api/v1/namespaces/a%3A%2F%2Fx/datasets/out",
    "/api/v1/lineage?nodeId={node}",
]  # fmt: skip


@pytest.mark.requirement("R131")
@pytest.mark.parametrize("address", LOOKS)
def test_a_look_by_a_key_stands_under_the_key_with_the_account_read_as(api, address):
    plant(run_event(("a://x", "j"), "COMPLETE", "2026-09-24T01:00:00Z", outputs=[dataset("a://x", "out", ("id",))]))
    for client, actor, reads_as in (
        (producer(reads_as="auditor"), f"key:{ProducerKey.objects.get().key_id}", "auditor"),
        (session_of("auditor"), "auditor", None),
    ):
        assert client.get(address.format(node="dataset:a://x:out")).status_code == 200
        last = AuditEvent.objects.order_by("-seq").first()
        assert last is not None and (last.action, last.actor) == ("查询血缘", actor)
        assert last.detail.get("reads_as") == reads_as
    assert audit.verify() == AuditEvent.objects.count()


def test_a_closed_account_reads_nothing(api):
    client = session_of("auditor")
    Account.objects.filter(username="auditor").update(is_active=False)
    assert client.get(QUESTION).status_code == 401
