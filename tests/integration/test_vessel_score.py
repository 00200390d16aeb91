"""The score of a real register, worked out by hand from the delivered file, equals the figure that is reported."""

from __future__ import annotations

import csv
from collections import Counter
from datetime import datetime
from fractions import Fraction

import pytest

from tests.district import District

RESOURCE = "waibu.ocean_vessels"
LIMITS = [  # characters, from the catalog's data standard
    ("fishing_method", "作业方式", 50), ("owner_name", "所有人", 100), ("fishing_area", "作业海域", 200),
    ("company_name", "企业名称", 100), ("captain_name", "船长姓名", 50), ("flag_state", "渔船国籍", 20),
    ("vessel_name", "船名号", 50),
]  # fmt: skip
TEXTS = [code for code, _, _ in LIMITS if code not in ("vessel_name", "captain_name")]


def counted(file) -> dict[str, tuple[int, int]]:
    """Return rule → (A, B) from the file alone. Of its 352 rows two hold nothing but zeros and were quarantined."""
    with file.open(encoding="gb18030", newline="") as opened:
        delivered = list(csv.DictReader(opened))
    assert len(delivered) == 352
    rows = [r for r in delivered if {v for v in r.values() if v} != {"0"}]
    b = len(rows)
    assert b == 350
    names = Counter(r["船名号"] for r in rows)

    def a(holds, header: str = "") -> tuple[int, int]:
        """B: rows with a value under the header; an empty cell is what 为空 asks about, and no other rule."""
        put = [r for r in rows if not header or r[header].strip()]
        return sum(bool(holds(r)) for r in put), len(put)

    def is_date(text: str) -> bool:
        return bool(datetime.strptime(text, "%Y-%m-%d %H:%M:%S.%f"))

    def is_number(text: str) -> bool:
        return float(text) == float(text)

    built, engine, tonnage = "建造完工日期", "主机功率", "总吨位"
    found = {f"{code}__length": a(lambda r, n=name, m=most: len(r[n]) <= m, name) for code, name, most in LIMITS}
    found |= {
        "vessel_name__required": a(lambda r: r["船名号"].strip()),
        "key__unique": a(lambda r: names[r["船名号"]] == 1, "船名号"),
        "built_on__type": a(lambda r: is_date(r[built]), built),
        "impossible_build_date": a(lambda r: 1900 <= int(r[built][:4]) <= 2099, built),
        "engine_power_kw__type": a(lambda r: is_number(r[engine]), engine),
        "engine_power_kw__range": a(lambda r: float(r[engine]) >= 0, engine),
        "gross_tonnage__type": a(lambda r: is_number(r[tonnage]), tonnage),
        "gross_tonnage__range": a(lambda r: float(r[tonnage]) >= 0, tonnage),
        "not_empty": (1, 1),  # one delivery, and it holds rows
        "Q26": (1, 1),  # 352 declared, 350 landed, 2 quarantined
    }
    assert found.pop("captain_name__length") == (0, 0)  # no vessel has a captain: the rule was put to no row
    return found


@pytest.mark.requirement("R024")
def test_the_score_worked_out_by_hand_equals_the_report(tmp_path, deliveries):
    file = sorted((deliveries / "sd_ocean_vessels").glob("*.csv"))[0]
    district = District(tmp_path / "own")
    district.json("deliver", RESOURCE, str(file), "--rows", "352")
    done = district.suyuan("run", "--resource", RESOURCE)
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]

    x = counted(file)
    shown = district.json("quality", "score", "--level", "rule", "--department", "waibu")
    assert {r["rule"]: (r["A"], r["B"]) for r in shown} == x
    assert (x["key__unique"], x["impossible_build_date"]) == ((348, 350), (0, 350))

    def share(rule: str) -> Fraction:
        return Fraction(*x[rule])

    # 完整性: the key item's 主键为空 (350/350), weight 2; the delivery as a whole, weight 1: both its rules are 严重.
    completeness = (2 * share("vessel_name__required") + 1 * (share("not_empty") + share("Q26")) / 2) / (2 + 1)
    # 准确性: item by item, each the mean of its rules, all 一般 and so of equal weight.
    built_on = (share("built_on__type") + share("impossible_build_date")) / 2  # (350/350 + 0/350) / 2 = 0.5
    engine = (share("engine_power_kw__type") + share("engine_power_kw__range")) / 2
    tonnage = (share("gross_tonnage__type") + share("gross_tonnage__range")) / 2
    texts = [share(f"{code}__length") for code in TEXTS]  # without 船长姓名: nothing to evaluate
    key, record = share("vessel_name__length"), share("key__unique")  # the key item weighs 2, the record 1
    accuracy = (sum(texts) + built_on + engine + tonnage + 2 * key + record) / (5 + 1 + 1 + 1 + 2 + 1)
    # = (5 + 0.5 + 1 + 1 + 2 + 348/350) / 11 = 0.954026…
    total = (completeness + accuracy) / 2  # nothing was evaluated in 一致性 and 及时性（不定期更新）

    (row,) = district.json("quality", "score", "--department", "waibu")
    assert row["completeness"] == round(float(100 * completeness), 4) == 100.0
    assert row["accuracy"] == round(float(100 * accuracy), 4) == 95.4026
    assert (row["consistency"], row["timeliness"]) == (None, None)
    assert row["total"] == round(float(100 * total), 4) == 97.7013
