"""The committer: nobody is answered before the store, nothing is lost, too much is said."""

from __future__ import annotations

import asyncio
import threading

import pytest
from django.db import DatabaseError

from lineage.events import committing
from lineage.events.committing import TOGETHER, Committer, FullError
from lineage.events.receiving import Item
from lineage.events.refused import Verdict
from lineage.events.storing import Outcome


class Store:
    """Stands where the database is: notes what is stored together, waits while it is held."""

    def __init__(self) -> None:
        self.together: list[list[bytes]] = []
        self.open = threading.Event()
        self.open.set()
        self.began = threading.Event()

    def __call__(self, items) -> list[Outcome]:
        self.began.set()
        assert self.open.wait(10)
        self.together.append([item.body for item in items])
        return [Outcome(Verdict.ACCEPTED, item.body.decode()) for item in items]


@pytest.fixture
def store(monkeypatch) -> Store:
    made = Store()
    monkeypatch.setattr(committing, "store", made)
    return made


def items(*names: str) -> list[Item]:
    return [Item(n.encode(), "k", None) for n in names]


def reasons(outcomes: list[Outcome]) -> list[str]:
    return [o.reason for o in outcomes]


async def held(committer: Committer, store: Store) -> asyncio.Future[list[Outcome]]:
    """Submit one event and wait until its store has begun and stands still."""
    store.open.clear()
    first = committer.submit(items("first"))
    await asyncio.to_thread(store.began.wait, 10)
    return first


def test_what_waits_is_stored_together_and_answered_in_order(store):
    async def main() -> None:
        committer = Committer()
        first = await held(committer, store)
        rest = [committer.submit(items(f"{n}a", f"{n}b")) for n in range(50)]
        await asyncio.sleep(0.05)
        assert not first.done() and not any(r.done() for r in rest)
        store.open.set()
        assert reasons(await first) == ["first"]
        assert [reasons(await r) for r in rest] == [[f"{n}a", f"{n}b"] for n in range(50)]
        await asyncio.to_thread(committer.close)

    asyncio.run(main())
    assert [len(t) for t in store.together] == [1, 100]


def test_a_large_batch_is_stored_in_several_transactions_and_answered_once(store):
    names = [str(n) for n in range(2 * TOGETHER + 10)]

    async def main() -> None:
        committer = Committer()
        first = await held(committer, store)
        large, after = committer.submit(items(*names)), committer.submit(items("after"))
        store.open.set()
        assert reasons(await large) == names and reasons(await after) == ["after"]
        await first
        await asyncio.to_thread(committer.close)

    asyncio.run(main())
    assert [len(t) for t in store.together] == [1, TOGETHER, TOGETHER, 11]


@pytest.mark.parametrize("limits", [{"waiting_events": 3}, {"waiting_bytes": 6}])
def test_too_much_is_refused_until_there_is_room_again(store, limits):
    async def main() -> None:
        committer = Committer(**limits)
        first = await held(committer, store)
        waiting = committer.submit(items("aa", "bb", "cc"))
        with pytest.raises(FullError):
            committer.submit(items("dd"))
        store.open.set()
        assert reasons(await waiting) == ["aa", "bb", "cc"]
        await first
        assert reasons(await committer.submit(items("dd"))) == ["dd"]
        assert reasons(await committer.submit(items("one", "larger", "than", "all"))) == [
            "one",
            "larger",
            "than",
            "all",
        ]
        await asyncio.to_thread(committer.close)

    asyncio.run(main())


def test_closing_stores_what_waits_and_takes_nothing_more(store):
    async def main() -> None:
        committer = Committer()
        first = await held(committer, store)
        waiting = committer.submit(items("a"))
        closing = asyncio.create_task(asyncio.to_thread(committer.close))
        await asyncio.sleep(0.05)
        with pytest.raises(FullError):
            committer.submit(items("late"))
        store.open.set()
        await closing
        assert reasons(await first) == ["first"] and reasons(await waiting) == ["a"]

    asyncio.run(main())


def test_nothing_is_stored_for_nothing(store):
    async def main() -> None:
        assert await Committer().submit([]) == []

    asyncio.run(main())
    assert store.together == []


@pytest.mark.parametrize("error", [OSError("disk"), DatabaseError("malformed"), MemoryError(), SystemExit()])
def test_the_thread_outlives_whatever_a_transaction_raises(store, monkeypatch, error):
    def broken(given) -> list[Outcome]:
        monkeypatch.setattr(committing, "store", store)
        raise error

    async def main() -> None:
        committer = Committer()
        monkeypatch.setattr(committing, "store", broken)
        failed = await asyncio.wait_for(committer.submit(items("a", "b")), 10)
        assert [o.verdict for o in failed] == [Verdict.UNAVAILABLE] * 2
        assert reasons(await asyncio.wait_for(committer.submit(items("c")), 10)) == ["c"]
        await asyncio.to_thread(committer.close)

    asyncio.run(main())


def test_a_thread_that_died_is_started_again(store):
    class Dead:
        def is_alive(self) -> bool:
            return False

    async def main() -> None:
        committer = Committer()
        committer._thread = Dead()  # type: ignore[assignment]
        assert reasons(await asyncio.wait_for(committer.submit(items("a")), 10)) == ["a"]
        await asyncio.to_thread(committer.close)

    asyncio.run(main())


def test_one_event_does_not_wait_for_the_whole_of_a_batch(store):
    async def main() -> None:
        committer = Committer()
        first = await held(committer, store)
        batches = [committer.submit(items(*(f"{b}{n}" for n in range(4 * TOGETHER)))) for b in "ab"]
        single = committer.submit(items("single"))
        store.open.set()
        outcomes = [reasons(await batch) for batch in batches]
        assert outcomes == [[f"{b}{n}" for n in range(4 * TOGETHER)] for b in "ab"]
        assert reasons(await single) == ["single"] and reasons(await first) == ["first"]
        await asyncio.to_thread(committer.close)

    asyncio.run(main())
    assert b"single" in store.together[1] and len(store.together[1]) == TOGETHER
    for b in (b"a", b"b"):  # in their order, whatever came between
        taken = [int(name[1:]) for together in store.together for name in together if name[:1] == b]
        assert taken == list(range(4 * TOGETHER))
