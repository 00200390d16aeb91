"""Grants and releases: every step by the right person, nothing unsigned or changed is in force."""

from __future__ import annotations

import datetime as dt

import pytest
from django.db import DatabaseError, connection, transaction

from registry import audit, demo, states
from registry.actions import act_on_grant, act_on_release, draft_grant, submit_release
from registry.grants import active_grants, refused_grants
from registry.models import Account, GrantRecord, Party
from registry.states import GRANT, RELEASE, RefusedError

TODAY = dt.date(2026, 9, 24)
pytestmark = pytest.mark.django_db


@pytest.fixture
def prepared(home):
    demo.prepare_demo()
    return {a.username: a for a in Account.objects.all()}


@pytest.mark.requirement("R093")
def test_the_demo_grants_are_in_force_and_preparing_twice_changes_nothing(prepared):
    assert [g.grant for g in active_grants(TODAY)] == ["S1", "S2"]
    length = audit.verify()
    demo.prepare_demo()
    assert audit.verify() == length


@pytest.mark.requirement("R031")
@pytest.mark.parametrize("day", [dt.date(2025, 8, 31), dt.date(2027, 9, 1)])
def test_outside_its_term_a_grant_is_not_in_force(prepared, day):
    assert "S1" not in [g.grant for g in active_grants(day)]
    assert any("期限" in r for r in refused_grants(day)["S1"])


def test_a_changed_document_or_signature_is_not_in_force(prepared):
    record = GrantRecord.objects.get(grant="S1")
    record.document["tables"][0]["columns"][0]["form"] = {"kind": "keep"}
    record.save()
    assert [g.grant for g in active_grants(TODAY)] == ["S2"]
    assert refused_grants(TODAY)["S1"] == ["登记内容与签署内容不一致"]
    signed = GrantRecord.objects.get(grant="S2")
    signed.signed["signature"] = "AAAA" + signed.signed["signature"][4:]
    signed.save()
    assert active_grants(TODAY) == []


@pytest.mark.requirement("R004")
def test_credit_reporting_without_evidence_is_refused_with_its_basis(prepared):
    document = demo.read_grant("grant_s1.yml")
    bare = document.model_copy(update={"grant": "S9", "evidence": []})
    draft_grant(bare, Party.objects.get(code="dev-s1"), by=prepared["developer_s1"])
    act_on_grant("S9", "提交初审", by=prepared["developer_s1"])
    with pytest.raises(RefusedError, match="企业征信机构备案.*第二条（【适用范围】）"):
        act_on_grant("S9", "初审通过", by=prepared["primary_reviewer"])
    assert GrantRecord.objects.get(grant="S9").state == "初审中"


def test_a_grant_id_is_never_used_again(prepared):
    act_on_grant("S1", "取消", by=prepared["bureau_approver"], reason="演示")
    with pytest.raises(RefusedError, match="不得重复使用"):
        draft_grant(demo.read_grant("grant_s1.yml"), Party.objects.get(code="dev-s1"), by=prepared["developer_s1"])


@pytest.mark.requirement("R148")
def test_suspension_closes_and_restoring_opens(prepared):
    act_on_grant("S1", "暂时关闭", by=prepared["industry"], reason="限期整改")
    assert [g.grant for g in active_grants(TODAY)] == ["S2"]
    act_on_grant("S1", "恢复", by=prepared["bureau_approver"])
    assert [g.grant for g in active_grants(TODAY)] == ["S1", "S2"]


@pytest.mark.parametrize("table", [GRANT, RELEASE], ids=["grants", "releases"])
def test_every_pair_that_is_not_in_the_table_is_refused(prepared, table):
    all_states = {s for s, _ in table} | {step.becomes for step in table.values()}
    for state in all_states:
        for action in {a for _, a in table}:
            for account in prepared.values():
                step = table.get((state, action))
                if step and account.role in step.roles:
                    assert states.next_state(table, state, action, account) == step.becomes
                else:
                    with pytest.raises(RefusedError):
                        states.next_state(table, state, action, account)


@pytest.mark.requirement("R099")
@pytest.mark.parametrize("order", [("安全审核通过", "发布审核通过"), ("发布审核通过", "安全审核通过")])
def test_a_product_needs_both_keys_in_either_order(prepared, order):
    release = submit_release("report", "报告", "数据报告", GrantRecord.objects.get(grant="S2"), "a" * 64)
    keys = {"安全审核通过": prepared["security"], "发布审核通过": prepared["bureau_approver"]}
    assert act_on_release(release.pk, order[0], by=keys[order[0]]).state != "已发布"
    with pytest.raises(RefusedError):
        act_on_release(release.pk, order[0], by=keys[order[0]])
    assert act_on_release(release.pk, order[1], by=keys[order[1]]).state == "已发布"


@pytest.mark.parametrize(
    "statement",
    [
        "UPDATE registry_auditevent SET actor = 'x'",
        "DELETE FROM registry_auditevent",
        "INSERT OR REPLACE INTO registry_auditevent SELECT * FROM registry_auditevent WHERE seq = 1",
    ],
)
def test_the_audit_chain_cannot_be_changed(prepared, statement):
    with pytest.raises(DatabaseError), transaction.atomic(), connection.cursor() as cursor:
        cursor.execute(statement)
    assert audit.verify() > 0


@pytest.mark.requirement("R076")
def test_a_change_behind_the_triggers_is_found_out(prepared):
    with connection.cursor() as cursor:
        cursor.execute("DROP TRIGGER registry_auditevent_no_update")
        cursor.execute("UPDATE registry_auditevent SET actor = 'x' WHERE seq = 3")
    with pytest.raises(audit.ChainBrokenError, match="sequence 3"):
        audit.verify()
