"""What a package shows is what its events say, word for word; whatever they do not say is found or said."""

from __future__ import annotations

import ast
import datetime as dt
import io
import json
import subprocess
import sys
import zipfile
from typing import Any

import pytest

from lineage.access import system
from lineage.answers.asked import Asked
from lineage.events.ingest import ingest, ingest_many
from lineage.evidence import package as packaging
from lineage.evidence import verifier
from lineage.evidence.grounds import grounds
from lineage.evidence.package import EvidenceError, export
from lineage.graph.trace import trace
from lineage.graph.view import view
from lineage.models import Dataset
from tests.unit.lineage.corpora import NAMES, bodies
from tests.unit.lineage.events import NAMESPACE, START, facet, run_event

pytestmark = pytest.mark.django_db
SUBSET, PRODUCT = "authorized.g1.f", "product.g1.p"
BY_SQL = {"airflow", "dbt_default"}  # producers that leave transformations to their statement
AS_SENT = {"airflow"}  # whose names are kept
DELIVERED = {"batchId": "20260921T080000-aaaa", "fileName": "x.csv", "sha256": "a1" * 32, "encoding": "utf-8",
             "rowsDeclared": 3, "rowsLanded": 3, "rowsQuarantined": 0, "receiver": "portal"}  # fmt: skip


def way(source: str, field: str, kind: str = "DIRECT", subtype: str = "IDENTITY", masking: bool = False) -> dict:
    steps = [{"type": kind, "subtype": subtype, "masking": masking}]
    return {"namespace": NAMESPACE, "name": source, "field": field, "transformations": steps}


def lineage(*conditions: dict, **fields: dict) -> dict[str, Any]:
    stated = {column: {"inputFields": [source]} for column, source in fields.items()}
    return {"columnLineage": facet(fields=stated, dataset=list(conditions))}


def files_of(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as found:
        return {name: found.read(name) for name in found.namelist()}


def plant() -> None:
    at, start = START - dt.timedelta(hours=1), "platform.a.s"
    made = {"version": facet(datasetVersion="v1"), "outputStatistics": facet(rowCount=3)}
    given = {"suyuan_delivery": {**facet(), **DELIVERED}}
    ingest_many([
        run_event("land", at=at, inputs=("delivery.a.x",), outputs=(start,), input_facets=given,
                  output_facets=made | lineage(id=way("delivery.a.x", "号"), name=way("delivery.a.x", "名"))),
        run_event("copy", at=at, inputs=(start,), outputs=("platform.a.copy",),
                  output_facets=lineage(id=way(start, "id", masking=True))),
        run_event("filter", at=at, inputs=(start,), outputs=(SUBSET,),
                  output_facets=lineage(way(start, "id", "INDIRECT", "FILTER"), name=way(start, "name"))),
        run_event("make", at=at, inputs=(SUBSET,), outputs=(PRODUCT,), output_facets=lineage(n=way(SUBSET, "name"))),
    ])  # fmt: skip


@pytest.mark.requirement("R150")
@pytest.mark.parametrize("direction", ["upstream", "downstream"])
@pytest.mark.parametrize("column", ["id", "name"])
@pytest.mark.parametrize("node", ["platform.a.s", SUBSET])
def test_a_column_in_either_direction_with_conditions_on_the_way(home, node, column, direction):
    plant()
    if (node, column) == (SUBSET, "id"):
        column = "name"
    made = export(Asked(node, column=column), direction, by=None)
    said = verifier.check(files_of(made.package), made.package)
    assert any("逐项核对" in line for line in said) and not any("推出" in line for line in said)


def test_edges_that_a_walk_shows_but_does_not_follow_have_their_events(home):
    plant()
    answer = trace("platform.a.s", direction="downstream", column="id")
    assert any(e.target == SUBSET for e in answer.edges)
    found = grounds(view(), answer)
    assert found.edges["platform.a.s", SUBSET] == {3} and found.edges["platform.a.s", "platform.a.copy"] == {2}


def test_every_event_of_a_run_is_there_be_it_without_a_data_set(home):
    minutes = [START - dt.timedelta(minutes=n) for n in (30, 20, 10)]
    ingest(run_event("J", at=minutes[0], state="START", run="r", inputs=("delivery.a.s",), outputs=("platform.a.t",)))
    ingest(run_event("else", at=minutes[0], run="other", outputs=("platform.a.u",)))
    ingest(run_event("J", at=minutes[2], run="r"))
    ingest(run_event("else", at=minutes[1], run="other 2"))
    ingest(run_event("J", at=minutes[1], state="RUNNING", run="r", inputs=("delivery.a.s",)))
    found = grounds(view(), trace("platform.a.t"))
    assert found.edges == {("delivery.a.s", "platform.a.t"): {1, 3, 5}}
    assert grounds(view(known_seq=3), trace("platform.a.t", known_seq=3)).sequences == [1, 3]
    assert set(json.loads(files_of(export(Asked("platform.a.t"), "upstream", by=None).package)["proofs.json"])) == {
        "1", "3", "5",
    }  # fmt: skip


def test_a_data_set_that_only_column_lineage_names_rests_on_what_first_named_it(home):
    ingest(run_event("J", at=START, outputs=("platform.a.t",), output_facets=lineage(id=way("platform.a.only", "x"))))
    made = export(Asked("platform.a.only"), "upstream", by=None)
    assert made.events == 1 and verifier.check(files_of(made.package))


def test_a_renamed_data_set(home):
    ingest(run_event("J", at=START, inputs=("delivery.a.s",), outputs=("platform.a.t",), output_facets=lineage(
        id=way("delivery.a.s", "号"))))  # fmt: skip
    was = {"namespace": NAMESPACE, "name": "platform.a.t"}
    renamed = {"lifecycleStateChange": facet(lifecycleStateChange="RENAME", previousIdentifier=was)}
    ingest(run_event("R", at=START, outputs=("platform.a.new",), output_facets=renamed))
    for column in (None, "id"):
        made = export(Asked("platform.a.new", column=column), "upstream", by=None)
        assert made.nodes == 3 and verifier.check(files_of(made.package))


@pytest.mark.parametrize("name", NAMES)
def test_events_of_other_producers(home, monkeypatch, name):
    monkeypatch.setenv("SUYUAN_NOW", "2026-12-01T09:00:00")
    ingest_many(bodies(name))
    now = view()
    nodes = [now.node(i) for i in Dataset.objects.values_list("id", flat=True) if now.is_known(i)]
    said = ""
    for node in nodes:
        files = _statements_of(node)
        seqs = {s for g in json.loads(files["grounds.json"])["nodes"] for s in g["events"]}
        said += "".join(verifier.check_statements(files, seqs))
    assert "逐项核对" in said and "已依规清理" not in said
    assert ("推出" in said, "另有名称" in said) == (name in BY_SQL, name not in AS_SENT)


def _statements_of(node: str) -> dict[str, bytes]:
    """The files that events are held against, without report and signatures."""
    ways = packaging._ways(Asked(node), "upstream", system())
    rests = grounds(ways.seen, ways.whole)
    _, events = packaging._events(rests.sequences)
    rests.spelled.update(packaging.spellings(packaging._numbered(events), rests.names))
    columns = list(packaging.column_edges(ways.seen, ways.whole))
    names = {edge.input: ways.seen.node(edge.input) for _, edge in columns}
    stated = packaging.Stated(ways, columns, names, None, 0, 0)  # type: ignore[arg-type]
    return {**packaging._answered(stated, rests), **events}


LIES = [
    ("columns.json", lambda d: d[0].update(masking=True)),
    ("columns.json", lambda d: d[0].update(type="INDIRECT")),
    ("columns.json", lambda d: d[0].update(source_column="密")),
    ("columns.json", lambda d: d[0].update(target_column="密")),
    ("columns.json", lambda d: d.append({**d[0], "source_column": "号", "target_column": "name"})),
    ("subgraph.json", lambda d: d["nodes"][0].update(version="v2")),
    ("subgraph.json", lambda d: d["nodes"][0].update(rows=4)),
    ("subgraph.json", lambda d: d["nodes"][1]["facts"]["suyuan_delivery"].update(sha256="b2" * 32)),
    ("subgraph.json", lambda d: d["nodes"][1].update(name="delivery.a.other")),
    (
        "subgraph.json",
        lambda d: d["nodes"].append({**d["nodes"][0], "name": "product.g1.none", "version": "", "rows": None}),
    ),
    ("subgraph.json", lambda d: d["edges"].append({**d["edges"][0], "target": PRODUCT})),
    ("subgraph.json", lambda d: d["edges"][0].update(source="platform.a.s", target="delivery.a.x")),
    ("grounds.json", lambda d: d["edges"][0].update(source="platform.a.s", target="delivery.a.x")),
    ("grounds.json", lambda d: d["nodes"][0]["events"].append(5)),
    ("grounds.json", lambda d: d["edges"][0].update(events=[])),
]


@pytest.mark.requirement("R150")
@pytest.mark.parametrize("lie", range(len(LIES)))
def test_whatever_no_event_says_is_found_even_if_it_is_signed(home, monkeypatch, lie):
    plant()
    usual = packaging._answered
    name, change = LIES[lie]

    def lying(stated: Any, rests: Any) -> dict[str, bytes]:
        files = usual(stated, rests)
        document = json.loads(files[name])
        change(document)
        return {**files, name: json.dumps(document).encode()}

    export(Asked("platform.a.s"), "upstream", by=None)
    monkeypatch.setattr(packaging, "_answered", lying)
    with pytest.raises(EvidenceError):
        export(Asked("platform.a.s"), "upstream", by=None)


def test_an_edge_between_two_outputs_of_one_run_is_found(home, monkeypatch):
    ingest(run_event("J", at=START, inputs=("delivery.a.s",), outputs=("platform.a.t", "platform.a.u")))
    found = _statements_of("delivery.a.s")
    verifier.check_statements(found, {1})
    subgraph, rests = json.loads(found["subgraph.json"]), json.loads(found["grounds.json"])
    shown = subgraph["opposite"]["edges"][0]
    for edges in (subgraph["edges"], rests["edges"]):
        edges.append({**rests["edges"][0], **shown, "source": "platform.a.t", "target": "platform.a.u"})
    forged = {"subgraph.json": json.dumps(subgraph).encode(), "grounds.json": json.dumps(rests).encode()}
    with pytest.raises(verifier.WrongError, match=r"platform\.a\.t → platform\.a\.u"):
        verifier.check_statements({**found, **forged}, {1})


def test_the_verifier_is_one_file_for_python_3_8_that_runs_alone(home, tmp_path):
    plant()
    files = files_of(export(Asked(PRODUCT), "upstream", by=None).package)
    text = files["verify.py"].decode()
    ast.parse(text, feature_version=(3, 8))
    assert "lineage.evidence.told import" not in text and text.count("from __future__") == 1
    for name, data in files.items():
        (tmp_path / "u" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "u" / name).write_bytes(data)
    program = str(tmp_path / "u" / "verify.py")
    done = subprocess.run([sys.executable, "-I", "-S", program], capture_output=True, text=True, check=False, env={})
    assert done.returncode == 0, done.stdout + done.stderr
    assert "4个数据集" in done.stdout and "逐项核对" in done.stdout
