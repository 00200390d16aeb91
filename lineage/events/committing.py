"""Group commit: the events of all waiting requests are stored together, in one transaction after another.

Lives here: the queue, the one thread of a process that empties it, and the answers to those who wait.
Add here: nothing that knows HTTP.
Stays out: reading and checking events (``lineage.events.receiving``), what a transaction does with them
(``lineage.events.storing``).

One durable commit costs the disk two milliseconds whether it holds one event or hundreds. While one runs, the events
that arrive wait for the next; nobody is answered before the transaction with its event is committed. Those who wait
take turns, so that one event does not wait for the whole of another's batch.
"""

from __future__ import annotations

import asyncio
import logging
import threading
import time
from collections import deque
from collections.abc import Sequence
from dataclasses import dataclass, field

from django.db import connections

from lineage.events.receiving import Item
from lineage.events.storing import UNAVAILABLE, Outcome, store

TOGETHER = 512  # events in one transaction
TURN = 64  # events of one request that are taken before it is another's turn
COMPANY = 8  # events: where so many came together, those just answered come again at once
LINGER_SECONDS = 0.001  # so they are waited for while more come, and share a commit
LINGERS = 6
WAITING_EVENTS = 20_000
WAITING_BYTES = 128 * 1024 * 1024
_log = logging.getLogger(__name__)


class FullError(RuntimeError):
    """Too much is waiting, or the process is ending: come back later."""


@dataclass
class _Submission:
    items: Sequence[Item]
    loop: asyncio.AbstractEventLoop
    future: asyncio.Future[list[Outcome]]
    outcomes: list[Outcome] = field(default_factory=list)


_Part = tuple[_Submission, int, int]  # its items from, to


class Committer:
    """Takes events in and stores them; its thread starts with the first submission."""

    def __init__(self, waiting_events: int = WAITING_EVENTS, waiting_bytes: int = WAITING_BYTES) -> None:
        self._limits = waiting_events, waiting_bytes
        self._waiting: deque[tuple[_Submission, int]] = deque()  # with the place of its first item not yet taken
        self._events = self._bytes = 0
        self._changed = threading.Condition()
        self._is_closed = False
        self._last = 0  # events stored in the last transaction
        self._thread: threading.Thread | None = None

    def submit(self, items: Sequence[Item]) -> asyncio.Future[list[Outcome]]:
        """Return what will become of each event, once that is durable. Call on an event loop.

        Raises:
            FullError: too much is waiting; nothing was taken.
        """
        loop = asyncio.get_running_loop()
        submission = _Submission(items, loop, loop.create_future())
        if not items:
            submission.future.set_result([])
            return submission.future
        size = sum(len(item.body) for item in items)
        with self._changed:
            self._make_room(len(items), size)
            self._waiting.append((submission, 0))
            self._events, self._bytes = self._events + len(items), self._bytes + size
            self._wake()
        return submission.future

    def close(self) -> None:
        """Store what is waiting, take nothing more, and end the thread."""
        with self._changed:
            self._is_closed = True
            if self._waiting or self._thread is not None:
                self._wake()
        if self._thread is not None:
            self._thread.join()

    def _wake(self) -> None:
        """Tell the thread; make one if there is none, or none that lives."""
        if self._thread is None or not self._thread.is_alive():
            self._thread = threading.Thread(target=self._run, name="lineage-committer", daemon=True)
            self._thread.start()
        self._changed.notify()

    def _make_room(self, events: int, size: int) -> None:
        """Refuse what does not fit; into an empty queue everything fits."""
        most_events, most_bytes = self._limits
        is_full = self._events + events > most_events or self._bytes + size > most_bytes
        if self._is_closed or (self._waiting and is_full):
            raise FullError("too many events are waiting")

    def _linger(self) -> None:
        """After a transaction with many, let those just answered send again before the next begins."""
        for _ in range(LINGERS if self._last >= COMPANY else 0):
            before = self._events
            time.sleep(LINGER_SECONDS)
            if self._events == before or self._events >= TOGETHER:
                return

    def _run(self) -> None:
        try:
            while parts := self._next():
                self._commit(parts)
        finally:
            connections.close_all()

    def _commit(self, parts: list[_Part]) -> None:
        """Store these events and answer those who have all of theirs; whatever happens, they are answered."""
        items = [item for submission, start, end in parts for item in submission.items[start:end]]
        self._last, outcomes = len(items), [UNAVAILABLE] * len(items)
        try:
            outcomes = store(items)
        except BaseException:  # a thread that ended here would leave everybody waiting
            _log.exception("%d events could not be stored", len(items))
            connections.close_all()
        given = iter(outcomes)
        for submission, start, end in parts:
            submission.outcomes += [next(given) for _ in range(start, end)]
        _answer([s for s, _, end in parts if end == len(s.items)])

    def _next(self) -> list[_Part]:
        """Wait, then return the next events to be stored together; none: it is over."""
        self._linger()
        with self._changed:
            self._changed.wait_for(lambda: self._waiting or self._is_closed)
            parts, room = [], TOGETHER
            while self._waiting and room:
                submission, start = self._waiting.popleft()
                end = min(len(submission.items), start + room, start + TURN)
                parts.append((submission, start, end))
                if end < len(submission.items):
                    self._waiting.append((submission, end))
                room -= end - start
            self._events -= TOGETHER - room
            self._bytes -= sum(len(item.body) for s, start, end in parts for item in s.items[start:end])
            return parts


def _answer(done: list[_Submission]) -> None:
    """Give each waiting request its outcomes: one wake-up for each event loop."""
    for loop in {s.loop for s in done}:
        try:
            loop.call_soon_threadsafe(_resolve, [s for s in done if s.loop is loop])
        except RuntimeError:  # the loop has ended: nobody waits any more
            _log.warning("nobody waits any more for the answer to %d requests", len(done))


def _resolve(done: list[_Submission]) -> None:
    for submission in done:
        if not submission.future.done():
            submission.future.set_result(submission.outcomes)
