"""kill -9 while producers send: every acknowledged event is in the log, the log is sound, the graph complete."""

from __future__ import annotations

import asyncio
import hashlib
import json
import os
import signal
from itertools import count

import pytest

from tests.lineage_load import event, portal, post_all

BATCH = 40
CHECK = """
import json
from lineage.graph.trace import trace
from lineage.log.verify import verify
from lineage.models import Event, Position
found = verify()
last = Event.objects.order_by("seq").last()
print(json.dumps({
    "sound": found.is_sound, "events": found.events, "position": Position.objects.get().seq,
    "last": last.seq, "sums": list(Event.objects.values_list("sha256", flat=True)),
    "nodes": len(trace("dataset:warehouse://shop:mart.orders_1").nodes),
}))
"""


@pytest.mark.requirement("R076")
def test_no_acknowledged_event_is_lost_by_a_kill(tmp_path):
    acknowledged: list[bytes] = []
    with portal(tmp_path) as running:
        secret, rounds = running.key(), count(1)
        for path, after in (("/api/v1/lineage", 300), ("/api/v1/lineage/batch", 12), ("/api/v1/lineage", 150)):
            acknowledged += send_and_kill(running, secret, path, after, next(rounds))
            running.start()
        state = json.loads(running.python(CHECK))
    assert len(acknowledged) >= 300 + 12 * BATCH + 150
    missing = {hashlib.sha256(body).hexdigest() for body in acknowledged} - set(state["sums"])
    assert not missing, f"{len(missing)} of {len(acknowledged)} acknowledged events are lost"
    assert state["sound"] and state["position"] == state["last"] == state["events"]
    assert state["nodes"] == 2


def send_and_kill(running, secret: str, path: str, after: int, round_: int) -> list[bytes]:
    """Send until ``after`` requests were acknowledged, kill the portal in the middle; return what was acknowledged."""
    events = [event(n, of=round_) for n in range(4000)]
    is_batch = path.endswith("batch")
    groups = [events[n : n + BATCH] for n in range(0, 4000, BATCH)] if is_batch else [[e] for e in events]
    bodies = [b"[" + b",".join(g) + b"]" for g in groups] if is_batch else events
    answered = count(1)

    def on_answer(number: int, status: int) -> None:
        assert status in (201, 204)
        if next(answered) == after:
            os.kill(running.process.pid, signal.SIGKILL)

    posted = asyncio.run(post_all(running.port, secret, path, bodies, 16, on_answer))
    running.process.wait(30)
    assert after <= len(posted.answers) < len(bodies)
    return [body for number, _, _ in posted.answers for body in groups[number]]
