"""The fast scan finds exactly what Presidio finds cell by cell; the gate follows Presidio's verdict."""

from __future__ import annotations

import hashlib
from collections import Counter

import numpy as np
import polars as pl
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from desensitization import disclosure, gate, risk, scan
from desensitization.file_scan import scan_file

PIECES = [
    "身份证", "11010519491231002X", "１１０１０５１９４９１２３１００２Ｘ", "110105 19491231 0021",
    "154-1234-5678", "15412345678", "154\u200b12345678", "91110000600037341L", "4111111111111111", "鲁H12345",
    "a@b.cn", "192.0.2.1",
    "联系人王小明", "建设路12号",
    "٣", "ⅷ", " ", "，", "x", "9", "Ⅹ", "E12345678", "0537-3412345", "\n", "Z",
]  # fmt: skip


def fast(frame: pl.DataFrame) -> Counter:
    found = Counter()
    for match, count in scan.matches(frame):
        found[match] += count
    return found


@settings(max_examples=150, deadline=None)
@given(st.lists(st.lists(st.sampled_from(PIECES), max_size=6).map("".join), min_size=1, max_size=20))
def test_fast_equals_naive_presidio(cells):
    frame = pl.DataFrame({"text": cells + cells[:3]})
    assert fast(frame) == scan.naive_scan(frame)


def test_numbers_in_number_columns_are_seen():
    frame = pl.DataFrame({"n": [15412345678, 5], "f": [15412345678.0, 0.5]})
    found = scan.scan_batches(frame.to_arrow().to_reader(), table="t")
    assert {(f.column, f.entity) for f in found.findings} == {("n", "CN_MOBILE"), ("f", "CN_MOBILE")}


def test_tokens_are_never_taken_for_numbers():
    tokens = ["t_" + hashlib.sha256(str(i).encode()).hexdigest()[:32] for i in range(100_000)]
    report = scan.scan_batches(pl.DataFrame({"token": tokens}).to_arrow().to_reader(), table="t")
    assert report.findings == [] and report.cells == 100_000


def test_a_column_of_bare_names_is_found_by_vote():
    names = ["王伟", "李静", "张敏", "刘强", "陈磊", "杨洋"] * 3
    report = scan.scan_batches(pl.DataFrame({"who": names}).to_arrow().to_reader(), table="t")
    assert [(f.entity, f.count) for f in report.findings] == [("CN_NAME", 18)]


@pytest.mark.requirement("R078")
def test_a_planted_number_shuts_the_gate_and_allowed_columns_do_not():
    frame = pl.DataFrame({"remark": ["无", "电话15412345678"], "code": ["91110000600037341L"] * 2})
    report = scan.scan_batches(frame.to_arrow().to_reader(), table="t", allowed={"code": {"CN_USCC"}})
    verdict = gate.judge([report])
    assert verdict.is_blocked and verdict.next_step
    assert [(f.column, f.count) for f in verdict.findings] == [("remark", 1)]
    assert [(f.column, f.count) for f in report.allowed] == [("code", 2)]


def test_without_presidio_the_gate_would_open(monkeypatch):
    """Presidio is the judge: silence it, and the planted number passes."""
    from desensitization.recognizers.chinese import ChineseRecognizer

    frame = pl.DataFrame({"remark": ["电话15412345678"]})
    assert gate.judge([scan.scan_batches(frame.to_arrow().to_reader(), table="t")]).is_blocked
    monkeypatch.setattr(ChineseRecognizer, "analyze", lambda *a, **k: [])
    assert not gate.judge([scan.scan_batches(frame.to_arrow().to_reader(), table="t")]).is_blocked


def test_nothing_scanned_is_not_a_pass():
    with pytest.raises(gate.NothingScannedError):
        gate.judge([])


def test_files_are_scanned_whole_hidden_sheets_and_properties_too(tmp_path):
    import xlsxwriter

    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    book.set_properties({"author": "电话15412345678"})
    book.add_worksheet("公开").write(0, 0, "好")
    hidden = book.add_worksheet("隐藏")
    hidden.write(3, 3, "11010519491231002X")
    hidden.hide()
    book.close()
    found = {(f.table, f.entity) for f in scan_file(tmp_path / "a.xlsx").findings}
    assert found == {("隐藏", "CN_RESIDENT_ID"), ("（文档属性）", "CN_MOBILE")}
    (tmp_path / "a.csv").write_bytes("备注\n电话15412345678\n".encode("gb18030"))
    assert scan_file(tmp_path / "a.csv").findings
    (tmp_path / "a.html").write_text('<p title="15412345678">好</p>', "utf-8")
    assert scan_file(tmp_path / "a.html").findings
    (tmp_path / "a.pdf").write_bytes(b"%PDF")
    with pytest.raises(scan.ScanError):
        scan_file(tmp_path / "a.pdf")


def feasible(full: np.ndarray, hidden: np.ndarray, limit: int = 30) -> dict[tuple[int, int], set[int]]:
    """An attacker: all values each hidden inner cell can take, given every published figure (brute force)."""
    rows, columns = full.shape[0] - 1, full.shape[1] - 1
    cells = [(i, j) for i in range(rows) for j in range(columns) if hidden[i, j]]
    seen: dict[tuple[int, int], set[int]] = {c: set() for c in cells}

    def fits(table: np.ndarray) -> bool:
        row_ok = all(hidden[i, -1] or table[i].sum() == full[i, -1] for i in range(rows))
        return row_ok and all(hidden[-1, j] or table[:, j].sum() == full[-1, j] for j in range(columns))

    def search(at: int, table: np.ndarray) -> None:
        if at == len(cells):
            if fits(table):
                for c in cells:
                    seen[c].add(int(table[c]))
            return
        for value in range(limit):
            table[cells[at]] = value
            search(at + 1, table)

    start = np.where(hidden[:-1, :-1], 0, full[:-1, :-1])
    if len(cells) <= 4:
        search(0, start)
    return seen


@pytest.mark.requirement("R104")
@pytest.mark.parametrize("seed", range(12))
def test_no_suppressed_cell_can_be_worked_out(seed):
    counts = np.random.default_rng(seed).integers(0, 24, (2, 2))
    found = disclosure.suppress(counts, minimum=10, rounding=5)
    full = np.hstack([np.vstack([counts, counts.sum(0)]), np.append(counts.sum(1), counts.sum())[:, None]])
    assert not ((full > 0) & (full < 10) & ~found.hidden).any()
    shown = found.cells[~found.hidden]
    assert (shown % 5 == 0).all() and (np.abs(shown - full[~found.hidden]) <= 2).all()
    for cell, values in feasible(full, found.hidden).items():
        assert len(values) != 1, f"{cell} follows from the rest"


def test_risk_is_that_of_the_smallest_group():
    table = pl.DataFrame({"a": [1, 1, 1, 2], "b": [1, 1, 1, 1]})
    assert risk.estimate(table, ["a", "b"]) == {"k": 1.0, "risk": 1.0, "unique_rows": 1.0}
