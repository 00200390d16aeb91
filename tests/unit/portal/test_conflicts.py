"""The list of differing copies: the departments concerned read it, others do not, and no value stands in it."""

from __future__ import annotations

import polars as pl
import pytest

from scheme.names import integrated_name
from tests.unit.portal.accounts import as_user
from warehouse import versions
from warehouse.engine import connect

pytestmark = pytest.mark.django_db


@pytest.fixture
def listed(prepared):
    frame = pl.DataFrame(
        {
            "data_element": ["村居代码", "法人名称"],
            "source_resource": ["gongan.resident_population", "shichang.enterprise_registration"],
            "source_item": ["village_code", "name"], "source_batch_id": ["s1", "s2"], "source_row_number": [11, 12],
            "copy_resource": ["minzheng.subsistence_allowance", "shenpi.administrative_licences"],
            "copy_item": ["village_code", "subject_name"], "copy_batch_id": ["c1", "c2"], "copy_row_number": [21, 22],
        }
    )  # fmt: skip
    connection = connect()
    connection.register("rows", frame.to_arrow())
    connection.execute("CREATE TABLE t AS SELECT * FROM rows")
    versions.promote([versions.write(connection, integrated_name("value_conflict"), "t", key=["copy_row_number"])])


@pytest.mark.requirement("R015")
def test_a_department_reads_its_own_conflicts_by_row(listed):
    page = as_user("minzheng_clerk").get("/conflicts/").content.decode()
    assert "最低生活保障对象" in page and "行政许可" not in page
    rows = as_user("minzheng_clerk").get("/conflicts/minzheng/subsistence_allowance/village_code/").content.decode()
    assert all(cell in rows for cell in ("c1", "21", "s1", "11"))
    other = as_user("minzheng_clerk").get("/conflicts/shenpi/administrative_licences/subject_name/")
    assert other.status_code == 404


def test_the_bureau_reads_all_and_a_developer_nothing(listed):
    page = as_user("bureau_approver").get("/conflicts/").content.decode()
    assert "最低生活保障对象" in page and "行政许可" in page
    assert as_user("developer_s1").get("/conflicts/").status_code == 403


def test_before_anything_is_promoted_the_list_is_empty(prepared):
    assert "没有不一致的记录" in as_user("bureau_approver").get("/conflicts/").content.decode()
