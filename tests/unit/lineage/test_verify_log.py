"""Whatever is done to the log behind the triggers is found and said where: every bit, every rearrangement."""

from __future__ import annotations

import hashlib
import os
import shutil
from pathlib import Path

import pytest

from lineage.events.ingest import ingest_many
from lineage.log import checkpoint
from lineage.log.anchors import AnchorError
from lineage.log.appending import head
from lineage.log.checkpoint import CheckpointRefusedError
from lineage.log.merkle import root
from lineage.log.verify import verify
from lineage.models import Event
from scheme.signing import sign
from tests.unit.lineage.events import FIELDS, fill, rechain, run_event, set_field, sql, stored, unguarded

pytestmark = pytest.mark.django_db


def places() -> list[tuple[int | None, str]]:
    return [(p.seq, p.field) for p in verify().problems]


def flipped(value: object) -> list[object]:
    """Every value one bit away."""
    if isinstance(value, int):
        return [value ^ (1 << bit) for bit in range(62)]
    content = value.encode() if isinstance(value, str) else bytes(value)  # type: ignore[arg-type]
    step = 8 if len(content) > 100 else 1
    return [
        bytes([*content[:i], content[i] ^ (1 << bit), *content[i + 1 :]])
        for i in range(0, len(content), step)
        for bit in range(8)
    ]


@pytest.mark.requirement("R076")
@pytest.mark.parametrize("field", [f for f in FIELDS if f not in ("seq", "via")])
def test_one_flipped_bit_of_any_field_is_found_at_its_event_and_named(home, field):
    fill(5)
    unguarded()
    assert verify().is_sound
    was = stored(3)[field]
    for wrong in flipped(was):
        set_field(3, field, wrong)
        assert places() == [(3, field)], wrong
    set_field(3, field, was)
    assert verify().is_sound


def test_a_sender_put_in_afterwards_is_found(home):
    fill(3)
    unguarded()
    set_field(2, "via", "key-1")
    assert places() == [(2, "via")]


@pytest.mark.parametrize("seq", [1, 3, 5])
def test_a_flipped_bit_of_a_sequence_is_a_gap_and_an_event_out_of_place(home, seq):
    fill(5)
    checkpoint.write()
    unguarded()
    for bit in range(40):
        wrong = seq ^ (1 << bit)
        if 1 <= wrong <= 5:
            continue
        sql("UPDATE lineage_event SET seq = %s WHERE seq = %s", wrong, seq)
        found = verify()
        assert any(p.seq == seq and "missing" in p.what for p in found.problems) or seq == 5
        assert any("place in the log" in p.what or "no sequence" in p.what for p in found.problems)
        sql("UPDATE lineage_event SET seq = %s WHERE seq = %s", seq, wrong)
    assert verify().is_sound


def test_a_missing_event_and_a_missing_stretch_are_named_and_nothing_else(home):
    fill(12)
    unguarded()
    sql("DELETE FROM lineage_event WHERE seq = 3 OR seq BETWEEN 6 AND 8")
    assert [str(p) for p in verify().problems] == ["event 3: is missing", "event 6: is missing, and all up to 8"]


def test_swapped_events_are_told_from_changed_ones(home):
    fill(8)
    unguarded()
    for old, new in ((4, 100), (6, 4), (100, 6)):
        sql("UPDATE lineage_event SET seq = %s WHERE seq = %s", new, old)
    found = {p.seq: p.what for p in verify().problems}
    assert "was event 6" in found[4] and "was event 4" in found[6]


def test_swapped_contents_are_found_at_both(home):
    fill(6)
    unguarded()
    two, five = stored(2), stored(5)
    for seq, other in ((2, five), (5, two)):
        set_field(seq, "body", other["body"])
        set_field(seq, "sha256", other["sha256"])
    assert {2, 5} == {p.seq for p in verify().problems}


def test_an_event_put_in_between_or_before_the_first_is_found(home):
    fill(4)
    unguarded()
    sql("UPDATE lineage_event SET seq = seq + 100 WHERE seq > 2")
    sql("UPDATE lineage_event SET seq = seq - 99 WHERE seq > 100")
    copy = ", ".join(f for f in FIELDS if f != "seq")
    sql(f"INSERT INTO lineage_event (seq, {copy}) SELECT 3, {copy} FROM lineage_event WHERE seq = 2")
    sql(f"INSERT INTO lineage_event (seq, {copy}) SELECT -7, {copy} FROM lineage_event WHERE seq = 2")
    found = verify()
    assert any("-7 is no sequence" in p.what for p in found.problems)
    assert {3, 4, 5} <= {p.seq for p in found.problems}


def test_an_event_added_at_the_end_without_its_chain_is_found(home):
    fill(3)
    unguarded()
    copy = ", ".join(f for f in FIELDS if f != "seq")
    sql(f"INSERT INTO lineage_event (seq, {copy}) SELECT 4, {copy} FROM lineage_event WHERE seq = 2")
    assert {p.seq for p in verify().problems} == {4}


@pytest.mark.requirement("R076")
def test_a_tail_made_anew_does_not_fit_the_checkpoint_which_says_between_which_events(home):
    fill(4)
    checkpoint.write()
    fill(5)
    checkpoint.write()
    fill(6)
    checkpoint.write()
    unguarded()
    body = run_event("another story")
    set_field(7, "body", body)
    set_field(7, "sha256", hashlib.sha256(body).hexdigest())
    rechain(7, 15)
    assert [str(p) for p in verify().problems] == [
        "checkpoint 9 does not fit the log: it was rewritten within events 5 to 9",
        "checkpoint 15 does not fit the log: it was rewritten within events 5 to 15",
    ]


def test_a_cut_tail_shows_by_the_checkpoint_beyond_the_head(home):
    fill(6)
    checkpoint.write()
    unguarded()
    sql("DELETE FROM lineage_event WHERE seq > 4")
    assert [str(p) for p in verify().problems] == ["the log ends before checkpoint 6: events were cut off"]
    with pytest.raises(CheckpointRefusedError, match="does not fit its checkpoint 6"):
        checkpoint.write()


def test_every_broken_place_is_said_up_to_fifty_and_all_are_counted(home):
    fill(80)
    unguarded()
    sql("UPDATE lineage_event SET received_us = received_us + 1 WHERE seq > 20")
    found = verify()
    assert (len(found.problems), found.broken, found.events) == (50, 60, 80)
    assert [p.seq for p in found.problems] == list(range(21, 71))


def test_text_that_is_no_utf8_and_content_of_another_type_are_found(home):
    fill(3)
    unguarded()
    set_field(2, "producer", b"\xff\xfe")
    set_field(3, "body", 12)
    assert {(2, "producer"), (3, "body")} <= set(places())


def test_an_emptied_body_without_a_pruning_is_found(home):
    fill(5)
    unguarded()
    sql("UPDATE lineage_event SET body = x'' WHERE seq IN (2, 3, 5)")
    found = [str(p) for p in verify().problems]
    assert [p.partition(":")[0] for p in found] == ["event 2", "event 5"]
    assert "up to 3" in found[0] and all("content was changed" in p for p in found)


def test_progress_reaches_the_head(home):
    fill(700)
    told: list[tuple[int, int]] = []
    assert verify(lambda done, total: told.append((done, total))).is_sound
    assert told[-1] == (700, 700) and len(told) == 3


def test_a_checkpoint_signs_the_tree_over_all_chain_hashes_and_grows_from_the_last(home):
    for events in (1, 5, 2, 9):
        fill(events)
        path = checkpoint.write()
        assert path is not None and checkpoint.write() is None
        signed = checkpoint.read(path)
        chain = [bytes.fromhex(h) for h in Event.objects.order_by("seq").values_list("chain_hash", flat=True)]
        assert (signed.seq, signed.chain_hash, signed.tree_root) == (len(chain), head().chain_hash, root(chain).hex())
    assert verify().is_sound and verify().checkpoints == 4


def test_a_checkpoint_without_a_tree_stays_valid_and_the_next_one_has_the_whole_tree(home):
    fill(3)
    old = {"seq": 3, "chain_hash": head().chain_hash, "at": "2026-09-24T09:30:00+08:00"}
    checkpoint.folder().mkdir(parents=True)
    (checkpoint.folder() / "000000000003.json").write_text(sign(old, "bureau").model_dump_json())
    assert verify().is_sound
    fill(2)
    path = checkpoint.write()
    assert path is not None
    chain = [bytes.fromhex(h) for h in Event.objects.order_by("seq").values_list("chain_hash", flat=True)]
    assert checkpoint.read(path).tree_root == root(chain).hex()
    assert verify().is_sound


def test_nothing_is_signed_over_a_log_that_does_not_hold_together(home):
    fill(3)
    checkpoint.write()
    fill(3)
    unguarded()
    set_field(5, "prev_hash", "0" * 64)
    with pytest.raises(CheckpointRefusedError, match="event 5"):
        checkpoint.write()


def test_a_signed_but_wrong_tree_hash_is_found(home):
    fill(3)
    path = checkpoint.write()
    assert path is not None
    document = {**checkpoint.read(path).signed.document, "tree_root": "0" * 64}
    path.write_text(sign(document, "bureau").model_dump_json())
    assert [str(p) for p in verify().problems] == ["the tree hash of checkpoint 3 does not fit the log"]


@pytest.mark.parametrize("content", ["", "{}", "[]", '{"document": 1}', "\x00"])
def test_a_file_that_is_no_checkpoint_is_named_and_the_others_still_count(home, content):
    fill(3)
    checkpoint.write()
    (checkpoint.folder() / "000000000002.json").write_text(content)
    found = verify()
    assert found.checkpoints == 1 and "000000000002.json cannot be trusted" in str(found.problems[0])


@pytest.fixture
def anchors(home: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> list[Path]:
    """Two folders elsewhere."""
    found = [tmp_path / "share", tmp_path / "disk"]
    for each in found:
        each.mkdir()
    monkeypatch.setenv("SUYUAN_ANCHORS", os.pathsep.join(map(str, found)))
    return found


def test_checkpoints_are_exported_also_those_from_before_a_folder_was_configured(home, anchors, monkeypatch):
    monkeypatch.setenv("SUYUAN_ANCHORS", "")
    fill(2)
    checkpoint.write()
    monkeypatch.setenv("SUYUAN_ANCHORS", os.pathsep.join(map(str, anchors)))
    found = verify()
    assert not found.is_sound and len(found.errors) == 2 and not found.problems
    fill(2)
    path = checkpoint.write()
    assert path is not None
    for folder in anchors:
        assert sorted(p.name for p in folder.iterdir()) == ["000000000002.json", "000000000004.json"]
        assert (folder / path.name).read_bytes() == path.read_bytes()
    assert verify().is_sound


@pytest.mark.requirement("R076")
def test_a_log_cut_back_together_with_its_own_checkpoints_is_found_by_those_elsewhere(home, anchors):
    fill(3)
    checkpoint.write()
    fill(3)
    checkpoint.write()
    (checkpoint.folder() / "000000000006.json").unlink()
    unguarded()
    sql("DELETE FROM lineage_event WHERE seq > 3")
    assert [str(p) for p in verify().problems] == ["the log ends before checkpoint 6: events were cut off"]
    ingest_many([run_event(f"other {i}") for i in range(4)])
    assert any("does not fit" in str(p) for p in verify().problems)


def test_a_folder_elsewhere_that_is_not_there_never_passes(home, anchors):
    fill(2)
    checkpoint.write()
    shutil.rmtree(anchors[1])
    found = verify()
    assert not found.is_sound and "disk cannot be read" in found.errors[0] and not found.problems
    fill(1)
    with pytest.raises(AnchorError, match="disk cannot be read"):
        checkpoint.write()
    assert (checkpoint.folder() / "000000000003.json").is_file() and (anchors[0] / "000000000003.json").is_file()


def test_an_empty_folder_elsewhere_like_an_unmounted_share_never_passes(home, anchors):
    fill(2)
    checkpoint.write()
    for file in anchors[0].iterdir():
        file.unlink()
    assert not verify().is_sound and "lacks 1 checkpoints" in verify().errors[0]
