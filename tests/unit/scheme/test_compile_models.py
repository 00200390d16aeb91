"""What a grant's wording can do to the SQL rendered from it: nothing."""

from __future__ import annotations

import copy
import datetime as dt
from pathlib import Path

import duckdb
import pytest
import yaml
from pydantic import ValidationError

from scheme.compile_models import authorized_models, missing_columns
from scheme.grant import Grant

ROOT = Path(__file__).resolve().parents[3]
DAY = dt.date(2026, 9, 24)


@pytest.fixture
def document() -> dict:
    return yaml.safe_load((ROOT / "registry/demo/grant_s2.yml").read_text("utf-8"))


def put(document: dict, path: list, value) -> dict:
    changed = copy.deepcopy(document)
    place = changed
    for step in path[:-1]:
        place = place[step]
    place[path[-1]] = value
    return changed


HOSTILE = "{{ env_var('SUYUAN_KEYS') }}"
PLACES = [
    ["title"],
    ["tables", 0, "title"],
    ["tables", 0, "purpose"],
    ["tables", 0, "rows", 0, "value"],
    ["tables", 0, "columns", 1, "title"],
    ["tables", 0, "columns", 1, "form", "labels", 0],
]


@pytest.mark.parametrize("path", PLACES, ids=lambda p: ".".join(map(str, p)))
@pytest.mark.parametrize("text", [HOSTILE, "{% set x = 1 %}", "{# #}"])
def test_a_template_of_dbt_in_any_text_is_refused(document, path, text):
    with pytest.raises(ValidationError, match="may not stand in a text"):
        Grant.model_validate(put(document, path, text))


@pytest.mark.parametrize("name", ["id; drop table x", 'a"b', "a b", "", "1a", "A"])
@pytest.mark.parametrize(
    "path", [["tables", 0, "source"], ["tables", 0, "columns", 1, "source"], ["tables", 0, "unit"]]
)
def test_names_are_names(document, path, name):
    with pytest.raises(ValidationError):
        Grant.model_validate(put(document, path, name))


def test_a_quote_in_a_label_stays_in_the_label(document):
    label = "60' || (select 1) || '岁"
    grant = Grant.model_validate(put(document, ["tables", 0, "columns", 1, "form", "labels", 0], label))
    column = next(c for c in grant.tables[0].columns if c.name == "age_band")
    assert column.form.labels[0] == label
    text = authorized_models(grant, DAY)["auth_s2__elders.sql"]
    line = next(x for x in text.splitlines() if x.strip().endswith("as age_band,"))
    connection = duckdb.connect()
    connection.execute((ROOT / "warehouse/sql/masks.sql").read_text("utf-8"))
    found = connection.execute(f"select {line.strip().rstrip(',')} from (select date '1965-01-01' as birth_date)")
    assert found.fetchall() == [(label,)]


def test_a_column_the_platform_lacks_is_named(document):
    grant = Grant.model_validate(document)
    columns = {t.source: [c.source for c in t.columns] + [p.column for p in t.rows] for t in grant.tables}
    columns["person"] = [c for c in columns["person"] if c != "sex_code"]
    assert "S2.elders: source person has no column sex_code" in missing_columns(grant, columns)
