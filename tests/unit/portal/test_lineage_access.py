"""Who sees what of lineage: every role at every page and question, for data sets of two departments and two grants."""

from __future__ import annotations

import json
from urllib.parse import quote

import pytest

from lineage.access import NO_SIGHT, redact, viewer
from lineage.graph.view import view
from registry import audit
from registry.accounts import PERMISSIONS
from registry.models import Account, AuditEvent, Role
from tests.unit.lineage.planted import FIRMS, FIRMS_BATCH, FIRMS_FILE, HOMES, HOMES_BATCH, HOMES_FILE, names, plant
from tests.unit.portal.accounts import as_user
from tests.unit.portal.interface import get, in_this_thread

pytestmark = pytest.mark.django_db
OF, OTHER = names(HOMES), names(FIRMS)  # minzheng → S2, shichang → S1
ALL = {*OF.values(), *OTHER.values()}
S1, S2 = set(OTHER.values()), set(OF.values())
SEES: dict[str, set[str]] = {
    "auditor": ALL, "bureau_approver": ALL, "bureau_handler": ALL, "engineer": ALL, "security": ALL,
    "primary_reviewer": ALL, "service_engineer": ALL,  # both grants' subsets and products, and what they are made of
    "minzheng_clerk": S2, "minzheng_head": S2, "gongdian_clerk": set(), "gongdian_head": set(),
    "developer_s1": S1, "developer_s2": S2,
}  # fmt: skip
SQL = {"auditor", "bureau_approver", "bureau_handler", "engineer"}
FILES = SQL | {"security", "minzheng_clerk", "minzheng_head", "gongdian_clerk", "gongdian_head"}
REBUILD = SQL | {"security"}
QUESTIONS = ("sources", "destinations", "responsibility", "impact")


def who(name: str) -> Account:
    return Account.objects.get(username=name)


@pytest.fixture(autouse=True)
def planted(prepared, monkeypatch) -> None:
    plant()
    in_this_thread(monkeypatch)


def test_the_matrix_names_every_account_of_the_demo():
    assert {*SEES, "industry"} == set(Account.objects.values_list("username", flat=True))
    assert {who(name).role for name in SEES} == PERMISSIONS["lineage"]


@pytest.mark.parametrize("name", SEES)
def test_every_page_and_question_shows_a_data_set_to_whom_it_may_and_hides_it_from_all_others(name):
    client = as_user(name)
    for dataset in ALL:
        expected = 200 if dataset in SEES[name] else 404
        pages = [f"/lineage/{dataset}/", f"/lineage/{dataset}/graph.json"]
        pages += [f"/lineage/{dataset}/{question}/" for question in QUESTIONS]
        assert {p: client.get(p).status_code for p in pages} == dict.fromkeys(pages, expected)
        answers = {q: get(name, f"provenance/{q}", node=dataset).status_code for q in QUESTIONS}
        assert answers == dict.fromkeys(QUESTIONS, expected)


@pytest.mark.parametrize("name", SEES)
def test_what_is_shown_names_no_data_set_that_is_hidden_and_counts_it(name):
    hidden = ALL - SEES[name]
    shown = [as_user(name).get("/lineage/").content.decode()]
    for dataset in SEES[name]:
        shown += [as_user(name).get(f"/lineage/{dataset}/{q}/").content.decode() for q in QUESTIONS]
        shown.append(as_user(name).get(f"/lineage/{dataset}/graph.json").content.decode())
        shown += [get(name, f"provenance/{q}", node=dataset).text for q in QUESTIONS]
    assert [d for d in hidden if any(d in text for text in shown)] == []


@pytest.mark.parametrize("name", SEES)
def test_delivered_files_and_statement_texts_are_for_those_the_table_names(name):
    texts = [
        as_user(name).get(f"/lineage/{d}/{page}").content.decode()
        for d in SEES[name]
        for page in ("", "sources/", "responsibility/", "impact/", "graph.json")
    ]
    texts += [get(name, f"provenance/{q}", node=d).text for d in SEES[name] for q in QUESTIONS]
    delivered = (HOMES_FILE, HOMES_BATCH, FIRMS_FILE, FIRMS_BATCH, "elderly_care_institutions.csv")
    found = any(word in text for word in delivered for text in texts)
    assert found == (name in FILES and bool(SEES[name]))
    sql = {"sql": {"query": "select 1"}, "sourceCode": {}, "schema": {}, "suyuan_delivery": {}, "version": {}}
    kept = redact(sql, viewer(who(name)), OF["delivery"])
    assert ("sql" in kept, "sourceCode" in kept) == (name in SQL, name in SQL)
    assert ("suyuan_delivery" in kept, "version" in kept, "schema" in kept) == (name in FILES, name in FILES, True)


def test_nobody_the_industry_authority_and_unknown_roles_see_nothing(client):
    pages = [
        "/lineage/",
        f"/lineage/{OF['product']}/",
        f"/lineage/{OF['product']}/sources/",
        "/acts/",
        "/acts/auditor/",
    ]
    assert {as_user("industry").get(p).status_code for p in pages} == {403}
    assert {client.get(p).status_code for p in pages} == {302}
    assert {get("industry", f"provenance/{q}", node=OF["product"]).status_code for q in QUESTIONS} == {403}
    assert {get(None, f"provenance/{q}", node=OF["product"]).status_code for q in (*QUESTIONS, "acts")} == {401}
    stranger, gone = who("auditor"), who("engineer")
    stranger.role, gone.is_active = "somebody", False
    assert viewer(stranger).sight == viewer(gone).sight == NO_SIGHT
    assert not viewer(stranger).sees(view()).any() and not viewer(stranger).may("sources")
    assert Role.INDUSTRY_AUTHORITY not in PERMISSIONS["lineage"]


def test_a_department_is_told_how_many_data_sets_are_outside_of_what_it_sees():
    from tests.unit.lineage.planted import MONDAY, node, step

    base = "platform.integrated.registry"
    step(
        "base", node(OTHER["staging"], "name", "1" * 64), node(base, "name", "2" * 64, OTHER["staging"], "name"), MONDAY
    )
    step("base2", node(OF["staging"], "name", "1" * 64), node(base, "code", "2" * 64, OF["staging"], "name"), MONDAY)
    text = as_user("minzheng_clerk").get(f"/lineage/{base}/sources/").content.decode()
    assert "结果不完整：另有 1 个数据集不在您的查看范围内。" in text and OTHER["staging"] not in text


ACTS: dict[str, set[str]] = {  # whose acts each may read, of these
    "auditor": {"auditor", "minzheng_clerk", "developer_s1"},
    "bureau_approver": {"auditor", "minzheng_clerk", "developer_s1"},
    "bureau_handler": set(), "minzheng_head": {"minzheng_clerk"}, "minzheng_clerk": {"minzheng_clerk"},
    "developer_s1": {"developer_s1"}, "developer_s2": set(), "gongdian_head": set(), "primary_reviewer": set(),
}  # fmt: skip


@pytest.mark.requirement("R131")
@pytest.mark.parametrize("name", ACTS)
def test_acts_are_read_by_oneself_ones_head_and_those_who_audit(name):
    for other in ("auditor", "minzheng_clerk", "developer_s1"):
        expected = 200 if other in ACTS[name] else 403
        pages = [f"/acts/{other}/", f"/acts/{other}/file/csv/"]
        assert {as_user(name).get(p).status_code for p in pages} == {expected}
        assert get(name, "provenance/acts", account=other).status_code == expected
    assert as_user(name).get(f"/acts/{name}/").status_code == 200
    absent = 400 if name in ("auditor", "bureau_approver") else 403  # who may not read all learns of no account
    assert as_user(name).get("/acts/nobody/").status_code == absent


@pytest.mark.requirement("R127")
def test_every_look_is_one_event_with_question_moment_purpose_and_no_value():
    looks = [
        (f"/lineage/{OF['product']}/", "graph", OF["product"]),
        (
            f"/lineage/{OF['product']}/sources/?column=beds&purpose={quote('核查投诉')}&at=2026-09-23",
            "sources",
            OF["product"],
        ),
        (f"/lineage/{OF['delivery']}/impact/?batch={HOMES_BATCH}", "impact", OF["delivery"]),
        ("/acts/auditor/", "acts", "account:auditor"),
    ]
    for path, question, on in looks:
        before = AuditEvent.objects.count()
        assert as_user("auditor").get(path).status_code == 200
        event = AuditEvent.objects.order_by("-seq").first()
        assert event and AuditEvent.objects.count() == before + 1
        assert (event.actor, event.action, event.object, event.detail["question"]) == (
            "auditor",
            "查询血缘",
            on,
            question,
        )
    told = AuditEvent.objects.filter(detail__question="sources").get().detail
    assert (told["purpose"], told["column"], told["as_of"]) == ("核查投诉", "beds", "2026-09-23T00:00:00+08:00")
    assert told["is_complete"] is True and told["as_of_seq"] > 0
    assert get("auditor", "provenance/destinations", node=OF["staging"], purpose="抽查").status_code == 200
    event = AuditEvent.objects.order_by("-seq").first()
    assert event and (event.object, event.detail["purpose"]) == (OF["staging"], "抽查")
    as_user("auditor").get("/acts/minzheng_clerk/file/json/?purpose=x")
    event = AuditEvent.objects.order_by("-seq").first()
    assert event and (event.action, event.object) == ("导出行为记录", "account:minzheng_clerk")
    assert audit.verify() == AuditEvent.objects.count()


def test_a_refused_or_unknown_question_is_no_answer_and_leaves_no_trace_of_one():
    before = AuditEvent.objects.count()
    assert as_user("developer_s2").get(f"/lineage/{OTHER['product']}/sources/").status_code == 404
    assert as_user("auditor").get(f"/lineage/{OF['product']}/sources/?at=soon").status_code == 400
    wrong = get("auditor", "provenance/sources", node=OF["product"], known="soon")
    assert (wrong.status_code, wrong.headers["content-type"]) == (422, "application/problem+json")
    assert "已知至" in json.loads(wrong.text)["detail"] and AuditEvent.objects.count() == before


@pytest.mark.parametrize("name", SEES)
def test_rebuilding_is_for_those_the_table_names(name):
    from registry.actions import submit_release
    from registry.models import GrantRecord

    made = submit_release(
        "elderly_care_report", "报告", "数据报告", GrantRecord.objects.get(grant="S2"), "c" * 63 + "2"
    )
    answer = as_user(name).post(f"/products/{made.pk}/rebuild/")
    assert answer.status_code == (302 if name in REBUILD else 403)  # nothing is kept here: it says so
