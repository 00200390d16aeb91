"""资源代码: the next free number of a department's class, never one that was given."""

from __future__ import annotations

import pytest

from scheme.catalog import Department
from scheme.catalog_codes import next_code

OWN = Department(code="minzheng", name="民政局", short="区民政局")
SAMPLES = Department(code="waibu", name="外部样例", short="外部样例", kind="外部样例")
GIVEN = [("minzheng", "1010002/000001"), ("minzheng", "1010002/000007"), ("gongan", "1010001/000002")]


@pytest.mark.parametrize(
    ("department", "given", "expected"),
    [
        (OWN, GIVEN, "1010002/000008"),
        (OWN, [*GIVEN, ("gongan", "1010002/000009")], "1010002/000010"),  # moved to another department: still given
        (OWN, GIVEN[2:], "1010002/000001"),
        (OWN, [("gongdian", "1010008/000001"), ("waibu", "9010001/000001")], "1010009/000001"),
        (OWN, [], "1010001/000001"),
        (SAMPLES, GIVEN, "9010001/000001"),
        (OWN, [("minzheng", "待分配"), ("minzheng", "x")], "1010001/000001"),
    ],
)
def test_the_next_code_is_free(department, given, expected):
    assert next_code(department, given) == expected


def test_a_sequence_that_is_used_up_says_so():
    with pytest.raises(ValueError, match="1010002"):
        next_code(OWN, [("minzheng", "1010002/999999")])
