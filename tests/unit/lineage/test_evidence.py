"""A package proves itself with Python alone, and one changed byte anywhere is found."""

from __future__ import annotations

import datetime as dt
import io
import json
import subprocess
import sys
import zipfile
from itertools import pairwise
from pathlib import Path

import pytest

from lineage.answers.asked import Asked, QuestionError
from lineage.events.ingest import ingest_many
from lineage.evidence import verifier
from lineage.evidence.package import Package, export
from lineage.evidence.verifier import WrongError
from lineage.graph.trace import UnknownNodeError, trace
from lineage.log.pruning import prune
from lineage.models import Event
from registry.models import Account, AuditEvent, PrintedDocument
from tests.unit.lineage.events import NAMESPACE, START, facet, run_event, set_field, unguarded

pytestmark = pytest.mark.django_db

CHAIN = ["delivery.gongan.people", "landing.gongan.landing__gongan__people", "platform.staging.stg_gongan__people",
         "product.s2.report"]  # fmt: skip


def made_of(source: str, at: dt.datetime, masking: bool = False) -> dict:
    steps = [{"type": "DIRECT", "subtype": "IDENTITY", "description": "", "masking": masking}]
    used = {"namespace": NAMESPACE, "name": source, "field": "person", "transformations": steps}
    return {
        "columnLineage": facet(fields={"person": {"inputFields": [used]}}),
        "version": facet(datasetVersion=f"{at:%Y%m%d}" * 4), "documentation": facet(description="人口信息表"),
        "schema": facet(fields=[{"name": "person", "type": "text", "description": "公民身份号码"}]),
    }  # fmt: skip


def make_chain(at: dt.datetime = START) -> None:
    bodies = []
    for i, (source, target) in enumerate(pairwise(CHAIN)):
        when, run = at + dt.timedelta(minutes=i - 10), f"{target} {at}"
        bodies.append(run_event(f"make {target}", at=when, state="START", run=run, inputs=(source,)))
        stated = made_of(source, at, masking=i == 2)
        bodies.append(run_event(f"make {target}", at=when, run=run, outputs=(target,), output_facets=stated))
    ingest_many([*bodies, run_event("else", at=at, outputs=("platform.staging.other",))])


@pytest.fixture
def package(home) -> Package:
    make_chain()
    return export(Asked(CHAIN[-1], purpose="审计"), "upstream", by=None)


def unpacked(package: bytes) -> dict[str, bytes]:
    with zipfile.ZipFile(io.BytesIO(package)) as found:
        assert found.testzip() is None
        return {n: found.read(n) for n in found.namelist()}


def run(where: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    """Run the verifier as an auditor would: no site packages, no environment of ours."""
    return subprocess.run(
        [sys.executable, "-I", "-S", str(where), *arguments], capture_output=True, text=True, check=False, env={}
    )


@pytest.mark.requirement("R150")
def test_a_package_holds_what_it_rests_on_and_is_verified_with_python_alone(package, tmp_path):
    files = unpacked(package.package)
    assert {n for n in files if not n.startswith("events/")} == {
        "README.txt", "checkpoint.json", "columns.json", "grounds.json", "headers.json", "key.json", "manifest.json",
        "proofs.json", "report.pdf", "subgraph.json", "verify.py",
    }  # fmt: skip
    events = {int(Path(n).stem): data for n, data in files.items() if n.startswith("events/")}
    assert set(events) == {1, 2, 3, 4, 5, 6} and package.events == 6  # not the one of something else
    for seq, data in events.items():
        assert data == bytes(Event.objects.get(seq=seq).body)
    expected = trace(CHAIN[-1]).document()
    found = json.loads(files["subgraph.json"])
    assert (found["nodes"], found["edges"]) == (expected["nodes"], expected["edges"])
    for name, data in files.items():
        (tmp_path / "u" / name).parent.mkdir(parents=True, exist_ok=True)
        (tmp_path / "u" / name).write_bytes(data)
    done = run(tmp_path / "u" / "verify.py")
    assert done.returncode == 0, done.stdout + done.stderr
    assert "全部通过" in done.stdout and package.fingerprint in done.stdout and "6条血缘记录" in done.stdout
    (tmp_path / "a.zip").write_bytes(package.package)
    assert run(tmp_path / "u" / "verify.py", str(tmp_path / "a.zip")).returncode == 0
    (tmp_path / "u" / "events" / "2.json").write_bytes(events[2].replace(b"people", b"persons"))
    done = run(tmp_path / "u" / "verify.py")
    assert done.returncode == 1 and "未通过：文件被改动：events/2.json" in done.stdout


@pytest.mark.requirement("R150")
def test_one_flipped_bit_in_any_file_is_found(package):
    files = unpacked(package.package)
    verifier.check(files)
    for name, data in files.items():
        small = name in ("manifest.json", "checkpoint.json", "key.json")
        places = range(0, len(data), 11) if small else (0, len(data) // 2, len(data) - 1)
        for at in places:
            for bit in (0, 5):
                wrong = bytes([*data[:at], data[at] ^ (1 << bit), *data[at + 1 :]])
                with pytest.raises(WrongError):
                    verifier.check({**files, name: wrong})


def test_one_flipped_bit_anywhere_in_the_zip_is_found(package, tmp_path):
    data, path = package.package, tmp_path / "a.zip"
    ends = [*range(0, 60), *range(len(data) - 25, len(data)), *range(len(data) - 900, len(data), 11)]
    ends += range(60, len(data), len(data) // 40)
    for at in ends:
        path.write_bytes(bytes([*data[:at], data[at] ^ (1 << at % 8), *data[at + 1 :]]))
        with pytest.raises(WrongError):
            verifier.check(*verifier.read(path))


def test_a_missing_an_added_and_a_renamed_file_are_found(package):
    files = unpacked(package.package)
    for name in files:
        with pytest.raises(WrongError):
            verifier.check({n: d for n, d in files.items() if n != name})
    with pytest.raises(WrongError, match=r"多出：events/99\.json"):
        verifier.check({**files, "events/99.json": b"{}"})
    with pytest.raises(WrongError):
        verifier.check({("x" if n == "README.txt" else n): d for n, d in files.items()})


def test_the_last_letter_of_a_signature_has_bits_without_meaning_but_may_not_change_either(package):
    files = unpacked(package.package)
    for name in ("manifest.json", "checkpoint.json"):
        held = json.loads(files[name])
        letters = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
        last = letters.index(held["signature"][-3])
        held["signature"] = held["signature"][:-3] + letters[last ^ 1] + "=="
        with pytest.raises(WrongError):
            verifier.check({**files, name: verifier.canonical(held)})


def test_whoever_signs_anew_with_another_key_has_another_fingerprint(package, monkeypatch):
    from cryptography.hazmat.primitives.asymmetric.ed25519 import Ed25519PrivateKey

    files = unpacked(package.package)
    key = json.loads(files["key.json"])
    other = Ed25519PrivateKey.generate().public_key().public_bytes_raw()
    forged = {**files, "key.json": json.dumps({**key, "public_key": other.hex()}).encode()}
    with pytest.raises(WrongError, match="签名不成立"):
        verifier.check(forged)
    assert verifier.fingerprint(other) != package.fingerprint


def test_an_edge_without_an_event_is_found_even_if_the_manifest_is_signed_anew(home):
    from lineage.evidence import package as packaging

    make_chain()
    usual = packaging._answered

    def without(stated, rests):
        rests.edges.pop((CHAIN[0], CHAIN[1]))
        return usual(stated, rests)

    packaging._answered = without
    try:
        with pytest.raises(packaging.EvidenceError, match="没有血缘记录为据"):
            export(Asked(CHAIN[-1]), "upstream", by=None)
    finally:
        packaging._answered = usual


def test_the_same_question_gives_the_same_bytes_and_each_taking_is_an_act(package, home):
    again = export(Asked(CHAIN[-1], purpose="审计"), "upstream", by=None)
    assert again.package == package.package
    acts = AuditEvent.objects.filter(action="导出溯源证据")
    assert acts.count() == 2 and acts[0].object == CHAIN[-1] and acts[0].detail["purpose"] == "审计"
    assert PrintedDocument.objects.filter(kind="数据溯源报告").count() == 1


def test_the_report_says_in_words_what_the_answer_is(package, tmp_path):
    import pdfplumber

    with pdfplumber.open(io.BytesIO(unpacked(package.package)["report.pdf"])) as pdf:
        text = "".join((page.extract_text() or "") for page in pdf.pages).replace("\n", "").replace(" ", "")
        picture = pdf.pages[-1]
        drawn = (picture.extract_text() or "").replace("\n", "")
    for words in ("数据溯源报告", "追溯对象", "完整性声明", "责任主体", "谁采集谁负责", "校验方法", "校验码"):
        assert words in text, words
    assert package.fingerprint.replace(" ", "") in text
    assert "人口信息表" in drawn and "溯源关系图" in drawn and "report" in drawn
    assert len(picture.rects) + len(picture.curves) >= len(CHAIN)


def test_one_column_downstream_at_a_past_time(home):
    make_chain(START - dt.timedelta(days=30))
    make_chain(START)
    then = START - dt.timedelta(days=5)
    made = export(Asked(CHAIN[0], column="person", at=then), "downstream", by=None)
    files = unpacked(made.package)
    answer = json.loads(files["subgraph.json"])
    assert [n["name"] for n in answer["nodes"]] == CHAIN and answer["column"] == "person"
    assert {int(Path(n).stem) for n in files if n.startswith("events/")} == {1, 2, 3, 4, 5, 6}
    assert [e["masking"] for e in answer["edges"]] == [False, False, True]


def test_a_pruned_event_keeps_its_proof_and_the_package_says_so(home, monkeypatch):
    old = START - dt.timedelta(days=400)
    monkeypatch.setenv("SUYUAN_NOW", old.isoformat())
    make_chain(old)
    monkeypatch.setenv("SUYUAN_NOW", START.isoformat())
    make_chain(START - dt.timedelta(days=300))
    bureau = Account.objects.create(username="wang", role="bureau_approver")
    monkeypatch.setattr("lineage.log.pruning.rebuild", lambda: None)  # the graph still names the emptied events
    monkeypatch.setattr("lineage.log.pruning.prunable", lambda before_us: [1, 2])
    prune(START - dt.timedelta(days=200), by=bureau, reason="保留期届满")
    made = export(Asked(CHAIN[-1], at=old + dt.timedelta(days=1)), "upstream", by=None)
    files = unpacked(made.package)
    gone = [h["seq"] for h in json.loads(files["headers.json"]) if h["is_pruned"]]
    assert gone == [1, 2] and "events/1.json" not in files and "events/3.json" in files
    assert any("2条的正文已依规清理" in line for line in verifier.check(files))


def test_only_who_may_read_whole_events_takes_them_out(home):
    make_chain()
    for role, may in (("auditor", True), ("bureau_approver", True), ("developer", False), ("data_clerk", False),
                      ("security_authority", False), ("department_head", False)):  # fmt: skip
        account = Account.objects.create(username=role, role=role)
        if may:
            assert export(Asked(CHAIN[-1]), "upstream", by=account).events == 6
        else:
            with pytest.raises(QuestionError):
                export(Asked(CHAIN[-1]), "upstream", by=account)
    with pytest.raises(UnknownNodeError):
        export(Asked("product.s2.nothing"), "upstream", by=None)


def test_a_log_that_was_changed_gives_no_evidence(home):
    from lineage.evidence.package import EvidenceError
    from lineage.log import checkpoint

    make_chain()
    checkpoint.write()
    unguarded()
    set_field(2, "producer", "https://example.org/other")
    with pytest.raises(EvidenceError):
        export(Asked(CHAIN[-1]), "upstream", by=None)
