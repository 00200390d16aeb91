"""Who sees what of lineage: every role at every page and question, for data sets of two departments and two grants."""

from __future__ import annotations

import json
from urllib.parse import quote
from uuid import uuid4

import pytest

from lineage.access import NO_SIGHT, redact, viewer
from lineage.events import emit
from lineage.graph.closure import closure
from lineage.graph.trace import UnknownNodeError
from lineage.graph.view import view
from registry import audit
from registry.accounts import PERMISSIONS
from registry.models import Account, AuditEvent, Role
from scheme.protocols import Column, ColumnEdge, LineageNode
from tests.unit.lineage.planted import (
    FIRMS,
    FIRMS_BATCH,
    FIRMS_FILE,
    HOMES,
    HOMES_BATCH,
    HOMES_FILE,
    MONDAY,
    names,
    node,
    plant,
)  # fmt: skip
from tests.unit.portal.accounts import as_user
from tests.unit.portal.api import get

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
PAGES = ("", "graph.json", "details/", "chains/", *(f"{question}/" for question in QUESTIONS))
COLUMN = {of[part]: {"delivery": "名称", "product": "beds"}.get(part, "name") for of in (OF, OTHER) for part in of}


def who(name: str) -> Account:
    return Account.objects.get(username=name)


@pytest.fixture(autouse=True)
def planted(api) -> None:
    plant()


def test_the_matrix_names_every_account_of_the_demo():
    assert {*SEES, "industry"} == set(Account.objects.values_list("username", flat=True))
    assert {who(name).role for name in SEES} == PERMISSIONS["lineage"]


@pytest.mark.parametrize("name", SEES)
def test_every_page_and_question_shows_a_data_set_to_whom_it_may_and_hides_it_from_all_others(name):
    client = as_user(name)
    for dataset in ALL:
        expected = 200 if dataset in SEES[name] else 404
        shown = {page: client.get(f"/lineage/{dataset}/{page}").status_code for page in PAGES}
        assert shown == dict.fromkeys(PAGES, expected)
        answers = {q: get(name, f"provenance/{q}", node=dataset).status_code for q in QUESTIONS}
        assert answers == dict.fromkeys(QUESTIONS, expected)
        asked = get(name, "provenance/closure", node=dataset, column=COLUMN[dataset], direction="downstream")
        assert asked.status_code == expected
        found = client.get("/lineage/", {"q": dataset}).content.decode()
        assert (f'href="/lineage/{dataset}/"' in found) == (dataset in SEES[name])


@pytest.mark.parametrize("name", SEES)
def test_what_is_shown_names_no_data_set_that_is_hidden_and_counts_it(name):
    hidden = ALL - SEES[name]
    client = as_user(name)
    shown = [client.get("/lineage/").content.decode(), client.get("/lineage/?q=标题").content.decode()]
    for dataset in SEES[name]:
        shown += [client.get(f"/lineage/{dataset}/{page}").content.decode() for page in PAGES]
        shown += [get(name, f"provenance/{q}", node=dataset).text for q in QUESTIONS]
        for direction in ("upstream", "downstream"):
            asked = {"node": dataset, "column": COLUMN[dataset], "direction": direction, "edges": "true"}
            shown.append(get(name, "provenance/closure", **asked).text)
    assert [d for d in hidden if any(d in text for text in shown)] == []


@pytest.mark.parametrize("name", SEES)
def test_delivered_files_and_statement_texts_are_for_those_the_table_names(name):
    texts = [as_user(name).get(f"/lineage/{d}/{page}").content.decode() for d in SEES[name] for page in PAGES]
    texts += [get(name, f"provenance/{q}", node=d).text for d in SEES[name] for q in QUESTIONS]
    delivered = (HOMES_FILE, HOMES_BATCH, FIRMS_FILE, FIRMS_BATCH, "elderly_care_institutions.csv")
    found = any(word in text for word in delivered for text in texts)
    assert found == (name in FILES and bool(SEES[name]))
    sql = {"sql": {"query": "select 1"}, "sourceCode": {}, "schema": {}, "suyuan_delivery": {}, "version": {}}
    kept = redact(sql, viewer(who(name)), OF["delivery"])
    assert ("sql" in kept, "sourceCode" in kept) == (name in SQL, name in SQL)
    assert ("suyuan_delivery" in kept, "version" in kept, "schema" in kept) == (name in FILES, name in FILES, True)


def test_nobody_the_industry_authority_and_unknown_roles_see_nothing(client):
    pages = ["/lineage/", "/lineage/?q=firms", "/acts/", "/acts/auditor/"]
    pages += [f"/lineage/{OF['product']}/{page}" for page in PAGES]
    asked = {"node": OF["product"], "column": "beds"}
    assert [get(name, "provenance/closure", **asked).status_code for name in ("industry", None)] == [403, 401]
    assert {as_user("industry").get(p).status_code for p in pages} == {403}
    assert {client.get(p).status_code for p in pages} == {302}
    assert {get("industry", f"provenance/{q}", node=OF["product"]).status_code for q in QUESTIONS} == {403}
    assert {get(None, f"provenance/{q}", node=OF["product"]).status_code for q in (*QUESTIONS, "acts")} == {401}
    stranger, gone = who("auditor"), who("engineer")
    stranger.role, gone.is_active = "somebody", False
    assert viewer(stranger).sight == viewer(gone).sight == NO_SIGHT
    assert not viewer(stranger).sees(view()).any() and not viewer(stranger).may("sources")
    assert Role.INDUSTRY_AUTHORITY not in PERMISSIONS["lineage"]


BASE = "platform.integrated.registry"


@pytest.fixture
def base() -> None:
    """A register made of both departments' staging."""
    ends = [(OF["staging"], "name"), (OTHER["staging"], "name")]
    edges = tuple(ColumnEdge("name", source, column, "DIRECT", "IDENTITY", masking=False) for source, column in ends)
    sources = [node(source, column, "1" * 64) for source, column in ends]
    made = LineageNode(BASE, (Column("name", "text"),), "2" * 64, edges)
    emit.step("base", uuid4(), inputs=sources, outputs=[made], started=MONDAY, ended=MONDAY, job_type="MODEL")


def test_a_department_is_told_how_many_data_sets_are_outside_of_what_it_sees(base):
    text = as_user("minzheng_clerk").get(f"/lineage/{BASE}/sources/").content.decode()
    assert "结果不完整：另有 1 个数据集不在您的查看范围内。" in text and OTHER["staging"] not in text


UP = {OF[part] for part in ("delivery", "landing", "staging")}
DOWN = {OF[part] for part in ("staging", "subset", "product")}


@pytest.mark.parametrize(
    ("name", "downstream", "upstream"),
    [
        ("auditor", DOWN | {BASE}, {BASE} | UP | {OTHER[part] for part in ("delivery", "landing", "staging")}),
        ("minzheng_clerk", DOWN | {BASE}, {BASE} | UP),
        ("primary_reviewer", DOWN, None),
        ("developer_s2", DOWN, None),
    ],
)
def test_each_kind_of_reader_gets_its_own_closure_and_the_number_of_what_is_hidden(base, name, downstream, upstream):
    sees, hidden = viewer(who(name)).sees, ["1 data sets are outside of what this account may see"]
    found = closure(OF["staging"], "name", direction="downstream", sees=sees)
    assert set(found["datasets"]) == downstream
    assert found["incomplete_because"] == ([] if BASE in downstream else hidden)
    if upstream is None:
        with pytest.raises(UnknownNodeError):
            closure(BASE, "name", direction="upstream", sees=sees)
        return
    found = closure(BASE, "name", direction="upstream", sees=sees)
    assert set(found["datasets"]) == upstream
    assert found["incomplete_because"] == ([] if name == "auditor" else hidden)


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
