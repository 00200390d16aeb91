"""行为: one person's record by time, act, object and text; calls of products; what leads from an act to data sets."""

from __future__ import annotations

import datetime as dt
import json

import pytest

from lineage.access import looked, system
from lineage.answers.acts import ActsAsked, acts, exported
from lineage.answers.asked import QuestionError, asked
from lineage.answers.destinations import destinations
from registry import audit, demo
from registry.actions import submit_release
from registry.models import Account, AuditEvent, GrantRecord
from tests.unit.lineage.planted import FIRMS, names, plant
from warehouse import paths
from warehouse.product_calls import calls_of

pytestmark = pytest.mark.django_db
SHANGHAI = dt.timezone(dt.timedelta(hours=8))


@pytest.fixture(autouse=True)
def prepared(home, db) -> None:
    demo.prepare_demo()


def who(name: str) -> Account:
    return Account.objects.get(username=name)


@pytest.mark.requirement("R131")
def test_acts_of_a_person_are_found_by_each_limit_and_are_those_of_the_chain(monkeypatch):
    monkeypatch.setenv("SUYUAN_NOW", "2026-09-25T10:00:00")
    looked(who("bureau_approver"), "sources", "product.s2.elderly_care_report", purpose="核查投诉")
    truth = list(AuditEvent.objects.filter(actor="bureau_approver").values_list("seq", flat=True))
    found = acts(ActsAsked("bureau_approver"))
    assert [a.seq for a in found.acts] == truth[::-1] and found.total == len(truth) == 3
    assert found.organisation == "区大数据主管部门（演示）" and set(found.actions) == {"核准", "查询血缘"}
    since = ActsAsked("bureau_approver", since=dt.datetime(2026, 9, 25, tzinfo=SHANGHAI))
    assert [a.action for a in acts(since).acts] == ["查询血缘"]
    until = ActsAsked("bureau_approver", until=dt.datetime(2026, 9, 25, tzinfo=SHANGHAI))
    assert {a.action for a in acts(until).acts} == {"核准"}
    assert [a.object for a in acts(ActsAsked("bureau_approver", on="grant:S1")).acts] == ["grant:S1"]
    assert acts(ActsAsked("bureau_approver", action="查询血缘")).total == 1
    for text in ("核查投诉", "ELDERLY_CARE", "查询"):
        assert [a.action for a in acts(ActsAsked("bureau_approver", text=text)).acts] == ["查询血缘"]
    assert acts(ActsAsked("bureau_approver", text="100%_")).total == 0


def test_pages_do_not_overlap_and_a_file_holds_all():
    for n in range(7):
        looked(who("engineer"), "graph", f"platform.integrated.t{n}")
    pages = [acts(ActsAsked("engineer"), page=p, size=3) for p in (1, 2, 3, 9)]
    assert [len(p.acts) for p in pages] == [3, 3, 1, 1] and pages[3].page == pages[3].pages == 3
    seen = [a.seq for p in pages[:3] for a in p.acts]
    assert seen == sorted(set(seen), reverse=True) and [a.seq for a in exported(ActsAsked("engineer"))] == seen[::-1]
    with pytest.raises(QuestionError):
        acts(ActsAsked("nobody"))


def test_an_act_leads_to_the_data_sets_it_was_about():
    product = submit_release("elderly_care_report", "报告", "数据报告", GrantRecord.objects.get(grant="S2"), "a" * 64)
    by = who("auditor")
    audit.append(by, "查看数据产品", f"release:{product.pk}")
    audit.append(by, "查看问题数据", "resource:minzheng.elderly_care_institutions")
    audit.append(by, "查看异议人联系方式", "objection:YY-2026-0001")
    audit.append(by, "查看数据产品", "release:999999999999999999999")
    looked(by, "sources", "dataset:" + "n" * 200 + ":t")
    found = [a.datasets for a in exported(ActsAsked("auditor"))]
    assert found == [
        ["product.s2.elderly_care_report"],
        ["delivery.minzheng.elderly_care_institutions", "landing.minzheng.landing__minzheng__elderly_care_institutions",
         "platform.staging.stg_minzheng__elderly_care_institutions"],
        [], [], ["dataset:" + "n" * 200 + ":t"],
    ]  # fmt: skip
    (granted,) = [a for a in acts(ActsAsked("bureau_handler", action="签署生效", on="grant:S2")).acts]
    assert "authorized.s2.auth_s2__elders" in granted.datasets


def test_control_characters_of_a_purpose_are_left_out_and_a_long_name_is_kept_whole_in_the_detail():
    event = looked(who("auditor"), "sources", "x" * 300, purpose="核\x00查\n" + "长" * 400)
    assert len(event.object) == 120 and event.detail["node"] == "x" * 300
    assert event.detail["purpose"] == "核查" + "长" * 198 and audit.verify() == event.seq


@pytest.mark.requirement("R127")
def test_callers_of_a_product_are_counted_and_subjects_are_not_told():
    record = {"product": "enterprise_status_verification", "grant": "S1", "subject": "t_" + "0" * 32, "item": "x"}
    lines = [
        {**record, "at": f"2026-09-2{day}T09:00:00+08:00", "client": client, "purpose": purpose, "refused": refused}
        for day, client, purpose, refused in (
            (2, "bank_a", "贷前核验", False), (2, "bank_b", "贷前核验", False), (3, "bank_a", "贷后管理", True),
        )
    ]  # fmt: skip
    for line in lines:
        path = paths.calls() / f"{str(line['at'])[:10]}.ndjson"
        path.parent.mkdir(parents=True, exist_ok=True)
        with path.open("a") as file:
            file.write(json.dumps(line) + "\n")
    with (paths.calls() / "2026-09-23.ndjson").open("a") as file:
        file.write('{"at": "2026-09-23T10:00:00+08:00", "cl')  # a call is being written
    later = dt.datetime(2026, 9, 24, tzinfo=SHANGHAI)
    found = calls_of("enterprise_status_verification", "S1", later)
    assert [(c.client, c.count, c.refused, c.purposes) for c in found] == [
        ("bank_a", 2, 1, ["贷前核验", "贷后管理"]), ("bank_b", 1, 0, ["贷前核验"]),
    ]  # fmt: skip
    early = calls_of("enterprise_status_verification", "S1", dt.datetime(2026, 9, 22, 12, tzinfo=SHANGHAI))
    assert [(c.client, c.count) for c in early] == [("bank_a", 1), ("bank_b", 1)]
    plant()
    submit_release("enterprise_status_verification", "核验", "数据核验", GrantRecord.objects.get(grant="S1"), "b" * 64)
    (product,) = destinations(asked(names(FIRMS)["delivery"]), system()).products
    assert [(c.how, c.who, c.count) for c in product.consumers] == [("调用", "bank_a", 2), ("调用", "bank_b", 1)]
    assert "t_0" not in repr(product)
