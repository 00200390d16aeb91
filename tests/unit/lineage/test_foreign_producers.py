"""Events of dbt-ol, Great Expectations, Airflow and Spark: accepted, named as ours, without phantoms, in the graph."""

from __future__ import annotations

import copy
import datetime as dt

import pytest

from lineage.events.ingest import ingest_many
from lineage.events.specification import read
from lineage.foreign import correct, may_need
from lineage.graph.trace import trace
from lineage.graph.view import view
from lineage.models import Dataset
from lineage.projection.catching_up import rebuild
from tests.unit.lineage.corpora import NAMES, OURS, bodies, edges, events

pytestmark = pytest.mark.django_db
LATER = dt.datetime(2026, 12, 1, tzinfo=dt.UTC)
PERSON, DEATHS = "platform.integrated.person", "platform.staging.stg_weijian__death_records"


def last(name: str, job: str):
    """Return the corrected last event of a job, and its notes."""
    found = correct([e for e in events(name) if e["job"]["name"].endswith(job)][-1])
    return found.event, found.notes


def named(event, part: str) -> list[tuple[str, str]]:
    return [(each["namespace"], each["name"]) for each in event[part]]


@pytest.mark.parametrize("name", NAMES)
def test_every_event_is_accepted_and_its_correction_changes_no_event_and_is_the_same_each_time(home, name):
    for body, event in zip(bodies(name), events(name), strict=True):
        read(body)
        before = copy.deepcopy(event)
        first = correct(event)
        assert event == before
        assert correct(before) == first
        assert correct(first.event).event == first.event
        assert may_need(body) or first.event == before, "what was not looked at would have been changed"


@pytest.mark.parametrize("name", ["dbt_default", "dbt_structured_logs"])
def test_the_tables_of_dbt_are_ours(home, name):
    for event in map(correct, events(name)):
        for part in ("inputs", "outputs"):
            assert {namespace for namespace, _ in named(event.event, part)} <= {OURS}
            assert not any(".current." in n or ".history." in n for _, n in named(event.event, part))


def test_a_grants_table_depends_on_what_it_masks_not_on_a_cte(home):
    event, notes = last("dbt_default", "auth_s2__elders")
    assert named(event, "inputs") == [(OURS, PERSON), (OURS, DEATHS)]
    direct = {e for e in edges(event["outputs"][0]) if e[3] == "DIRECT"}
    assert direct == {
        ("resident_token", PERSON, "resident_id_number", "DIRECT", "TRANSFORMATION", True),
        ("age_band", PERSON, "birth_date", "DIRECT", "TRANSFORMATION", True),
        ("sex_code", PERSON, "sex_code", "DIRECT", "IDENTITY", False),
        ("village_code", PERSON, "village_code", "DIRECT", "IDENTITY", False),
    }
    indirect = {e[:3] for e in edges(event["outputs"][0]) if e[3] == "INDIRECT"}
    assert ("lives_alone", PERSON, "household_number") in indirect
    assert {("*", PERSON, "residence_status"), ("*", DEATHS, "resident_id_number")} <= indirect
    assert any("phantom granted_rows" in note for note in notes)


def test_a_model_without_any_column_lineage_gets_it_from_its_statement(home):
    recorded = next(e for e in events("dbt_default") if e["job"]["name"].endswith("stg_waibu__holidays"))
    assert "columnLineage" not in recorded["outputs"][0]["facets"]
    event, _ = last("dbt_default", "stg_waibu__holidays")
    found = edges(event["outputs"][0])
    columns = {f["name"] for f in event["outputs"][0]["facets"]["schema"]["fields"]}
    assert {e[0] for e in found} - {"*"} <= columns
    source = "landing.waibu.landing__waibu__holidays"
    assert ("holiday_name", source, "holiday_name", "DIRECT", "TRANSFORMATION", False) in found
    assert ("_batch_id", source, "_batch_id", "DIRECT", "IDENTITY", False) in found


def test_an_edge_that_the_statement_contradicts_is_kept_unknown_and_flagged(home):
    event, notes = last("dbt_default", "value_conflict")
    wrong = ("source_batch_id", "platform.staging.stg_fayuan__dishonest_debtors", "_batch_id", None, None, None)
    right = ("source_batch_id", "platform.staging.stg_shichang__enterprise", "_batch_id", "DIRECT", "IDENTITY", False)
    assert {wrong, right} <= edges(event["outputs"][0])
    assert any("masking unknown of source_batch_id" in note for note in notes)


def test_seeds_that_dbt_leaves_out_of_the_inputs_are_added(home):
    event, notes = last("dbt_default", "integrated.suyuan.place")
    seeds = ["platform.reference.division", "platform.reference.road_alias"]
    assert named(event, "inputs") == [(OURS, n) for n in ("platform.integrated.place_history", *seeds)]
    assert f"input {seeds[0]} added: the statement reads it" in notes


def test_structured_logs_name_the_same_data_sets_but_no_columns(home):
    event, _ = last("dbt_structured_logs", "model.suyuan.auth_s2__elders")
    default, _ = last("dbt_default", "auth_s2__elders")
    assert named(event, "inputs") == named(default, "inputs")
    assert named(event, "outputs") == named(default, "outputs")
    assert edges(event["outputs"][0]) == set()


def test_great_expectations_judges_our_tables(home):
    found = {e["job"]["name"]: named(correct(e).event, "inputs") for e in events("great_expectations")}
    assert found == {
        "judge.table": [(OURS, PERSON)], "judge.query2": [(OURS, PERSON)], "judge.query": [],
        "judge.pandas": [("memory://pandas", "dataframe")],
    }  # fmt: skip


def test_airflow_phantom_goes_and_its_insert_is_read_by_place(home):
    event, _ = last("airflow", "build_person_age")
    residents = "registry.public.residents"
    found = edges(event["outputs"][0])
    assert ("person_token", residents, "id_number", "DIRECT", "TRANSFORMATION", False) in found
    assert ("age_band", residents, "birth_date", "DIRECT", "TRANSFORMATION", False) in found
    assert ("household_size", residents, "household_number", "INDIRECT", "GROUP_BY", None) in found
    assert {e[1] for e in found} == {residents}
    start = correct(next(e for e in events("airflow") if e["inputs"]))
    assert named(start.event, "inputs") == [("postgres://registry-db:5432", residents)]
    assert "phantom input p removed: a CTE of the statement" in start.notes


def test_spark_locations_are_the_tables_their_symlinks_name(home):
    done = [correct(e).event for e in events("spark") if e["eventType"] == "COMPLETE"]
    glue = "arn:aws-cn:glue:cn-north-1:123456789012"
    assert named(done[0], "inputs") == [
        ("hive://metastore:9083", "population.people"),
        (glue, "table/reference/district"),
    ]
    assert named(done[0], "outputs") == [(glue, "table/statistics/by_district")]
    assert ("person_token", "population.people", "id_number", "DIRECT", "TRANSFORMATION", True) in edges(
        done[0]["outputs"][0]
    )
    assert named(done[1], "inputs") == [("kafka://broker:9092", "person_changes")]
    renamed = done[2]["outputs"][0]["facets"]["lifecycleStateChange"]["previousIdentifier"]
    assert renamed == {"namespace": "hive://metastore:9083", "name": "population.people"}


def test_temporary_views_in_a_statement_change_nothing_that_spark_states(home):
    event = next(e for e in events("spark") if e["outputs"] and e["eventType"] == "COMPLETE")
    assert edges(correct(event).event["outputs"][0]) == {
        (
            c,
            {"/warehouse/population.db/people": "population.people", "codes/district": "table/reference/district"}[n],
            *rest,
        )
        for c, n, *rest in edges(event["outputs"][0])
    }


@pytest.mark.requirement("R079")
@pytest.mark.parametrize("name", NAMES)
def test_the_graph_holds_no_phantom_and_is_the_same_when_rebuilt(home, name):
    ingest_many(bodies(name))
    before = list(Dataset.objects.order_by("id").values_list("id", "namespace", "name"))
    assert {"granted_rows", "in_force", "present", "p"}.isdisjoint(n for _, _, n in before)
    rebuild()
    assert list(Dataset.objects.order_by("id").values_list("id", "namespace", "name")) == before


def test_the_walk_leads_through_what_dbt_sent(home):
    ingest_many(bodies("dbt_default"))
    found = trace("authorized.s2.auth_s2__elders", column="resident_token", at=LATER)
    assert {n.name for n in found.nodes} >= {
        "authorized.s2.auth_s2__elders",
        PERSON,
        "platform.integrated.person_history",
    }
    assert [e.masking for e in found.edges if e.source == PERSON and e.target.startswith("authorized.")] == [True]


def test_a_run_of_spark_adds_up_and_facets_are_read_from_the_place_they_stood(home):
    ingest_many(bodies("spark"))
    now = view(at=LATER)
    output = now.find("table/statistics/by_district")
    assert output is not None
    assert sorted(now.name(i) for i in now.inputs(output)) == ["population.people", "table/reference/district"]
    statement = now.statement(output)
    assert statement is not None and statement.rows == 1999
    ingest_many(bodies("airflow"))
    now = view(at=LATER)
    residents = now.find("registry.public.residents")
    assert residents is not None and [c.name for c in now.columns(residents)][:2] == ["id_number", "birth_date"]
