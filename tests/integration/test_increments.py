"""Whole and incremental deliveries with deletions, through landing and dbt, against a plain replay in Python."""

from __future__ import annotations

import csv
import io
import shutil

import pytest
import yaml

from tests.district import ROOT

HEADERS = ["编号", "名称", "变更类型"]
WHOLE = [["A", "甲", "新增"], ["B", "乙", "新增"], ["C", "丙", "新增"], ["C", "丙二", "新增"], ["", "无号", "新增"]]
FIRST = [["A", "甲改", "变更"], ["D", "丁", "新增"]]
SECOND = [["B", "", "删除"], ["A", "甲再改", "变更"], ["", "又无号", "新增"]]


def text(rows: list[list[str]]) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([HEADERS, *rows])
    return out.getvalue()


def replay(deliveries: list[list[list[str]]]) -> list[tuple[str, str]]:
    """What should stand in the platform: of each key what the last delivery says; rows without key stay."""
    present: list[tuple[str, str]] = []
    for rows in deliveries:
        named = {r[0] for r in rows if r[0]}
        present = [p for p in present if p[0] not in named]
        present += [(r[0], r[1]) for r in rows if r[2] != "删除"]
    return sorted(present)


@pytest.fixture
def incremental(tmp_path):
    from tests.district import District

    district = District(tmp_path / "own")
    folder = tmp_path / "catalog"
    shutil.copytree(ROOT / "catalog", folder)
    entry = {
        "department": "minzheng", "resource": "things", "name": "增量资源", "code": "1010002/000099",
        "abstract": "测试", "update_cycle": "daily", "sharing": "无条件共享", "operation": "可授权",
        "key": ["thing_id"],
        "delivery": {"increments": {"marker": "change", "deleted": ["删除"]}},
        "items": [
            {"code": "thing_id", "name": "编号", "grade": 1},
            {"code": "name", "name": "名称", "grade": 1},
            {"code": "change", "name": "变更类型", "grade": 1},
        ],
    }  # fmt: skip
    (folder / "minzheng" / "things.yml").write_text(yaml.safe_dump(entry, allow_unicode=True), "utf-8")
    return district, {"SUYUAN_CATALOG": str(folder)}


@pytest.mark.requirement("R016")
def test_increments_change_add_and_take_away_like_a_plain_replay(incremental, tmp_path):
    district, catalog = incremental

    def deliver(rows: list[list[str]], day: int, *options: str):
        file = tmp_path / f"{day}.csv"
        file.write_text(text(rows), "utf-8")
        now = f"2026-09-{day}T09:30:00"
        return district.suyuan("deliver", "minzheng.things", str(file), *options, **catalog, SUYUAN_NOW=now)

    refused = deliver(FIRST, 20, "--increment")
    assert refused.returncode == 1 and "no whole delivery yet" in refused.stderr
    for rows, day, options in ((WHOLE, 21, ()), (FIRST, 22, ("--increment",)), (SECOND, 23, ("--increment",))):
        assert deliver(rows, day, *options).returncode == 0
    done = district.suyuan("run", "--resource", "minzheng.things", **catalog)
    assert " 0 failed" in done.stdout, done.stdout + done.stderr
    assert "key__unique" in done.stdout  # two rows of one delivery under one key are a problem, not superseded
    code = (
        "from warehouse import versions; from scheme.names import staging_name; from warehouse.engine import connect;"
        "v = versions.latest_written(staging_name('minzheng', 'things'));"
        "print(sorted((a or '', b or '') for a, b in connect().execute("
        "f\"SELECT thing_id, name FROM read_parquet('{v.path}')\").fetchall()))"
    )
    found = district.python(code)
    assert found.stdout.strip() == str(replay([WHOLE, FIRST, SECOND])), found.stderr
