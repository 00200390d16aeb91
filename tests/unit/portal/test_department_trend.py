"""The department's page shows how its score moved, month by month, as a chart and as a table."""

from __future__ import annotations

import re

import pytest

from registry import demo
from tests.unit.expectations.test_scoring import judged
from tests.unit.portal.accounts import as_user

pytestmark = pytest.mark.django_db


@pytest.mark.requirement("R024")
def test_the_score_of_each_month_stands_on_the_departments_page(home):
    """August 6/10; in September 2/3 of the one and 7/10 of the other resource, which was not judged again."""
    demo.prepare_demo()
    judged("minzheng.subsistence_allowance", "20260802T090000-a", "2026-08-02T10:00", (5, 10))
    judged("minzheng.elderly_care_institutions", "20260810T090000-b", "2026-08-31T23:30", (7, 10))
    assert "department-trend" not in page()
    judged("minzheng.subsistence_allowance", "20260905T090000-d", "2026-09-05T10:00", (2, 3))
    shown = re.sub(r"<[^>]+>", " ", page().split("民政局数据质量得分（表格）")[1].split("</table>")[0])
    assert re.findall(r"2026-\d\d|\d+\.\d+", shown) == ["2026-08", "60.00", "60.00", "2026-09", "68.33", "68.33"]
    assert 'id="department-trend"' in page()


def page() -> str:
    return as_user("minzheng_clerk").get("/quality/minzheng/").content.decode()
