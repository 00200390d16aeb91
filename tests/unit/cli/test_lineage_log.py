"""Commands on the log as evidence, and `suyuan keys show`: exit codes, one line for what does not fit."""

from __future__ import annotations

import datetime as dt
import json

import pytest
from typer.testing import CliRunner

from cli import keys
from cli.lineage import app
from lineage.evidence import verifier
from lineage.log import checkpoint
from lineage.models import Event
from registry.models import Account
from tests.unit.lineage.events import START, fill, set_field, sql, unguarded
from tests.unit.lineage.test_evidence import CHAIN, make_chain
from tests.unit.lineage.test_pruning import day, receive, run_pair

pytestmark = pytest.mark.django_db


def lineage(*arguments: object):
    return CliRunner().invoke(app, [str(a) for a in arguments])


def test_verify_says_where_and_ends_with_one(home):
    fill(4)
    done = lineage("verify", "--json")
    assert done.exit_code == 0 and json.loads(done.stdout)["is_sound"]
    unguarded()
    set_field(3, "kind", "job")
    done = lineage("verify")
    assert done.exit_code == 1 and "event 3: the chain breaks here: its kind was changed" in done.stdout
    found = json.loads(lineage("verify", "--json").stdout)
    assert [(p["seq"], p["field"]) for p in found["problems"]] == [(3, "kind")]


def test_a_folder_elsewhere_that_cannot_be_read_ends_with_two_and_is_never_a_pass(home, monkeypatch, tmp_path):
    fill(2)
    monkeypatch.setenv("SUYUAN_ANCHORS", str(tmp_path / "gone"))
    done = lineage("verify")
    assert done.exit_code == 2 and "SUYUAN_ANCHORS" in done.stderr
    assert not json.loads(lineage("verify", "--json").stdout)["is_sound"]
    done = lineage("checkpoint")
    assert done.exit_code == 2 and len(done.stderr.splitlines()) == 1


def test_checkpoint_signs_and_exports_once(home, monkeypatch, tmp_path):
    (tmp_path / "share").mkdir()
    monkeypatch.setenv("SUYUAN_ANCHORS", str(tmp_path / "share"))
    assert lineage("checkpoint").exit_code == 1  # an empty log
    fill(3)
    first = json.loads(lineage("checkpoint", "--json").stdout)
    assert first["is_new"] and first["document"]["seq"] == 3 and len(first["document"]["tree_root"]) == 64
    assert not json.loads(lineage("checkpoint", "--json").stdout)["is_new"]
    assert [p.name for p in (tmp_path / "share").iterdir()] == ["000000000003.json"]
    assert lineage("verify").exit_code == 0
    unguarded()
    sql("DELETE FROM lineage_event WHERE seq = 3")
    done = lineage("checkpoint")
    assert done.exit_code == 1 and "does not fit its checkpoint 3" in done.stderr


def test_prune_says_what_would_go_then_does_it(home, monkeypatch):
    Account.objects.create(username="wang", role="bureau_approver")
    Account.objects.create(username="li", role="auditor")
    for n in (1, 2):
        receive(monkeypatch, day(n), *run_pair("make", day(n), "delivery.a.x", "platform.a.x"))
    before = (START - dt.timedelta(days=200)).date()
    options = ("prune", "--before", before, "--reason", "保留期届满")
    dry = json.loads(lineage(*options, "--by", "wang", "--dry-run", "--json").stdout)
    assert (dry["events"], dry["act"]) == (2, None) and not Event.objects.filter(body=b"").exists()
    done = lineage(*options, "--by", "wang")
    assert done.exit_code == 0 and "2 events emptied" in done.stdout
    assert Event.objects.filter(body=b"").count() == 2
    assert "2 of them pruned" in lineage("verify").stdout
    for arguments, words in [
        (("prune", "--before", before, "--by", "li", "--reason", "x"), "may not prune"),
        (("prune", "--before", before, "--by", "nobody", "--reason", "x"), "no active account nobody"),
        (("prune", "--before", before, "--by", "wang", "--reason", " "), "needs a reason"),
        (("prune", "--before", "soon", "--by", "wang", "--reason", "x"), "not an ISO 8601"),
        (("prune", "--before", "2100-01-01", "--by", "wang", "--reason", "x"), "lies ahead"),
    ]:
        done = lineage(*arguments)
        assert done.exit_code == 2 and words in done.stderr and len(done.stderr.splitlines()) == 1


@pytest.mark.requirement("R150")
def test_evidence_writes_a_package_that_holds(home, tmp_path):
    make_chain()
    done = lineage("evidence", CHAIN[-1], "-o", tmp_path / "a.zip")
    assert done.exit_code == 0, done.output
    assert verifier.check(*verifier.read(tmp_path / "a.zip"))
    told = json.loads(lineage("evidence", CHAIN[0], "--downstream", "-o", tmp_path / "b.zip", "--json").stdout)
    assert told["nodes"] == len(CHAIN) and told["fingerprint"] in done.stdout
    assert told["fingerprint"] in CliRunner().invoke(keys.app, ["show"]).stdout
    for arguments, words in [
        (("product.s2.nothing", "-o", tmp_path / "c.zip"), "no data set product.s2.nothing"),
        ((CHAIN[-1], "-o", tmp_path / "no" / "c.zip"), "is no folder"),
        ((CHAIN[-1], "-o", tmp_path), "is a folder"),
        ((CHAIN[-1], "-o", tmp_path / "c.zip", "--at", "soon"), "not an ISO 8601"),
        ((CHAIN[-1], "-o", tmp_path / "c.zip", "--by", "nobody"), "no active account"),
        ((CHAIN[-1], "-o", tmp_path / "c.zip", "--upstream", "--downstream"), "not both"),
        ((CHAIN[-1], "-o", tmp_path / "c.zip", "--column", "nobody"), "no column nobody"),
    ]:
        done = lineage("evidence", *arguments)
        assert done.exit_code == 2 and words in done.stderr, done.output
        assert not (tmp_path / "c.zip").exists()


def test_evidence_of_a_changed_log_is_refused_with_one(home, tmp_path):
    make_chain()
    checkpoint.write()
    unguarded()
    set_field(2, "chain_hash", "0" * 64)
    done = lineage("evidence", CHAIN[-1], "-o", tmp_path / "a.zip")
    assert done.exit_code == 1 and "run suyuan lineage verify" in done.stderr and not (tmp_path / "a.zip").exists()


def test_keys_show_without_a_key_says_what_to_do(home):
    done = CliRunner().invoke(keys.app, ["show"])
    assert done.exit_code == 2 and "suyuan keys init" in done.stderr
