"""Column lineage of the real dbt models against the truth by data.

All integrated and authorized models and the report's queries; of the rendered staging models, which are one template,
those of one department by data and all others by their columns.
"""

from __future__ import annotations

from importlib.resources import files

import pytest

from config.keys import grant_token_key
from lineage.columns import Lineage
from lineage.protection import is_protected
from scheme.compile_staging import ROW_COLUMNS
from scheme.tokens import token
from tests.unit.lineage import rendered
from tests.unit.lineage.truth import Observed, observe, unpredicted, unseen
from warehouse.token_sql import install_token_macros

BY_DATA = ("_history", "person", "enterprise", "place", "real_estate", "value_conflict", "auth_", "report_",
           "stg_gongan__resident", "stg_fayuan")  # fmt: skip
# What no change shows: values that the random tables cannot tell apart.
UNSHOWN: set[tuple[str, str]] = set()


@pytest.fixture(scope="module")
def models() -> dict[str, tuple[str, str]]:
    return rendered.models()


@pytest.fixture(scope="module")
def read(models) -> tuple[dict[str, Lineage], dict[str, dict[str, str]]]:
    return rendered.lineages(models)


@pytest.fixture(scope="module")
def observed(models, read, tmp_path_factory) -> dict[str, Observed]:
    patch = pytest.MonkeyPatch()
    patch.setenv("SUYUAN_KEYS", str(tmp_path_factory.mktemp("keys")))
    keys = {grant: grant_token_key(grant) for grant in ("S1", "S2")}
    patch.undo()
    masks = files("warehouse").joinpath("sql/masks.sql").read_text("utf-8")

    def prepare(connection) -> None:
        connection.execute(masks)
        install_token_macros(connection, keys)

    lineages, kinds = read
    found = {}
    for name in [n for n in models if n.endswith(BY_DATA[:1]) or n.startswith(BY_DATA[1:])]:
        sql, lineage = models[name][1], lineages[name]
        key = keys["S2" if "auth_s2" in name else "S1"]
        tokens = [str(token(v, key)) for v in ("k1", "k2")] if name.startswith("auth_") else []
        tables = rendered.tables(sql, lineage, kinds, tokens)
        found |= observe(tables, {name: (sql, set(lineage.reads))}, seeds=1, prepare=prepare)
    return found


def test_every_change_is_predicted(observed, read):
    assert len(observed) > 20
    for name, seen in observed.items():
        assert seen.full, f"{name}: no row in any result"
        assert unpredicted(seen, read[0][name]) == [], name


def test_every_direct_edge_shows(observed, read):
    found = {(n, e[0]) for n, seen in observed.items() for e in unseen(seen, read[0][n])}
    assert found == UNSHOWN


def test_every_staging_column_comes_from_the_column_of_its_name(models, read):
    for name, lineage in read[0].items():
        if name.startswith("stg_") and not name.endswith("_dropped"):
            direct = {(e.column, e.source_column) for e in lineage.edges if e.type == "DIRECT"}
            made = {c for c in lineage.columns if c not in ROW_COLUMNS} | {"_batch_id", "_row_number"}
            assert {(c, c) for c in made} <= direct or "case" in models[name][1], name


@pytest.mark.requirement("R077")
def test_what_a_grant_masks_is_protected_and_nothing_else(read):
    from registry import demo

    for file in ("grant_s1.yml", "grant_s2.yml"):
        grant = demo.read_grant(file)
        for table in grant.tables:
            lineage = read[0][f"auth_{grant.grant.lower()}__{table.table}"]
            for column in table.columns:
                edges = [e for e in lineage.edges if e.column == column.name]
                kept = column.form.kind in ("keep", "alone_in_group")  # alone: no direct path at all
                assert is_protected(edges) is not kept, (grant.grant, table.table, column.name)
