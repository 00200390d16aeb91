"""After a pruning: whatever may lack events says so, and a record of it that cannot be read is a problem, no crash."""

from __future__ import annotations

import datetime as dt

import pytest

from lineage.graph.trace import trace
from lineage.log import pruned
from lineage.log.pruning import prune
from lineage.log.verify import verify
from lineage.models import Event, Pruning
from scheme.signing import SignedDocument
from scheme.signing import verify as signed_by
from tests.unit.lineage.events import START, run_event, sql, unguarded
from tests.unit.lineage.retained import CUT, bureau, day, receive

pytestmark = pytest.mark.django_db


@pytest.fixture
def known(home, monkeypatch) -> int:
    """Two data sets of one source are known; then one is made again, and old events are pruned. The first sequence."""
    first = [run_event(j, at=day(1), inputs=("delivery.a.s",), outputs=(f"platform.a.{j}",)) for j in ("t", "z")]
    known = receive(monkeypatch, day(1), *first)[-1]
    receive(monkeypatch, day(50), run_event("t", at=day(50), inputs=("delivery.a.s",), outputs=("platform.a.t",)))
    return known


@pytest.mark.requirement("R076")
def test_what_was_known_before_a_pruning_may_lack_some_and_says_so_whatever_the_moment(known):
    before = trace("delivery.a.s", direction="downstream", known_seq=known)
    assert before.is_complete and "platform.a.t" in {n.name for n in before.nodes}
    assert prune(CUT, by=bureau(), reason="保留期届满").events == 1
    after = trace("delivery.a.s", direction="downstream", known_seq=known)
    assert not after.is_complete and any("pruned" in r for r in after.incomplete_because)
    assert {n.name for n in after.nodes} == {"delivery.a.s", "platform.a.z"}
    for seq in (known + 1, None):
        assert not any("pruned" in r for r in trace("platform.a.t", known_seq=seq).incomplete_because)
    assert pruned.lost_from(START, known) == CUT and pruned.lost_from(START, known + 1) is None
    assert pruned.lost_from(CUT, known + 1) is None and pruned.lost_from(CUT - dt.timedelta(seconds=1), 99) == CUT


def test_the_act_says_up_to_which_event_the_log_was_known(known, monkeypatch):
    receive(monkeypatch, START - dt.timedelta(days=9), run_event("late", at=day(2)))
    prune(CUT, by=bureau(), reason="保留期届满")
    act = Pruning.objects.get()
    document = signed_by(SignedDocument.model_validate(act.signed), "bureau")
    assert act.known_seq == document["known_seq"] == known + 1 and verify().is_sound
    unguarded()
    sql("UPDATE lineage_pruning SET known_seq = 1")
    assert not verify().is_sound


def test_an_act_from_before_acts_said_so_is_read_from_the_log(known):
    prune(CUT, by=bureau(), reason="保留期届满")
    unguarded()
    sql("UPDATE lineage_pruning SET known_seq = NULL")
    assert pruned.lost_from(START, known) == CUT and pruned.lost_from(START, known + 1) is None


@pytest.mark.requirement("R076")
@pytest.mark.parametrize(
    "change",
    [
        "UPDATE lineage_event SET body = CAST(body AS TEXT) WHERE seq = {event}",
        "UPDATE lineage_event SET body = CAST(x'ff80' AS TEXT) WHERE seq = {event}",
        "UPDATE lineage_event SET producer = CAST(x'ff80' AS TEXT) WHERE seq = {event}",
        "UPDATE lineage_event SET body = zeroblob(0) WHERE seq = {event}",
        "UPDATE lineage_event SET body = CAST(replace(hex(zeroblob(60000)), '00', '[') AS BLOB) WHERE seq = {event}",
        "DELETE FROM lineage_event WHERE seq = {event}",
        "UPDATE lineage_pruning SET sequences = '[[1'",
        "UPDATE lineage_pruning SET sequences = '7'",
        "UPDATE lineage_pruning SET signed = 'x'",
        "UPDATE lineage_pruning SET signed = CAST(x'ff80' AS TEXT)",
        "UPDATE lineage_pruning SET reason = CAST(x'ff80' AS TEXT)",
        "UPDATE lineage_pruning SET event_seq = 'x'",
        "UPDATE lineage_pruning SET before_us = 'x'",
    ],
)
def test_a_record_that_cannot_be_read_is_said_and_the_walk_goes_on(known, change):
    prune(CUT, by=bureau(), reason="保留期届满")
    assert verify().is_sound
    unguarded()
    sql("PRAGMA ignore_check_constraints = 1")
    sql(change.format(event=Pruning.objects.get().event_seq))
    sql("PRAGMA ignore_check_constraints = 0")
    found = verify()
    assert not found.is_sound and found.pruned in (1, 2) and found.events >= Event.objects.count() - 1
    if "producer" not in change and "CAST(body AS TEXT)" not in change:
        assert any("cannot be trusted" in str(p) for p in found.problems)
