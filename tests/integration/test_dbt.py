"""The dbt project as dbt sees it: its unit tests pass, and every table and column is documented."""

from __future__ import annotations

import json

RUN = """
from config import clock, django_setup; django_setup()
from config.settings import settings
from orchestration.pipeline import dbt_files
from registry.grants import active_grants
from scheme.catalog_files import load_catalog
grants = active_grants(clock.today())
dbt_files.prepare(load_catalog(settings().catalog), grants)
print(dbt_files.run_dbt({command}, grants, dbt_files.target("checked"), *{arguments}))
"""


def test_the_unit_tests_of_the_models_pass(own_district):
    done = own_district.python(RUN.format(command="'test'", arguments=["--select", "test_type:unit"]))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    assert "PASS=2 WARN=0 ERROR=0" in done.stdout


def test_every_table_is_documented_in_the_generated_site(own_district):
    done = own_district.python(RUN.format(command="'docs generate'", arguments=[]))
    assert done.returncode == 0, done.stdout[-3000:] + done.stderr[-2000:]
    folder = own_district.home / "dbt" / "target" / "checked"
    assert (folder / "index.html").exists()
    manifest = json.loads((folder / "manifest.json").read_text())
    built = json.loads((folder / "catalog.json").read_text())["nodes"]
    models = {n: m for n, m in manifest["nodes"].items() if m["resource_type"] in ("model", "seed")}
    assert set(models) == set(built)
    assert [n for n, m in models.items() if not m["description"]] == []
    contracted = [m for m in models.values() if m["config"]["contract"]["enforced"]]
    assert {m["schema"] for m in contracted} >= {"staging", "integrated", "s1", "s2"}
    assert [(m["name"], c) for m in contracted for c, d in m["columns"].items() if not d["description"]] == []
