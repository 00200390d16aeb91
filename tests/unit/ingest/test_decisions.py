"""Quarantined rows: released, rejected or repaired from other days; never silently, never twice."""

from __future__ import annotations

import json

import polars as pl
import pytest

from config.settings import settings
from orchestration.ingest.deliver import land_waiting
from scheme.catalog_files import load_catalog
from tests.unit.ingest.test_landing import HEADERS, ROWS, csv_text, deliver
from warehouse import decisions, quarantine
from warehouse.decisions import DecisionRefusedError, decide
from warehouse.declaration import Declaration
from warehouse.inbox import hand_over


@pytest.fixture
def batch(home, tmp_path):
    rows = [ROWS[0], HEADERS, ["0", "0", "0"], ["A2", "乙", "1", "多"]]
    file = tmp_path / "d.csv"
    file.write_text(csv_text(rows), "utf-8")
    return deliver(file)


def test_a_released_row_is_whole_and_marked_and_a_rejected_one_stays_out(batch):
    assert decisions.still_open(batch) == {2: "leaked_heading", 3: "all_zero", 4: "wrong_field_count"}
    decide(batch, [2], decisions.RELEASED, by="clerk", note="核实无误")
    decide(batch, [3, 4], decisions.REJECTED, by="clerk", note="占位")
    kept = pl.read_parquet(decisions.file(batch))
    assert kept.filter(pl.col("decision") == "released").select("thing_id", "name", "amount").rows() == [tuple(HEADERS)]
    assert decisions.counts(batch) == {"released": 1, "rejected": 2}
    assert decisions.still_open(batch) == {}


@pytest.mark.parametrize("rows", [[], [1], [2, 99]])
def test_only_open_rows_can_be_decided(batch, rows):
    with pytest.raises(DecisionRefusedError):
        decide(batch, rows, decisions.REJECTED, by="clerk", note="")
    assert not decisions.file(batch).exists()


def test_a_decision_is_final(batch):
    decide(batch, [2], decisions.REJECTED, by="clerk", note="")
    with pytest.raises(DecisionRefusedError):
        decide(batch, [2], decisions.RELEASED, by="clerk", note="")


def test_a_row_that_is_not_whole_cannot_be_released(batch):
    with pytest.raises(DecisionRefusedError) as refused:
        decide(batch, [4], decisions.RELEASED, by="clerk", note="")
    assert refused.value.kind == "unreleasable"
    assert not quarantine.is_releasable("number_precision_lost")


@pytest.mark.requirement("R017")
def test_housing_snapshots_are_repaired_from_other_days_and_give_the_true_sales(home, deliveries):
    entry = load_catalog(settings().catalog).entry("shizhujian.housing_units")
    files = sorted((deliveries / "jining_housing").glob("麓鸣府_*.json"))
    for file in files:
        hand_over(entry, file, Declaration(handed_over_at=f"2026-06-{int(file.stem[-2:]):02d}T09:00:00"), "tester")
    found = list(land_waiting(entry, "tester"))
    assert [b.rows_in for b in found] == [206] * 8
    for file, batch in zip(files, found, strict=True):
        document = json.loads(file.read_text("utf-8"))
        landed = pl.read_parquet(batch.data).select(batch.columns)
        mended = pl.read_parquet(decisions.file(batch)) if decisions.file(batch).exists() else None
        damaged = [h for h in document["houses"] if any("\ufffd" in str(v) for v in h.values())]
        assert mended is not None and len(mended) == len(damaged) > 0
        assert mended["decision"].unique().to_list() == ["repaired"]
        assert all(mended["repaired"].list.len() > 0)
        whole = pl.concat([landed, mended.select(batch.columns)])
        assert len(whole) == 206
        assert not any(whole[c].str.contains("\ufffd").any() for c in batch.columns)
        assert (whole["sale_status"] == "已售").sum() == document["totalStats"]["已售"]


def test_a_damaged_cell_with_two_fitting_values_stays_in_quarantine(home, tmp_path):
    from scheme.catalog import CatalogEntry
    from tests.unit.ingest.test_landing import entry

    own = CatalogEntry.model_validate(entry().model_dump() | {"delivery": {"repair": True}})
    days = [[["A", "备案", "1"], ["B", "签约", "1"]], [["A", "备选", "1"], ["B", "签约", "1"]],
            [["A", "备\ufffd", "1"], ["B", "签\ufffd", "2"]]]  # fmt: skip
    for i, rows in enumerate(days):
        file = tmp_path / f"{i}.csv"
        file.write_text(csv_text(rows), "utf-8")
        hand_over(own, file, Declaration(handed_over_at=f"2026-06-0{i + 1}T09:00:00"), "tester")
    last = list(land_waiting(own, "tester"))[-1]
    mended = pl.read_parquet(decisions.file(last))
    assert mended.select("thing_id", "name", "amount", "repaired").rows() == [("B", "签约", "2", ["name"])]
    assert decisions.still_open(last) == {1: "damaged_text"}
