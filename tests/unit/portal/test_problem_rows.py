"""Problem rows in the portal: the department reads its own cells, everyone else references and masked cells."""

from __future__ import annotations

import csv
import io
from urllib.parse import unquote

import pytest

from expectations import evaluate as judging
from expectations import findings
from expectations.documents.files import as_file_name
from orchestration.ingest.deliver import land_waiting
from registry import demo
from registry.models import AuditEvent
from scheme.catalog_files import load_catalog
from scheme.names import staging_name
from tests.unit.ingest.test_landing import csv_text
from tests.unit.portal.accounts import as_user
from warehouse import versions
from warehouse.declaration import Declaration
from warehouse.engine import connect
from warehouse.inbox import hand_over

CATALOG = """
department: minzheng
resource: things
name: 测试资源
code: 3/1
abstract: 测试
update_cycle: monthly
sharing: 无条件共享
operation: 可授权
key: [person_id]
items:
  - {code: person_id, name: 人员编号, grade: 3, personal: true}
  - {code: sex_code, name: 性别, code_list: sex_code, grade: 1}
  - {code: amount, name: 数量, type: I, maximum: 100, grade: 1}
  - {code: note, name: 说明, grade: 1}
rules:
  - {rule: T1, item: person_id, dimension: accuracy, severity: warning, meaning: 人员编号以9开头,
     failing: "starts_with(person_id, '9')"}
"""
ROWS = [
    ["900000000000000001", "1", "3", "=1+1"],
    ["A2", "7", "400", "好"],
    ["A3", "1", "500", '他说"好"'],
    ["A4", "2", "6", ""],
]
PAGE = "/quality/minzheng/things/rules/{}/"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def judged(home, db, tmp_path, monkeypatch) -> None:
    """One delivered, staged and judged batch of a register with personal items."""
    demo.prepare_demo()
    folder = tmp_path / "catalog"
    (folder / "minzheng").mkdir(parents=True)
    (folder / "minzheng" / "things.yml").write_text(CATALOG, "utf-8")
    (folder / "departments.yml").write_text(
        "- {code: minzheng, name: 济宁市兖州区民政局, short: 区民政局}\n"
        "- {code: gongdian, name: 供电公司, short: 区供电公司, kind: 公用企业}\n", "utf-8",
    )  # fmt: skip
    monkeypatch.setenv("SUYUAN_CATALOG", str(folder))
    entry = load_catalog(folder).entry("minzheng.things")
    file = tmp_path / "d.csv"
    file.write_text(csv_text(ROWS, ["人员编号", "性别", "数量", "说明"]), "utf-8")
    hand_over(entry, file, Declaration(rows_declared=4), "tester")
    batch = next(iter(land_waiting(entry, "tester")))
    connection = connect()
    connection.execute(
        "CREATE TABLE t AS SELECT person_id, sex_code, amount::BIGINT AS amount, note, "
        "[]::VARCHAR[] AS _invalid_items, "
        f"_batch_id, _row_number FROM read_parquet('{batch.data}')"
    )
    name = staging_name("minzheng", "things")
    version = versions.write(connection, name, "t", key=["_batch_id", "_row_number"], batches=[batch.batch_id])
    connection.close()
    catalog = load_catalog(folder)
    findings.record(version, judging.evaluate(version, entry, catalog), judging.basis(version, entry))


def full(name: str, rule: str) -> list[list[str]]:
    answer = as_user(name).get(PAGE.format(rule) + "full/")
    assert answer.status_code == 200
    text = b"".join(answer.streaming_content).decode("utf-8-sig")
    return list(csv.reader(io.StringIO(text)))


@pytest.mark.requirement("R024")
def test_the_department_reads_its_cells_as_delivered():
    page = as_user("minzheng_clerk").get(PAGE.format("T1")).content.decode()
    assert "900000000000000001" in page and "=1+1" in page
    assert AuditEvent.objects.filter(action="查看问题数据", actor="minzheng_clerk").count() == 1


@pytest.mark.requirement("R024")
def test_everyone_else_reads_the_items_of_the_rule_masked():
    page = as_user("bureau_approver").get(PAGE.format("T1")).content.decode()
    assert "9" + "＊" * 17 in page and "900000000000000001" not in page
    assert "=1+1" not in page
    page = as_user("bureau_approver").get(PAGE.format("amount__range")).content.decode()
    assert "400" in page and "A2" not in page  # the amount is open, the person is not shown


@pytest.mark.parametrize("name", ["gongdian_clerk", "developer_s1", "primary_reviewer", "security"])
def test_another_department_or_an_operating_institution_reads_nothing(name):
    for path in (PAGE.format("T1"), PAGE.format("T1") + "full/"):
        answer = as_user(name).get(path)
        assert answer.status_code == 403 and "9000000" not in answer.content.decode()


def test_the_full_list_holds_every_row_and_no_formula():
    rows = full("minzheng_head", "T1")
    assert rows[0] == ["批次", "行号", "人员编号", "性别", "数量", "说明"]
    assert [r[1:] for r in rows[1:]] == [["1", "900000000000000001", "1", "3", "'=1+1"]]
    assert [r[1:] for r in full("minzheng_head", "amount__range")[1:]] == [
        ["2", "A2", "7", "400", "好"], ["3", "A3", "1", "500", '他说"好"'],
    ]  # fmt: skip


def test_the_full_list_of_others_is_references_only():
    assert [r[1:] for r in full("auditor", "amount__range")] == [["行号"], ["2"], ["3"]]


@pytest.mark.parametrize("rule", ["Q26", "nothing", "not_empty", "person_id__required"])
def test_a_rule_without_problem_rows_says_so(rule):
    answer = as_user("bureau_approver").get(PAGE.format(rule))
    assert answer.status_code == 404 and "没有可逐条列出的问题数据" in answer.content.decode()


@pytest.mark.parametrize("page", ["0", "-1", "99", "x", "²", "99999999999999"])
def test_a_wrong_page_number_shows_a_page(page):
    assert as_user("bureau_approver").get(PAGE.format("T1"), {"page": page}).status_code == 200


def test_a_name_that_is_no_file_name_is_saved_under_one_that_is(tmp_path):
    file = tmp_path / "catalog" / "minzheng" / "things.yml"
    file.write_text(CATALOG.replace("name: 测试资源", f"name: '{'测' * 120}:?<资源>'"), "utf-8")
    clerk = as_user("minzheng_clerk")
    answer = clerk.get(PAGE.format("T1") + "full/")
    assert answer.status_code == 200 and len(list(answer.streaming_content)) > 0
    workbook = clerk.get("/quality/minzheng/things/corrections/")
    assert workbook.status_code == 200
    for each, ending in ((answer, ".csv"), (workbook, ".xlsx")):
        name = unquote(each["Content-Disposition"].rpartition("''")[2])
        assert name.endswith(ending) and not set(name) & set('/\\:*?"<>|') and len(name.encode()) < 256


@pytest.mark.parametrize(
    ("stem", "name"),
    [("../../etc/passwd", "_.._etc_passwd.csv"), ("a\nb\x00c\u202ed", "a_b_c_d.csv"), ("", "_.csv"),
     ("..", "_.csv"), ("养老机构", "养老机构.csv")],
)  # fmt: skip
def test_any_text_becomes_one_files_name(stem, name):
    assert as_file_name(stem, "csv") == name
