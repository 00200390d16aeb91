"""What masks a value on its way, what does not, and what is not known: never guessed in the value's favour."""

from __future__ import annotations

import duckdb
import pytest

from lineage.columns import column_edges
from lineage.protection import is_protected

P = "platform.current.person"
SCHEMA = {P: ["id", "born", "house"], "platform.current.dead": ["id"]}


def test_a_column_is_protected_only_if_every_path_is_masked():
    found = column_edges(f"select keyed_token('S', id) || house as x from {P}", SCHEMA)
    assert is_protected([e for e in found if e.column == "x"]) is False
    found = column_edges(f"select keyed_token('S', id) as x from {P}", SCHEMA)
    assert is_protected(found) is True


@pytest.mark.parametrize(
    ("expression", "protected"),
    [
        ("keyed_token('S', id)", True),
        ("left(keyed_token('S', id), 4)", True),
        ("max(keyed_token('S', id))", True),
        ("unheard_of(keyed_token('S', id))", True),
        ("count(id)", True),
        ("unheard_of(id)", None),
        ("main.keyed_token(id)", None),  # some other schema's function of that name
        ("max(unheard_of(id))", None),
        ("sum(id)", None),
        ("avg(id)", None),
        ("coalesce(keyed_token('S', id), unheard_of(id))", None),
        ("coalesce(keyed_token('S', id), id)", False),
        ("coalesce(unheard_of(id), id)", False),
        ("min(id)", False),
        ("any_value(id)", False),
        ("mode(id)", False),
        ("median(id)", False),
        ("arg_max(id, born)", False),
        ("list(id)", False),
        ("string_agg(id, ',')", False),
        ("md5(id)", False),
        ("sha256(id)", False),
        ("hash(id)", False),
        ("substr(id, 1, 6)", False),
        ("try_strptime(id, '%Y')", False),
        ("case when id = '1' then 'a' end", False),  # no direct path: nothing is masked
        ("(select count(born) from platform.current.person)", True),
    ],
)
def test_masking_is_true_false_or_unknown(expression, protected):
    found = column_edges(f"select {expression} as x from {P}", SCHEMA)
    assert is_protected([e for e in found if e.column == "x"]) is protected


def test_a_hash_without_a_key_says_why_it_does_not_mask():
    (edge,) = column_edges(f"select sha256(id) as x from {P}", SCHEMA)
    assert (edge.masking, edge.description) == (False, "a hash without a key")


def test_masked_in_one_branch_of_a_union_is_not_protected():
    sql = f"select keyed_token('S', id) as x from {P} union all select id from platform.current.dead"
    assert is_protected([e for e in column_edges(sql, SCHEMA) if e.column == "x"]) is False


def test_every_function_of_duckdb_is_known_here():
    """And no other: one that DuckDB does not have is unknown, never harmless."""
    from lineage.columns.duckdb_functions import PLAIN

    with duckdb.connect() as connection:
        listed = connection.execute(
            "select distinct function_name from duckdb_functions() where schema_name in ('main', 'pg_catalog') "
            "and function_type in ('scalar', 'aggregate', 'macro') "
            "and regexp_matches(function_name, '^[a-z][a-z_0-9]*$') "
            "and not regexp_matches(function_name, '^(icu|pg|has|inet|st)_')"
        ).fetchall()
    assert {name for (name,) in listed} == PLAIN
