"""The four questions and impact on a planted lineage: what the answer must say is known by construction."""

from __future__ import annotations

import datetime as dt

import pytest

from lineage.access import system, viewer
from lineage.answers.asked import QuestionError, asked
from lineage.answers.destinations import destinations
from lineage.answers.impact import impact
from lineage.answers.responsibility import DUTIES, responsibility
from lineage.answers.sources import sources
from lineage.graph.trace import UnknownNodeError
from lineage.models import Event
from registry import audit, demo
from registry.actions import act_on_grant, act_on_release, submit_release
from registry.models import Account, GrantRecord, Handover, Release
from scheme.names import product_name
from tests.unit.lineage.planted import (
    FIRMS,
    FIRMS_BATCH,
    HOMES,
    HOMES_BATCH,
    HOMES_FILE,
    MONDAY,
    build,
    deliver,
    names,
    plant,
)

pytestmark = pytest.mark.django_db
OF, OTHER = names(HOMES), names(FIRMS)


def who(name: str) -> Account:
    return Account.objects.get(username=name)


@pytest.fixture(autouse=True)
def planted(home, db) -> None:
    demo.prepare_demo()
    plant()


def release() -> Release:
    made = submit_release("elderly_care_report", "季度报告", "数据报告", GrantRecord.objects.get(grant="S2"), "e" * 64)
    act_on_release(made.pk, "安全审核通过", by=who("security"))
    return act_on_release(made.pk, "发布审核通过", by=who("bureau_approver"))


def hand_over() -> None:
    row = Handover.objects.create(
        department="minzheng", resource="elderly_care_institutions", file_name="x.csv", sha256=HOMES_FILE,
        rows_declared=3, state="已交付", handled_by="minzheng_clerk", signed_by="minzheng_head", made_at=MONDAY,
    )  # fmt: skip
    audit.append(who("minzheng_clerk"), "提交汇聚批次", f"handover:{row.pk}")
    audit.append(who("minzheng_head"), "签发汇聚批次", f"handover:{row.pk}", {"becomes": "已交付"})


@pytest.mark.requirement("R020")
@pytest.mark.requirement("R079")
@pytest.mark.requirement("R127")
def test_sources_go_down_to_file_and_batch_and_up_to_agreement_and_reviewer():
    hand_over()
    release()
    found = sources(asked(OF["product"], column="beds", purpose="审计抽查"), system())
    assert [n.name for n in found.nodes] == [OF[z] for z in ("product", "subset", "staging", "landing", "delivery")]
    (delivery,) = found.deliveries
    (batch,) = delivery.batches
    assert (delivery.department_name, delivery.columns) == ("济宁市兖州区民政局", ["名称"])
    assert (batch.batch_id, batch.sha256, batch.rows_landed, batch.receiver) == (HOMES_BATCH, HOMES_FILE, 3, "portal")
    assert [s.by.username for s in batch.handed_over] == ["minzheng_clerk", "minzheng_head"]
    (grant,) = found.authorizations
    assert {t: s.by.username for t, s in grant.reviews.items()} == {
        "初审": "primary_reviewer", "终审": "bureau_approver", "签署": "bureau_handler",
    }  # fmt: skip
    assert [a.number for a in grant.agreements] == ["兖数运协〔2025〕1号", "兖数开协〔2025〕2号"]
    (out,) = found.releases
    assert (out.state, {t: s.by.username for t, s in out.keys.items()}) == (
        "已发布", {"安全主管部门审核": "security", "区大数据主管部门审核": "bureau_approver"},
    )  # fmt: skip
    (verdict,) = found.promotions
    assert (verdict.dataset, verdict.is_promoted) == (OF["staging"], True) and len(verdict.run_id) == 36
    assert found.standing.is_complete and found.standing.purpose == "审计抽查"


@pytest.mark.requirement("R127")
def test_destinations_name_subset_product_developer_and_who_opened_it():
    out = release()
    audit.append(who("developer_s2"), "查看数据产品", f"release:{out.pk}")
    found = destinations(asked(OF["delivery"], column="名称"), system())
    assert [(s.dataset, s.grant, s.columns) for s in found.subsets] == [(OF["subset"], "S2", ["name"])]
    (product,) = found.products
    assert product.dataset == OF["product"] and product.releases[0].state == "已发布"
    assert [(c.how, c.who, c.count) for c in product.consumers] == [("查看", "S2 二级开发主体（演示）", 1)]
    assert found.authorizations[0].developer == "兖州颐和养老服务中心（演示）"
    assert OTHER["product"] not in {n.name for n in found.nodes}


@pytest.mark.requirement("R122")
def test_the_five_parties_of_a_product_field_are_named_with_person_and_basis():
    hand_over()
    found = responsibility(asked(OF["product"], column="beds"), system())
    assert [r.duty for r in found.responsible] == list(DUTIES)
    assert [r.party for r in found.responsible] == [
        "济宁市兖州区民政局", "区大数据主管部门（演示）", "区大数据主管部门（演示）",
        "济宁市兖州区数据运营有限公司（演示）", "兖州颐和养老服务中心（演示）",
    ]  # fmt: skip
    persons = [[s.by.username for s in r.persons] for r in found.responsible]
    assert persons == [
        ["minzheng_clerk", "minzheng_head"], [], ["bureau_approver", "bureau_handler"], ["primary_reviewer"],
        ["developer_s2"],
    ]  # fmt: skip
    assert HOMES_BATCH in found.responsible[0].basis and "兖数开协〔2025〕2号" in found.responsible[4].basis


def test_a_data_set_that_no_grant_uses_says_which_parties_no_record_names():
    deliver(("weijian", "death_records", "death_records", "t", "S1", "p"), "20260921T090000-cccc", "c3" * 32, MONDAY)
    found = responsibility(asked("delivery.weijian.death_records"), system())
    assert [(r.duty, r.is_recorded) for r in found.responsible] == list(
        zip(DUTIES, (True, True, False, False, False), strict=True)
    )


@pytest.mark.requirement("R026")
def test_a_bad_batch_lists_every_product_downstream_and_no_other():
    found = impact(_batch(), system(), batch=HOMES_BATCH)
    assert found.products == [OF["product"]] and [a.grant for a in found.found.authorizations] == ["S2"]
    assert {t.dataset: t.is_touched for t in found.touched} == {OF[z]: True for z in ("staging", "subset", "product")}


def _batch():
    return asked(OF["landing"])


@pytest.mark.requirement("R026")
def test_after_a_redelivery_the_present_versions_no_longer_hold_the_bad_batch():
    tuesday = MONDAY + dt.timedelta(days=1)
    deliver(HOMES, "20260922T080000-aaaa", "a4" * 32, tuesday)
    build(HOMES, "20260922T080000-aaaa", "e", tuesday)
    now = impact(_batch(), system(), batch=HOMES_BATCH)
    assert now.products == [OF["product"]] and {t.is_touched for t in now.touched} == {False}
    then = impact(asked(OF["landing"], at="2026-09-21T12:00"), system(), batch=HOMES_BATCH)
    assert {t.is_touched for t in then.touched} == {True}


def test_a_run_that_recorded_no_version_may_have_read_the_bad_one():
    build(HOMES, "20260922T080000-aaaa", "e", MONDAY + dt.timedelta(days=1), with_versions=False)
    found = {t.dataset: t.is_touched for t in impact(_batch(), system(), batch=HOMES_BATCH).touched}
    assert found == {OF["staging"]: False, OF["subset"]: True, OF["product"]: True}


def test_a_bad_version_and_what_is_not_there():
    found = impact(asked(OF["staging"]), system(), version="c" * 64)
    assert {t.dataset: t.is_touched for t in found.touched} == {OF["subset"]: True, OF["product"]: True}
    for wrong in ({"version": "f" * 64}, {"batch": "20990101T000000-zzzz"}, {"batch": FIRMS_BATCH}):
        with pytest.raises(QuestionError):
            impact(asked(OF["staging"]), system(), **wrong)


def test_what_was_true_then_and_what_was_known_then():
    known = Event.objects.order_by("-seq").first()
    assert known
    release()
    act_on_grant("S2", "暂时关闭", by=who("industry"), reason="限期整改")
    assert sources(asked(OF["product"]), system()).authorizations[0].state == "暂时关闭"
    before = asked(OF["product"], at="2026-09-21T10:00")
    assert sources(before, system()).releases == []
    with pytest.raises(UnknownNodeError):
        sources(asked(OF["product"], at="2026-09-20T10:00"), system())
    with pytest.raises(UnknownNodeError):
        sources(asked(OF["product"], known="1"), system())
    assert sources(asked(OF["product"], known=str(known.seq)), system()).standing.as_of_seq == known.seq


@pytest.mark.parametrize(
    "words", [{"at": "yesterday"}, {"known": "soon"}, {"known": "-3"}, {"at": "9999-12-31T23:59:59-23:59"}]
)
def test_a_time_that_cannot_be_read_is_one_line(words):
    with pytest.raises(QuestionError) as refusal:
        asked(OF["product"], **words)
    assert "\n" not in str(refusal.value) and refusal.value.sentence


def test_an_answer_for_a_developer_names_no_file_and_no_person_of_others():
    hand_over()
    release()
    found = sources(asked(OF["product"]), viewer(who("developer_s2")))
    assert [n.name for n in found.nodes][-1] == OF["delivery"]
    assert found.deliveries[0].batches == [] and found.deliveries[0].department_name == "济宁市兖州区民政局"
    text = repr(found)
    assert HOMES_FILE not in text and HOMES_BATCH not in text
    with pytest.raises(UnknownNodeError):
        sources(asked(str(product_name("S1", FIRMS[5]))), viewer(who("developer_s2")))
