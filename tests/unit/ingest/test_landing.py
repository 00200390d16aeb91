"""Deliveries in every format land with the same rows; what must be refused is refused; nothing is lost."""

from __future__ import annotations

import csv
import io
import json
from pathlib import Path

import polars as pl
import pytest

from orchestration.ingest.deliver import land, land_waiting
from scheme.catalog import CatalogEntry
from warehouse import batches, paths
from warehouse.declaration import Declaration
from warehouse.inbox import hand_over, waiting
from warehouse.refusal import DeliveryRefusedError

HEADERS = ["编号", "名称", "数量"]
ROWS = [["A1", "鼓楼街道（一）", "3"], ["A2", "𬭎家村", "0"], ["A3", '带"引号",逗号\n换行', "12"]]


def entry(**changes) -> CatalogEntry:
    document = {
        "department": "test", "resource": "things", "name": "测试资源", "code": "3/1", "abstract": "测试",
        "update_cycle": "monthly", "sharing": "无条件共享", "operation": "可授权", "key": ["thing_id"],
        "delivery": {"formats": ["csv", "xlsx", "xls", "json", "parquet"]},
        "items": [
            {"code": "thing_id", "name": "编号", "required": True},
            {"code": "name", "name": "名称"},
            {"code": "amount", "name": "数量", "type": "I"},
        ],
    }  # fmt: skip
    return CatalogEntry.model_validate(document | changes)


def csv_text(rows: list[list[str]], headers: list[str] = HEADERS) -> str:
    out = io.StringIO()
    csv.writer(out).writerows([headers, *rows])
    return out.getvalue()


def deliver(file: Path, **declared):
    hand_over(entry(), file, Declaration(**declared), "tester")
    return next(iter(land_waiting(entry(), "tester")), None)


def landed_rows(batch) -> list[list[str]]:
    frame = pl.read_parquet(batch.data).sort("_row_number")
    return [list(r) for r in frame.select("thing_id", "name", "amount").rows()]


def write_as(kind: str, path: Path) -> Path:
    if kind in ("utf-8", "utf-8-sig", "gb18030"):
        path.write_bytes(csv_text(ROWS).encode(kind))
    elif kind == "xlsx":
        import xlsxwriter

        book = xlsxwriter.Workbook(str(path))
        sheet = book.add_worksheet()
        for i, row in enumerate([HEADERS, *ROWS]):
            for j, cell in enumerate(row):
                sheet.write(i, j, int(cell) if cell.isdigit() else cell)
        book.close()
    elif kind == "json":
        path.write_text(json.dumps([dict(zip(HEADERS, r, strict=True)) for r in ROWS], ensure_ascii=False))
    elif kind == "ndjson":
        path.write_text("\n".join(json.dumps(dict(zip(HEADERS, r, strict=True))) for r in ROWS))
    elif kind == "wrapped":
        path.write_text(json.dumps({"total": 3, "data": [dict(zip(HEADERS, r, strict=True)) for r in ROWS]}))
    elif kind == "two documents":
        names = [{"name_cn": h, "name_en": f"f{i}"} for i, h in enumerate(HEADERS)]
        rows = [{f"f{i}": c for i, c in enumerate(r)} for r in ROWS]
        path.write_text(json.dumps(names) + "\n" + json.dumps(rows))
    elif kind == "parquet":
        pl.DataFrame(ROWS, schema=HEADERS, orient="row").write_parquet(path)
    return path


@pytest.mark.requirement("R021")
@pytest.mark.parametrize(
    "kind",
    ["utf-8", "utf-8-sig", "gb18030", "xlsx", "json", "ndjson", "wrapped", "two documents", "parquet"],
)
def test_every_format_lands_the_same_rows(home, tmp_path, kind):
    batch = deliver(write_as(kind, tmp_path / "register.bin"), rows_declared=3)
    assert batch.state == "landed", batch.refusal
    assert landed_rows(batch) == ROWS
    assert (batch.rows_in, batch.rows_landed, batch.rows_quarantined, batch.rows_declared) == (3, 3, 0, 3)
    assert (batch.folder / "original").read_bytes() == (tmp_path / "register.bin").read_bytes()
    assert not waiting(entry())


@pytest.mark.requirement("R020")
def test_the_same_file_again_changes_nothing(home, tmp_path):
    file = write_as("utf-8", tmp_path / "a.csv")
    first = deliver(file)
    assert deliver(file) is None
    assert [b.batch_id for b in batches.landed("test", "things")] == [first.batch_id]


def test_placeholder_and_malformed_rows_are_quarantined_with_reasons_and_none_is_lost(home, tmp_path):
    rows = [["A1", "甲", "1"], ["0", "0", "0.00"], ["合计", "", "2600"], ["", "", ""]]
    file = tmp_path / "a.csv"
    file.write_bytes((csv_text(rows) + "A9,多,一,列\r\n第1页\r\nA4,丁,4\r\n").encode("gb18030"))
    batch = deliver(file, rows_declared=2)
    assert landed_rows(batch) == [["A1", "甲", "1"], ["A4", "丁", "4"]]
    set_apart = {r["_row_number"]: r["reason"] for r in pl.read_parquet(batch.quarantine).iter_rows(named=True)}
    assert set_apart == {
        2: "all_zero", 3: "page_footing", 4: "empty_row", 5: "wrong_field_count", 6: "page_footing",
    }  # fmt: skip
    assert batch.rows_in == 7 == batch.rows_landed + batch.rows_quarantined
    raw = pl.read_parquet(batch.quarantine).filter(pl.col("_row_number") == 5)["raw"][0]
    assert raw == "A9,多,一,列"


@pytest.mark.requirement("R021")
@pytest.mark.parametrize(
    ("content", "words"),
    [
        (b'{"code":"0003","error":"no permission"}', "error message"),
        (b"<html><body>502</body></html>", "error message"),
        (b"", "empty"),
        (csv_text(ROWS).encode("utf-8")[:-9] + b"\xff\xfe\xfa\n", "not UTF-8"),
        (csv_text(ROWS).encode("gb18030") + b"\x81\x20\xff", "not GB18030"),
        ('[{"编号": "甲'.encode("gb18030") + b'\x81\x20\xff"}]', "not GB18030"),
        (csv_text(ROWS, ["编号", "名称", "新列"]).encode(), "unknown: 新列"),
        (csv_text([r[:2] for r in ROWS], HEADERS[:2]).encode(), "missing: 数量"),
        (csv_text([]).encode(), "no rows"),
        (b"\xd0\xcf\x11\xe0old excel", "not a readable Excel workbook"),
        (b"PK\x03\x04not a workbook", "archive is damaged"),
        (b"PAR1 not parquet", "damaged Parquet"),
        (b"[1, 2, {", "not valid JSON"),
        ("编号,名称,数量\n".encode("utf-16"), "UTF-16"),
    ],
)
def test_a_bad_file_is_refused_with_what_to_do_and_leaves_no_batch(home, tmp_path, content, words):
    file = tmp_path / "named.csv"
    file.write_bytes(content)
    refused = deliver(file)
    assert refused.state == "refused"
    assert words in refused.refusal
    assert refused.next_step
    assert batches.landed("test", "things") == []
    assert [b.refusal for b in batches.refusals()] == [refused.refusal]


@pytest.mark.requirement("R003")
@pytest.mark.parametrize("how", ["declared", "by the catalog", "dropped into the inbox"])
def test_of_a_secret_delivery_nothing_is_kept_not_even_a_hash(home, tmp_path, how):
    import hashlib

    file = write_as("utf-8", tmp_path / "秘密登记.csv")
    if how == "dropped into the inbox":
        inbox = hand_over(entry(), file, Declaration(), "tester")
        inbox.with_name(inbox.name + ".declared.json").write_text('{"declared_secrecy": "涉密"}')
        assert land(entry(), inbox, "tester")[0].state == "refused"
    else:
        secret = entry(secrecy="涉密") if how == "by the catalog" else entry()
        declared = Declaration(declared_secrecy="涉密" if how == "declared" else "非涉密")
        with pytest.raises(DeliveryRefusedError, match="涉密"):
            hand_over(secret, file, declared, "tester")
    digest = hashlib.sha256(file.read_bytes()).hexdigest()
    kept = [p for p in paths.home().rglob("*") if p.is_file()]
    assert kept, "the refusal itself is recorded"
    for each in kept:
        content = each.read_bytes()
        assert file.read_bytes()[:40] not in content
        assert digest[:8].encode() not in content and digest[:8] not in each.name
        assert "秘密登记" not in content.decode("utf-8", "ignore") + each.name


def test_an_unreadable_declaration_is_a_refusal_not_a_guess(home, tmp_path):
    inbox = hand_over(entry(), write_as("utf-8", tmp_path / "a.csv"), Declaration(), "tester")
    inbox.with_name(inbox.name + ".declared.json").write_text("{")
    batch, is_new = land(entry(), inbox, "tester")
    assert (batch.state, is_new) == ("refused", True)


def test_refusals_never_show_digits_of_a_row_taken_for_a_header(home, tmp_path):
    file = tmp_path / "a.csv"
    file.write_text("37089819900307461X,张三,3\n")
    refused = deliver(file)
    assert "370898" not in refused.refusal


def test_numbers_that_excel_has_rounded_are_quarantined(home, tmp_path):
    import xlsxwriter

    book = xlsxwriter.Workbook(str(tmp_path / "a.xlsx"))
    sheet = book.add_worksheet()
    for i, row in enumerate([HEADERS, [370898199003074619, "甲", 1], ["A2", "乙", 2.5]]):
        for j, cell in enumerate(row):
            sheet.write(i, j, cell)
    book.close()
    batch = deliver(tmp_path / "a.xlsx")
    assert batch.quarantine_reasons == {"number_precision_lost": 1}
    assert landed_rows(batch) == [["A2", "乙", "2.5"]]
