"""The whole chain on the demo district: what was planted is found, what was granted is all that crosses."""

from __future__ import annotations

import json
from collections import Counter

import polars as pl
import pytest


def truth(district) -> pl.DataFrame:
    return pl.read_parquet(district.home / "demo" / "20260924" / "truth.parquet")


def problem_rows(district, resource: str) -> set[tuple[str, int]]:
    code = f"""
from config import django_setup; django_setup()
import json
from config.settings import settings
from expectations.problem_rows import problem_rows
from scheme.catalog_files import load_catalog
from scheme.names import staging_name
from warehouse import versions
entry = load_catalog(settings().catalog).entry("{resource}")
version = versions.latest_written(staging_name(entry.department, entry.stem))
print(json.dumps([[r["rule"], r["_row_number"]] for r in problem_rows(version, entry).to_pylist()]))
"""
    done = district.python(code)
    assert done.returncode == 0, done.stderr
    return {(rule, row) for rule, row in json.loads(done.stdout)}


RESOURCES = [
    "gongan.resident_population", "gongan.standard_addresses", "minzheng.elderly_care_institutions",
    "minzheng.subsistence_allowance", "weijian.death_records", "renshe.employer_insurance",
    "shichang.enterprise_registration", "shichang.abnormal_operation", "shuiwu.tax_credit_rating",
    "fayuan.dishonest_debtors", "gongdian.electricity_monthly", "renshe.employee_insurance",
    "yibao.medical_insurance", "shenpi.administrative_licences", "shuiwu.major_tax_violation",
    "ziran.real_estate_registration", "shengtai.discharge_permits", "nongye.farm_subsidies", "gongshui.water_monthly",
]  # fmt: skip


@pytest.mark.requirement("R022")
@pytest.mark.parametrize("resource", RESOURCES)
def test_every_planted_defect_is_found_at_its_row(district, resource):
    planted = truth(district).filter(
        (pl.col("resource") == resource) & (pl.col("rule") != "") & (pl.col("row_number") > 0)
    )
    assert len(planted)
    expected = set(planted.select("rule", "row_number").rows())
    assert expected <= problem_rows(district, resource)


@pytest.mark.requirement("R022")
def test_changes_since_the_batch_before_are_found_where_planted_and_nowhere_else(district):
    code = """
from config import django_setup; django_setup()
import json
from expectations.models import Finding
drift = Finding.objects.filter(rule__endswith="_drift").order_by("run_id")
print(json.dumps(list(drift.values_list("run__dataset", "rule", "state"))))
"""
    done = district.python(code)
    assert done.returncode == 0, done.stderr
    found = {(dataset, rule): state for dataset, rule, state in json.loads(done.stdout)}
    assert {dataset for dataset, _ in found} == {  # of the others this is the first batch: the rules do not apply
        "platform.staging.stg_gongan__resident", "platform.staging.stg_shichang__enterprise",
    }  # fmt: skip
    planted = truth(district).filter(pl.col("row_number") == 0).select("resource", "rule").rows()
    assert planted == [("shichang.enterprise_registration", "phone__null_drift")]
    failed = {rule for rule, state in found.items() if state != "passed"}
    assert failed == {("platform.staging.stg_shichang__enterprise", "phone__null_drift")}


@pytest.mark.requirement("R022")
def test_nothing_else_is_reported_for_the_planted_kinds(district):
    """A rule whose every problem row was planted reports exactly those."""
    exact = {"Q03", "Q05", "Q06", "Q04"}
    planted = truth(district).filter(pl.col("resource") == "gongan.resident_population")
    expected = {p for p in planted.select("rule", "row_number").rows() if p[0] in exact}
    found = {p for p in problem_rows(district, "gongan.resident_population") if p[0] in exact}
    short = planted.filter(pl.col("kind") == "two_persons_one_number")["row_number"].to_list()
    assert {p for p in found - expected if p[1] not in short} == set()


@pytest.mark.requirement("R022")
def test_the_list_of_problem_rows_is_as_long_as_great_expectations_counted_for_every_failed_rule(district):
    """Of every register of the district, and every rule could be judged."""
    code = """
from config import django_setup; django_setup()
import json
from config.settings import settings
from expectations import findings, listing
from expectations.problem_rows import problem_counts
from scheme.catalog_files import load_catalog
from scheme.names import staging_name
from warehouse import versions
found = {}
for entry in load_catalog(settings().catalog).entries.values():
    version = versions.latest_written(staging_name(entry.department, entry.stem))
    if version is None or not version.batches:
        continue
    kept = listing.place(version, findings.basis_of(version)).exists()
    outcomes = findings.of_version(version)
    delivery = {"not_empty", "Q25", "Q26"}
    of_rows = [o for o in outcomes if o.rule not in delivery and not o.rule.endswith("_drift")]
    failed = {o.rule: o.unexpected_count for o in of_rows if o.state == "failed"}
    errors = {o.rule: o.error for o in outcomes if o.state == "error"}
    found[entry.id] = [kept, failed, problem_counts(version, entry), errors]
print(json.dumps(found))
"""
    done = district.python(code)
    assert done.returncode == 0, done.stderr
    found = json.loads(done.stdout)
    assert len(found) >= 19 and all(kept for kept, *_ in found.values())
    assert {r: errors for r, (*_, errors) in found.items() if errors} == {}
    assert {r: failed for r, (_, failed, *_) in found.items()} == {r: listed for r, (_, _, listed, _) in found.items()}
    assert sum(len(failed) for _, failed, *_ in found.values()) > 60


@pytest.mark.requirement("R017")
def test_rows_in_are_rows_landed_and_quarantined(district):
    batches = [json.loads(p.read_text()) for p in (district.home / "landing").glob("*/*/*/batch.json")]
    assert len(batches) == 21
    for batch in batches:
        assert batch["rows_in"] == batch["rows_landed"] + batch["rows_quarantined"] == batch["rows_declared"]
    allowance = next(b for b in batches if b["resource"] == "subsistence_allowance")
    assert allowance["quarantine_reasons"] == {"page_footing": 4} and allowance["encoding"] == "gb18030"
    assert {b["format"] for b in batches} == {"csv", "xlsx", "json", "parquet"}


@pytest.mark.requirement("R017")
@pytest.mark.requirement("R018")
def test_the_coverage_ledger_says_what_arrived_and_what_is_overdue(district):
    rows = {r["resource"]: r for r in district.json("catalog", "coverage")}
    allowance = rows["minzheng.subsistence_allowance"]
    files = (district.home / "demo/20260924/minzheng/subsistence_allowance").glob("*.csv")
    lines = len(next(files).read_bytes().decode("gb18030").splitlines()) - 1
    assert allowance["rows_declared"] == allowance["rows_landed"] + allowance["rows_quarantined"] == lines
    assert (allowance["state"], allowance["due"]) == ("按期", "2026-10-26")  # 24 October is a Saturday off
    assert rows["gongan.resident_population"]["due"] == "2026-09-28"  # 25–27 September: 中秋
    assert rows["waibu.ocean_vessels"]["state"] == "尚未汇聚" and not rows["waibu.ocean_vessels"]["counts"]
    later = json.loads(district.suyuan("catalog", "coverage", "--json", SUYUAN_NOW="2026-10-27T09:00:00").stdout)
    states = {r["resource"]: r["state"] for r in later}
    assert states["minzheng.subsistence_allowance"] == "超期" and states["shuiwu.tax_credit_rating"] == "按期"


@pytest.mark.requirement("R095")
def test_the_subset_holds_the_granted_columns_and_no_other(district):
    for grant in ("S1", "S2"):
        document = district.json("grant", "show", grant)
        bundle = json.loads((district.home / "service" / "grants" / grant / "bundle.json").read_text())["document"]
        for table in document["tables"]:
            assert list(bundle["tables"][table["table"]]["columns"]) == [c["name"] for c in table["columns"]]
            assert bundle["tables"][table["table"]]["rows"] > 0


@pytest.mark.requirement("R077")
def test_the_file_that_crosses_is_encrypted_and_holds_no_identifier(district):
    people = pl.read_csv(
        next((district.home / "demo" / "20260924" / "gongan" / "resident_population").glob("*.csv")),
        infer_schema=False,
    )
    number = people["公民身份号码"][10].encode()
    for file in (district.home / "service" / "grants").glob("*/*.duckdb"):
        content = file.read_bytes()
        for plain in (number, "80—89岁".encode(), b"resident_token", b"CREATE TABLE"):  # long: no chance hits
            assert plain not in content


S1 = "product.s1.enterprise_status_verification"


@pytest.mark.requirement("R079")
@pytest.mark.requirement("R127")
@pytest.mark.parametrize(
    ("node", "column", "source", "item"),
    [
        ("product.s2.elderly_care_report", "alone", "delivery.gongan.resident_population", "户号"),
        ("product.s2.elderly_care_report", "beds", "delivery.minzheng.elderly_care_institutions", "核定床位"),
        (S1, "insured_band", "delivery.renshe.employer_insurance", "参保人数"),
        (S1, "status_code", "delivery.shichang.enterprise_registration", "登记状态"),
    ],
)  # fmt: skip
def test_a_product_column_leads_to_the_delivered_item_and_back(district, node, column, source, item):
    up = district.json("lineage", "trace", node, "--column", column)
    assert up["is_complete"], up["incomplete_because"]
    ends = {(n["name"], c) for n in up["nodes"] for c in n["columns"]}
    assert (source, item) in ends
    down = district.json("lineage", "trace", source, "--downstream", "--column", item)
    assert (node, column) in {(n["name"], c) for n in down["nodes"] for c in n["columns"]}
    facts = {name for n in up["nodes"] for name in n["facts"]}
    assert {"suyuan_delivery", "suyuan_grant"} <= facts


def test_masking_shows_on_the_way_out(district):
    walk = district.json("lineage", "trace", "authorized.s2.auth_s2__elders", "--column", "resident_token")
    last = [e for e in walk["edges"] if e["target"] == "authorized.s2.auth_s2__elders" and e["type"] == "DIRECT"]
    assert [(e["masking"], e["description"]) for e in last] == [(True, "keyed_token")]


def test_the_log_is_sound_and_checkpointed(district):
    done = district.suyuan("lineage", "verify")
    assert done.returncode == 0 and "1 signed checkpoints" in done.stdout


@pytest.mark.requirement("R104")
def test_the_report_suppresses_small_cells_and_counts_right(district):
    """Against a naive count over the delivered files, in plain Python."""
    import datetime as dt

    from openpyxl import load_workbook

    folder = next((district.home / "service" / "products" / "elderly_care_report").iterdir())
    sheet = load_workbook(folder / "report.xlsx")["表1"]
    rows = [[c.value for c in row] for row in sheet.iter_rows(min_row=3) if row[0].value]
    shown = {(row[0], band): row[i + 1] for row in rows[1:] for i, band in enumerate(rows[0][1:])}
    code = """
import json
from warehouse.engine import connect
from warehouse import paths
c = connect(paths.zone_database("platform"), read_only=True)
print(json.dumps(c.execute("select d.name, p.birth_date::varchar from current.person p "
    "join reference.division d on d.code = left(p.village_code, 9) "
    "where p.residence_status = '在册' and p.resident_id_number not in (select resident_id_number "
    "from current.stg_weijian__death_records where resident_id_number is not null)").fetchall()))
"""
    done = district.python(code)
    people = json.loads(done.stdout)
    today = dt.date(2026, 9, 24)
    counts: Counter = Counter()
    for town, birth in people:
        born = dt.date.fromisoformat(birth)
        age = today.year - born.year - ((today.month, today.day) < (born.month, born.day))
        for low, label in ((90, "90岁及以上"), (80, "80—89岁"), (70, "70—79岁"), (65, "65—69岁"), (60, "60—64岁")):
            if age >= low:
                counts[town, label] += 1
                break
    assert counts
    for cell, count in counts.items():
        text = shown[cell]
        if count < 10:
            assert text == "<10*", f"{cell} is a small cell"
        elif text != "<10*":
            assert abs(int(text.replace(",", "")) - count) <= 2


def test_a_second_run_finds_nothing_to_do(district):
    assert "nothing changed" in district.suyuan("run").stdout


@pytest.mark.slow
def test_a_forced_run_changes_no_content(own_district):
    before = sorted(p.name for p in (own_district.home / "service" / "grants").glob("*/*.duckdb"))
    done = own_district.suyuan("run", "--force")
    assert done.returncode == 0, done.stdout[-2000:]
    assert sorted(p.name for p in (own_district.home / "service" / "grants").glob("*/*.duckdb")) == before
