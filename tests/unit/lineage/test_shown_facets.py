"""What of facets is told: an allow-list; no value, message, plan or SQL text passes, whoever stated it."""

from __future__ import annotations

import json

import pytest

from lineage.access import redact, redact_job, redact_run, viewer
from registry import demo
from registry.models import Account

pytestmark = pytest.mark.django_db
VALUE, SQL = "370882199001011234", "select * from t where id = 1"
ASSERTION = {"assertion": "not_null", "success": False, "column": "id", "name": "R1", "description": "不为空",
             "actual": VALUE, "expected": VALUE}  # fmt: skip
METRICS = {"rowCount": 3, "columnMetrics": {"id": {"count": 3, "nullCount": 1, "min": VALUE, "max": VALUE, "sum": 7,
                                                   "quantiles": {"0.5": VALUE}}}}  # fmt: skip
STEP = {"type": "DIRECT", "subtype": "IDENTITY", "masking": False, "description": SQL}
SOURCE = {"namespace": "n", "name": "d", "field": "f", "transformations": [STEP]}
STATED = {
    "schema": {"_producer": "p", "fields": [{"name": "id", "type": "text", "example": VALUE}]},
    "documentation": {"description": "人员"}, "version": {"datasetVersion": "v1"},
    "outputStatistics": {"rowCount": 3}, "ownership": {"owners": [{"name": "a", "type": "b", "note": SQL}]},
    "lifecycleStateChange": {"lifecycleStateChange": "RENAME", "previousIdentifier": {"name": SQL}},
    "columnLineage": {"fields": {"id": {"inputFields": [SOURCE], "transformationDescription": SQL}}},
    "dataQualityAssertions": {"assertions": [ASSERTION, {"assertion": f"id = '{VALUE}'", "success": True}]},
    "dataQualityMetrics": METRICS, "suyuan_grant": {"grant": "S1"}, "suyuan_promotion": {"promoted": True},
    "suyuan_delivery": {"fileName": "a.csv"}, "suyuan_not_evaluated": {"rules": [{"rule": "R2", "error": SQL}]},
    "spark_plan": {"sql": SQL}, "sql": {"query": SQL}, "dataSource": {"uri": SQL}, "storage": {"x": VALUE},
}  # fmt: skip
PUBLIC = {"schema", "documentation", "version", "outputStatistics", "ownership", "lifecycleStateChange",
          "dataQualityAssertions", "dataQualityMetrics"}  # fmt: skip
OURS = {"suyuan_grant", "suyuan_promotion", "suyuan_not_evaluated"}


@pytest.fixture(autouse=True)
def accounts(home, db) -> None:
    demo.prepare_demo()


def who(name: str):
    return viewer(Account.objects.get(username=name))


@pytest.mark.parametrize("account", ["auditor", "bureau_approver", "engineer"])
def test_whoever_reads_everything_gets_facets_as_they_were_stated(account):
    assert redact(STATED, who(account), "dataset:acme:y") is STATED
    assert redact_job(STATED, who(account)) is STATED and redact_run(STATED, who(account)) is STATED


@pytest.mark.parametrize("account", ["security", "developer_s1", "service_engineer", "minzheng_clerk"])
def test_of_a_data_set_of_others_counts_names_and_verdicts_are_told(account):
    told = redact(STATED, who(account), "dataset:acme:y")
    assert set(told) == PUBLIC | ({"columnLineage"} if account == "security" else set())
    text = json.dumps(told, ensure_ascii=False)
    assert VALUE not in text and SQL not in text
    assert told["dataQualityAssertions"]["assertions"] == [
        {"assertion": "not_null", "success": False, "column": "id"}, {"success": True}
    ]  # fmt: skip
    assert told["dataQualityMetrics"] == {"rowCount": 3, "columnMetrics": {"id": {"count": 3, "nullCount": 1}}}
    assert told["schema"] == {"_producer": "p", "fields": [{"name": "id", "type": "text"}]}
    assert told["lifecycleStateChange"] == {"lifecycleStateChange": "RENAME"}
    if account == "security":
        (step,) = told["columnLineage"]["fields"]["id"]["inputFields"]
        assert step["transformations"] == [{"type": "DIRECT", "subtype": "IDENTITY", "masking": False}]


@pytest.mark.parametrize(("account", "files"), [("security", True), ("developer_s1", False), ("minzheng_clerk", True)])
def test_of_our_own_data_sets_rules_are_named_and_files_told_to_whom_files_are(account, files):
    told = redact(STATED, who(account), "platform.integrated.people")
    assert set(told) - {"columnLineage"} == PUBLIC | OURS | ({"suyuan_delivery"} if files else set())
    assert told["dataQualityAssertions"]["assertions"][0]["description"] == "不为空"
    assert told["suyuan_not_evaluated"] == {"rules": [{"rule": "R2"}]}
    delivered = redact(STATED, who(account), "landing.minzheng.people")
    assert ("version" in delivered, "dataQualityMetrics" in delivered) == (files, files)


def test_of_a_data_set_known_by_name_only_its_schema_and_title_are_told():
    told = redact(STATED, who("developer_s1"), "platform.integrated.people", is_known=False)
    assert set(told) == {"schema", "documentation"}


def test_facets_of_jobs_and_runs_are_told_by_name():
    job = {"jobType": {"jobType": "TASK", "x": SQL}, "sql": {"query": SQL}, "airflow": {"task": SQL},
           "documentation": {"description": "清洗"}, "sourceCode": {"source": SQL}}  # fmt: skip
    assert redact_job(job, who("security")) == {
        "jobType": {"jobType": "TASK"},
        "documentation": {"description": "清洗"},
    }
    nominal = {"nominalStartTime": "2026-09-10T00:00:00Z"}
    run = {"nominalTime": nominal, "errorMessage": {"message": VALUE}, "spark.logicalPlan": {"plan": SQL},
           "processing_engine": {"name": "spark", "version": "3", "plan": SQL}}  # fmt: skip
    told = {"nominalTime": nominal, "processing_engine": {"name": "spark", "version": "3"}}
    assert redact_run(run, who("security")) == told


@pytest.mark.parametrize("odd", [None, 1, "x", [], [1], {"fields": 1}, {"fields": [1, None]}, {"fields": {"a": []}}])
def test_facets_of_any_shape_are_cut_without_an_error(odd):
    stated = dict.fromkeys(STATED, odd)
    assert set(redact(stated, who("security"), "dataset:acme:y")) <= set(STATED)
