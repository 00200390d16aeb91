"""What a foreign event's names and statement decide, and what they do not: planted cases."""

from __future__ import annotations

from typing import Any

import pytest

from lineage.events.authority import objection
from lineage.events.content import heard
from lineage.events.specification import check
from lineage.foreign import correct
from lineage.models import ProducerKey
from tests.unit.lineage.corpora import OURS, edges
from warehouse import paths

PG = "postgres://db:5432"


def event(
    query: str = "", inputs: Any = (), output: str = "db.s.o", dialect: str = "duckdb", **facets: Any
) -> dict[str, Any]:
    """Return a completed run that writes one table of a PostgreSQL database."""
    sql = {"sql": {"query": query, "dialect": "duckdb"}} if query else {}
    read = [{"namespace": PG, "name": name, "facets": {"schema": _schema(columns)} if columns else {}}
            for name, columns in dict(inputs).items()]  # fmt: skip
    return {
        "eventType": "COMPLETE", "eventTime": "2026-09-24T00:00:00Z", "producer": "https://example.org/p",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json",
        "run": {"runId": "0198f0a0-3000-7000-8000-000000000001"},
        "job": {"namespace": "n", "name": "j", "facets": sql}, "inputs": read,
        "outputs": [{"namespace": PG, "name": "db.s.o", "facets": facets}],
    }  # fmt: skip


def _schema(columns: str) -> dict[str, Any]:
    return {"fields": [{"name": name, "type": "text"} for name in columns.split()]}


def lineage(**columns: str) -> dict[str, Any]:
    """Return a columnLineage facet: column=<data set>.<field>, without transformations."""
    places = {column: source.rpartition(".") for column, source in columns.items()}
    return {"fields": {column: {"inputFields": [{"namespace": PG, "name": name, "field": field, "transformations": []}]}
                       for column, (name, _, field) in places.items()}}  # fmt: skip


def found(given: dict[str, Any]) -> tuple[set[tuple[Any, ...]], list[str]]:
    after = correct(given)
    return edges(after.event["outputs"][0]), after.notes


def input_names(given: dict[str, Any]) -> list[str]:
    return [each["name"] for each in correct(given).event["inputs"]]


def test_our_own_events_are_not_even_copied(home):
    own = event()
    own["outputs"][0].update(namespace=OURS, name="platform.current.x")
    assert correct(own).event is own


@pytest.mark.parametrize(
    ("namespace", "name", "kept"),
    [
        ("duckdb://{file}", "platform.integrated.person", "platform.integrated.person"),
        ("duckdb://{file}", '"platform"."current"."stg_a__b"', "platform.staging.stg_a__b"),
        ("duckdb://{file}", "history.person", "platform.integrated.person"),
        ("duckdb:///{file}?access_mode=read_only", "integrated.person", "platform.integrated.person"),
        ("duckdb+engine://{bare}", "landing.a.landing__a__b", "landing.a.landing__a__b"),
        ("duckdb:///elsewhere/platform.duckdb", "platform.integrated.person", None),
        ("duckdb://{file}", "person", None),
        ("duckdb://{file}", "memory.main.person", None),
        ("duckdb://{file}", "platform.integrated.Person; drop", None),
        ("postgres://{file}", "platform.integrated.person", None),
    ],
)
def test_tables_of_our_duckdb_files_are_ours_and_no_others(home, namespace, name, kept):
    file = str(paths.zone_database("platform"))
    given = event()
    sent = namespace.format(file=file, bare=file.lstrip("/"))
    given["outputs"][0].update(namespace=sent, name=name)
    output = correct(given).event["outputs"][0]
    assert (output["namespace"], output["name"]) == ((OURS, kept) if kept else (sent, name))


def test_a_source_that_only_column_lineage_names_is_ours_too(home):
    given = event(columnLineage=lineage(sha="db.s.t.id"))
    source = given["outputs"][0]["facets"]["columnLineage"]["fields"]["sha"]["inputFields"][0]
    source.update(namespace=f"duckdb://{paths.zone_database('platform')}", name="platform.current.person")
    assert {e[1] for e in edges(correct(given).event["outputs"][0])} == {"platform.integrated.person"}


@pytest.mark.parametrize(
    ("own", "links", "kept"),
    [
        ("file", [("hive://m", "d.t", "TABLE")], ("hive://m", "d.t")),
        ("s3://b", [("x", "y", "LOCATION"), ("hive://m", "d.t", "table"), ("glue", "t", "TABLE")], ("hive://m", "d.t")),
        ("s3://b", [("x", "y", "LOCATION")], ("s3://b", "/p")),
        ("kafka://b", [("kafka://b", "catalog.t", "TABLE")], ("kafka://b", "/p")),
        ("s3://b", [("hive://m", "d.t", "TABLE"), (OURS, "platform.integrated.person", "TABLE")],
         (OURS, "platform.integrated.person")),
        ("s3://b", [("", "d.t", "TABLE"), ("hive://m", "", "TABLE")], ("s3://b", "/p")),
        ("s3://b", None, ("s3://b", "/p")),
    ],
)  # fmt: skip
def test_a_location_is_its_first_table_anything_else_keeps_its_name(home, own, links, kept):
    given = event()
    identifiers = links and [{"namespace": n, "name": a, "type": t} for n, a, t in links]
    given["outputs"][0].update(namespace=own, name="/p", facets={"symlinks": {"identifiers": identifiers}})
    output = correct(given).event["outputs"][0]
    assert (output["namespace"], output["name"]) == kept


def test_names_inside_explicit_lineage_and_column_lineage_follow(home):
    given = event()
    place = {"namespace": "file", "name": "/w/t"}
    given["inputs"] = [{**place, "facets": {"symlinks": {"identifiers": [
        {"namespace": "hive://m", "name": "d.t", "type": "TABLE"}]}}}]  # fmt: skip
    given["outputs"][0]["facets"] = {
        "columnLineage": {
            "fields": {"a": {"inputFields": [{**place, "field": "a", "transformations": [{"type": "DIRECT"}]}]}},
            "dataset": [{**place, "field": "b"}],
        },
        "lineage": {"inputs": [{**place, "type": "DATASET"}], "fields": {"a": {"inputs": [{**place, "field": "a"}]}}},
    }  # fmt: skip
    facets = correct(given).event["outputs"][0]["facets"]
    table = {"namespace": "hive://m", "name": "d.t"}
    assert facets["columnLineage"]["fields"]["a"]["inputFields"][0].items() >= table.items()
    assert facets["columnLineage"]["dataset"][0].items() >= table.items()
    assert facets["lineage"]["inputs"][0].items() >= table.items()
    assert facets["lineage"]["fields"]["a"]["inputs"][0].items() >= table.items()


def test_an_input_that_is_only_a_cte_goes_and_one_that_may_be_a_table_stays(home):
    query = "with p as (select * from db.s.t) select a from p"
    assert input_names(event(query, {"db.s.t": "", "p": ""})) == ["db.s.t"]
    shadowed = event("with p as (select * from s.p) select a from p", {"s.p": "", "p": ""})
    assert input_names(shadowed) == ["s.p", "p"]
    dotted = event(query, {"db.s.t": "", "db.main.p": ""})
    assert input_names(dotted) == ["db.s.t", "db.main.p"]
    assert any("db.main.p: kept" in note for note in correct(dotted).notes)
    unreadable = event("select from where (", {"p": ""})
    assert input_names(unreadable) == ["p"]
    assert any("p: kept, may be a CTE" in note for note in correct(unreadable).notes)


@pytest.mark.parametrize(
    ("query", "expected"),
    [
        ("select sha from (select keyed_token('S', id) as sha from db.s.t)", {("sha", "id", "TRANSFORMATION", True)}),
        ("with p as (select *, 1 as n from db.s.t) select id as sha from p where n = 1",
         {("sha", "id", "IDENTITY", False)}),
        ("select t.* exclude (sha), u.sha from db.s.t join db.s.u on t.id = u.id", {("sha", "sha", "IDENTITY", False)}),
        ("select max(id) as sha from db.s.t group by other", {("sha", "id", "AGGREGATION", False)}),
        ("create table db.s.o as select id as sha from db.s.t", {("sha", "id", "IDENTITY", False)}),
        ("insert into db.s.o (sha) select id from db.s.t", {("sha", "id", "IDENTITY", False)}),
        ("insert into db.s.o select upper(id) from db.s.t", {("sha", "id", "TRANSFORMATION", False)}),
        ("select id as sha from db.s.t union all select key from db.s.u",
         {("sha", "id", "IDENTITY", False), ("sha", "key", "IDENTITY", False)}),
    ],
)  # fmt: skip
def test_lost_transformations_are_read_from_the_statement(home, query, expected):
    after, _ = found(event(query, {"db.s.t": "", "db.s.u": ""}, schema=_schema("sha")))
    assert {(e[0], e[2], e[4], e[5]) for e in after if e[3] == "DIRECT"} == expected


@pytest.mark.parametrize(
    "query",
    [
        "select * from db.s.t join db.s.u on t.k = u.k",
        "select sha from db.s.t join db.s.u on t.k = u.k",
        "insert into db.s.o (sha) select * from db.s.t",
        "insert into db.s.o (sha, more) select id from db.s.t",
        "select sha from read_csv('x.csv')",
        "delete from db.s.t",
        "select 1; select 2",
        "((((",
        "with recursive p as (select 1) insert into db.s.o select 1",
    ],
)
def test_what_the_statement_does_not_decide_stays_unknown_and_is_said(home, query):
    after, notes = found(event(query, {"db.s.t": "", "db.s.u": ""}, columnLineage=lineage(sha="db.s.t.id")))
    assert ("sha", "db.s.t", "id", None, None, None) in after
    assert any("masking unknown of sha" in note for note in notes)
    assert not any(e[2] == "id" and e[5] is not None for e in after)


def test_schemas_of_the_inputs_decide_between_two_tables(home):
    query = "select * from db.s.t join db.s.u on t.k = u.k"
    after, _ = found(event(query, {"db.s.t": "k id", "db.s.u": "k sha"}, schema=_schema("id sha")))
    assert {(e[0], e[1], e[2]) for e in after if e[3] == "DIRECT"} == {("id", "db.s.t", "id"), ("sha", "db.s.u", "sha")}


def test_what_a_producer_states_completely_is_not_touched(home):
    facet = lineage(sha="db.s.t.id")
    facet["fields"]["sha"]["inputFields"][0]["transformations"] = [{"type": "DIRECT", "subtype": "X", "masking": True}]
    after = correct(event("select other as sha from db.s.t", {"db.s.t": ""}, columnLineage=facet))
    assert after.event["outputs"][0]["facets"]["columnLineage"] == {**facet}
    old = {"fields": {"sha": {"inputFields": [{"namespace": PG, "name": "db.s.t", "field": "id"}],
                              "transformationType": "MASKED", "transformationDescription": ""}}}  # fmt: skip
    assert correct(event("select id as sha from db.s.t", {"db.s.t": ""}, columnLineage=old)).notes == []


def test_a_table_that_the_event_does_not_name_is_added_only_if_it_is_named_as_fully(home):
    assert input_names(event("select id as sha from db.s.seed", schema=_schema("sha"))) == ["db.s.seed"]
    after, notes = found(event("select id as sha from seed", schema=_schema("sha")))
    assert after == set()
    assert any("a table that is none of the inputs" in note for note in notes)
    in_full = event("insert into s.o (sha) select id from s.seed", schema=_schema("sha"))
    assert input_names(in_full) == ["db.s.seed"]


@pytest.mark.parametrize(
    "facet", [None, [], "x", {"fields": None}, {"fields": {"a": None}}, {"fields": {"a": {"inputFields": [1]}}}]
)
def test_facets_of_any_shape_are_borne(home, facet):
    given = event(
        "select a from db.s.t", {"db.s.t": ""}, columnLineage=facet, symlinks=facet, lifecycleStateChange=facet
    )
    given["job"]["facets"]["sql"] = facet if facet is None else {"query": facet}
    assert correct(given).event["outputs"]


def test_hostile_statements_are_refused_not_run(home):
    sums = "select " + " + ".join(["a"] * 3_000) + " as sha from db.s.t"
    wide = "select " + ", ".join(f"a{i} as b{i}" for i in range(3_000)) + " from db.s.t"
    unions = "select a as sha from db.s.t" + " union all select a from db.s.t" * 2_000
    for query in ("select " + "(" * 3_000 + "1" + ")" * 3_000, "x" * 300_000, sums, wide, unions):
        after, notes = found(event(query, {"db.s.t": ""}, columnLineage=lineage(sha="db.s.t.a")))
        assert after == {("sha", "db.s.t", "a", None, None, None)}
        assert any("masking unknown of sha: the statement" in note for note in notes)


def test_a_key_is_held_against_the_names_that_are_kept(home):
    foreign, ours = ProducerKey(key_id="a"), ProducerKey(key_id="b", namespaces=[OURS, "n"])
    given = event()
    given["outputs"][0].update(
        namespace=f"duckdb://{paths.zone_database('platform')}", name="platform.integrated.person"
    )
    assert "outputs/0" in objection(foreign, heard(check(b"", given)), given)
    assert objection(ours, heard(check(b"", given)), given) == ""
    before = {"namespace": OURS, "name": "platform.integrated.person"}
    renamed = event(lifecycleStateChange={
        "lifecycleStateChange": "RENAME", "previousIdentifier": before,
        "_producer": "https://example.org/p", "_schemaURL": "https://example.org/s"})  # fmt: skip
    assert "lifecycleStateChange" in objection(foreign, heard(check(b"", renamed)), renamed)
