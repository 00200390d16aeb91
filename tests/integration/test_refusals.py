"""What must not pass does not pass, and says why: bad batches, planted identifiers, widened models, wrong input."""

from __future__ import annotations

import json
import shutil
from pathlib import Path

import polars as pl
import pytest


def hand_over(district, resource: str, path, rows: int):
    done = district.suyuan("deliver", resource, str(path), "--rows", str(rows))
    assert done.returncode == 0, done.stderr
    return done


@pytest.mark.requirement("R022")
def test_a_bad_batch_keeps_the_last_version_and_stops_no_other_department(own_district, tmp_path):
    frame = pl.read_csv(
        next((own_district.home / "demo/20260924/shuiwu/tax_credit_rating").glob("*.csv")), infer_schema=False
    )
    bad = frame.with_columns(pl.lit("Z").alias("信用级别"))
    bad.write_csv(tmp_path / "bad.csv")
    pointers = own_district.home / "versions" / "promoted.json"
    before = json.loads(pointers.read_text())["platform.staging.stg_shuiwu__tax_credit_rating"]
    hand_over(own_district, "shuiwu.tax_credit_rating", tmp_path / "bad.csv", len(bad))
    done = own_district.suyuan("run", "--department", "shuiwu")
    assert done.returncode == 1
    assert "Q18" in done.stdout and "0 failed" in done.stdout
    assert "下一步：请数源部门按问题清单整改并重新汇聚" in done.stdout
    assert json.loads(pointers.read_text())["platform.staging.stg_shuiwu__tax_credit_rating"] == before
    aside = json.loads((own_district.home / "state" / "batches-set-aside.json").read_text())
    assert len(aside) == 1 and "Q18" in next(iter(aside.values()))


@pytest.mark.requirement("R078")
def test_an_identifier_planted_in_a_granted_text_shuts_that_grants_gate_only(own_district, tmp_path):
    source = next((own_district.home / "demo/20260924/minzheng/elderly_care_institutions").glob("*.xlsx"))
    frame = pl.DataFrame(_sheet(source))
    name = frame["机构名称"].to_list()
    name[3] = "联系人手机15412345678养老服务中心"
    frame = frame.with_columns(pl.Series("机构名称", name))
    frame.write_csv(tmp_path / "named.csv")
    bundles = own_district.home / "service" / "grants"
    before = (bundles / "S2" / "bundle.json").read_bytes()
    hand_over(own_district, "minzheng.elderly_care_institutions", tmp_path / "named.csv", len(frame))
    done = own_district.suyuan("run", "--department", "minzheng")
    assert done.returncode == 1
    assert "desensitization_gate name：CN_MOBILE 1 处" in done.stdout
    assert (bundles / "S2" / "bundle.json").read_bytes() == before
    assert "authorized__s2__grant_file  done" not in done.stdout


def _sheet(path) -> dict[str, list[str | None]]:
    from openpyxl import load_workbook

    rows = list(load_workbook(path).active.iter_rows(values_only=True))
    return {str(h): [None if r[i] is None else str(r[i]) for r in rows[1:]] for i, h in enumerate(rows[0])}


@pytest.mark.requirement("R095")
def test_a_model_with_one_column_more_than_its_grant_fails(own_district):
    """Widening the rendered SQL breaks dbt's enforced contract."""
    code = """
from config import clock, django_setup; django_setup()
from config.settings import settings
from orchestration.pipeline import dbt_files
from registry.grants import active_grants
from scheme.catalog_files import load_catalog
grants = active_grants(clock.today())
dbt_files.prepare(load_catalog(settings().catalog), grants)
model = dbt_files.project() / "models/authorized/s2/auth_s2__institutions.sql"
more = ",\\n    contact_name as contact_name\\nfrom granted_rows"
model.write_text(model.read_text().replace("\\nfrom granted_rows", more))
try:
    dbt_files.run_dbt("run", grants, dbt_files.target("widened"), "--select", "auth_s2__institutions")
except dbt_files.DbtError as error:
    print("refused:", error)
"""
    done = own_district.python(code)
    assert "refused:" in done.stdout and "assert_columns_equivalent" in done.stdout, done.stdout + done.stderr[-2000:]


@pytest.mark.requirement("R148")
def test_a_suspended_grant_is_withdrawn_at_once(own_district):
    suspend = """
from config import django_setup; django_setup()
from registry.actions import act_on_grant
from registry.models import Account
act_on_grant("S2", "暂时关闭", by=Account.objects.get(username="industry"), reason="限期整改")
"""
    assert own_district.python(suspend).returncode == 0
    assert list((own_district.home / "service" / "grants" / "S2").iterdir()) == []  # at once, before any run
    done = own_district.suyuan("run", "--grant", "S1")
    assert done.returncode == 0 and own_district.suyuan("run", "--grant", "S2").returncode == 2
    assert "authorized__s1__grant_file  done" in done.stdout
    assert {g["grant"]: g["in_force"] for g in own_district.json("grant", "list")} == {"S1": True, "S2": False}


@pytest.mark.requirement("R021")
def test_real_vessels_land_from_gb18030_and_two_document_json_and_the_error_body_is_refused(own_district, deliveries):
    folder = deliveries / "sd_ocean_vessels"
    first, failed = sorted(folder.glob("*.csv"))
    csv = own_district.json("deliver", "waibu.ocean_vessels", str(first), "--rows", "352")
    assert (csv["rows_landed"], csv["rows_quarantined"], csv["encoding"]) == (350, 2, "gb18030")
    assert csv["quarantine_reasons"] == {"all_zero": 2}
    json_batch = own_district.json("deliver", "waibu.ocean_vessels", str(next(folder.glob("*.json"))))
    assert json_batch["rows_landed"] + json_batch["rows_quarantined"] == json_batch["rows_in"] == 352
    again = own_district.json("deliver", "waibu.ocean_vessels", str(first))
    assert not again["is_new"] and again["batch"] == csv["batch"]
    refused = own_district.suyuan("deliver", "waibu.ocean_vessels", str(failed))
    assert refused.returncode == 1 and "error message of the sending system" in refused.stderr
    assert own_district.suyuan("run", "--department", "waibu").returncode == 0
    checks = {c["rule"]: c for c in own_district.json("quality", "check", "waibu.ocean_vessels")}
    assert checks["impossible_build_date"]["problem_rows"] > 300
    assert "waibu" not in {s["department"] for s in own_district.json("quality", "score")}


def test_one_yaml_and_no_python_adds_a_resource(own_district, deliveries, tmp_path):
    """A register nobody prepared for: weather stations of the real deliveries."""
    catalog = tmp_path / "catalog"
    shutil.copytree(Path(__file__).resolve().parents[2] / "catalog", catalog)
    source = deliveries / "weather_stations_cn" / "stations_sd.csv"
    headers = source.read_text("utf-8-sig").splitlines()[0].split(",")
    items = "\n".join(f"  - {{code: column_{i}, name: {json.dumps(h)}}}" for i, h in enumerate(headers))
    (catalog / "waibu" / "weather_stations.yml").write_text(
        f"""
department: waibu
resource: weather_stations
name: 气象站点
code: "9010002/000001"
abstract: 山东省气象观测站点。
update_cycle: irregular
sharing: 无条件共享
operation: 不授权
key: [column_0]
items:
{items}
""",
        "utf-8",
    )
    assert own_district.suyuan("catalog", "check", SUYUAN_CATALOG=str(catalog)).returncode == 0
    done = own_district.suyuan("deliver", "waibu.weather_stations", str(source), "--json", SUYUAN_CATALOG=str(catalog))
    assert done.returncode == 0, done.stderr
    expected = len(source.read_text("utf-8-sig").splitlines()) - 1
    batch = json.loads(done.stdout)
    assert batch["rows_landed"] + batch["rows_quarantined"] == expected
    run = own_district.suyuan("run", "--resource", "waibu.weather_stations", SUYUAN_CATALOG=str(catalog))
    assert run.returncode == 0, run.stdout[-2000:] + run.stderr[-2000:]
    promoted = json.loads((own_district.home / "versions" / "promoted.json").read_text())
    assert "platform.staging.stg_waibu__weather_stations" in promoted
    trace = own_district.json("lineage", "trace", "platform.staging.stg_waibu__weather_stations")
    assert [n["name"] for n in trace["nodes"]][-1] == "delivery.waibu.weather_stations"


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["deliver", "no.such", "README.md"], "not in the catalog"),
        (["deliver", "minzheng.subsistence_allowance", "nowhere.csv"], "not a file"),
        (["deliver", "minzheng.subsistence_allowance", "README.md", "--rows", "-1"], "Invalid value"),
        (["deliver", "minzheng.subsistence_allowance", "README.md", "--secrecy", "?"], "--secrecy"),
        (["catalog", "show", "no.such"], "not in the catalog"),
        (["grant", "show", "S99"], "no grant S99"),
        (["quality", "check", "no.such"], "not in the catalog"),
        (["run", "--department", "nobody"], "not in the catalog"),
        (["run", "--grant", "S99"], "not active"),
        (["lineage", "trace", "no.such.node"], "no data set"),
        (["lineage", "trace", "product.s2.elderly_care_report", "--at", "yesterday"], "ISO 8601"),
        (["lineage", "trace", "product.s2.elderly_care_report", "--column", "nobody"], "no column"),
        (["lineage", "ingest", "nowhere.ndjson"], "not a file"),
        (["privacy", "scan", "nowhere.csv"], "not a file"),
        (["privacy", "scan", "README.md"], "none of CSV"),
        (["frobnicate"], "No such command"),
        (["deliver"], "Missing argument"),
        (["run", "--department", ""], "not in the catalog"),
        (["up", "--portal-port", "99999"], "--portal-port"),
    ],
)
def test_wrong_input_gets_one_clear_line_and_code_2(district, arguments, words):
    done = district.suyuan(*arguments)
    assert done.returncode == 2
    assert words in done.stderr and "Traceback" not in done.stderr + done.stdout
    assert done.stderr.count("\n") == 1 and done.stderr.startswith("suyuan: ")


def test_a_new_home_has_its_control_database_and_an_unreachable_one_is_one_line(district, tmp_path):
    new = {"SUYUAN_HOME": str(tmp_path / "home"), "SUYUAN_KEYS": str(tmp_path / "keys")}
    assert district.suyuan("grant", "list", **new).returncode == 0
    for address in ("postgres://somebody:a-password@127.0.0.1:1/nowhere", "oracle://somebody:a-password@host"):
        done = district.suyuan("grant", "list", DATABASE_URL=address)
        assert done.returncode == 2 and done.stderr.count("\n") == 1
        assert "DATABASE_URL" in done.stderr and "a-password" not in done.stderr


def test_a_file_without_its_header_row_is_refused_without_showing_the_row(district, tmp_path):
    file = tmp_path / "no-header.csv"
    file.write_text("张三丰,370898199001010014\n李四光,370898199001010022\n", "utf-8")
    done = district.suyuan("deliver", "minzheng.subsistence_allowance", str(file))
    assert done.returncode == 1 and "is the header row missing?" in done.stderr
    assert "张三丰" not in done.stderr and "3708" not in done.stderr


def test_a_clock_in_doubt_and_open_keys_decide_nothing(own_district):
    assert "ISO 8601" in own_district.suyuan("grant", "list", SUYUAN_NOW="soon").stderr
    (own_district.root / "keys" / "bureau" / "signing.key").chmod(0o644)
    done = own_district.suyuan("keys", "init")
    assert done.returncode == 2 and "must be 0600" in done.stderr


def test_numbers_beyond_any_date_are_problem_rows_and_stop_nothing(own_district, tmp_path):
    """Epoch milliseconds may be any integer: what is no date is named by its rule, and the batch goes on."""
    from config.settings import settings
    from scheme.catalog_files import load_catalog

    entry = load_catalog(settings().catalog).entry("waibu.ocean_vessels")
    dates = ["6661670400000", "999999999999999999", "-9223372036854775808", "9223372036854775807", "2020-01-31"]
    rows = [[d if i.code == "built_on" else f"{i.code}{n}" for i in entry.items] for n, d in enumerate(dates)]
    file = tmp_path / "vessels.csv"
    file.write_text("\n".join(",".join(r) for r in [[i.name for i in entry.items], *rows]) + "\n", "utf-8")
    hand_over(own_district, entry.id, file, len(rows))
    done = own_district.suyuan("run", "--resource", entry.id)
    assert "0 failed" in done.stdout, done.stdout[-2000:]
    checks = {c["rule"]: c for c in json.loads(own_district.suyuan("quality", "check", entry.id, "--json").stdout)}
    assert checks["built_on__type"]["problem_rows"] == 3
