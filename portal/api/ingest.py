"""Events in: ``POST /lineage`` and ``POST /lineage/batch`` as OpenLineage specifies them.

Lives here: the two routes, from the bytes of a request to its answer.
Add here: another way to hand events over by HTTP.
Stays out: reading bodies (``portal.api.bodies``), checking and storing (``lineage.events``).

Both are plain ASGI: they are called thousands of times a second. 201 (one event) and 204 (batch) say that every event
is durable, in log and graph. A batch that is taken in part answers 200 with ``status`` ``partial_success``, a summary
and ``failed_events`` (index, reason, retriable), as in the batch API of OpenLineage.
"""

from __future__ import annotations

import asyncio
import json
import logging
from collections import Counter
from collections.abc import Awaitable, Callable, Sequence

from fastapi import APIRouter
from starlette.responses import Response
from starlette.routing import Route
from starlette.types import Receive, Scope, Send

from config.settings import settings
from lineage.events import keys
from lineage.events.committing import Committer, FullError
from lineage.events.receiving import LARGEST_BATCH as MOST_EVENTS
from lineage.events.receiving import BatchRefusedError, BatchTooLargeError, Item, receive, receive_batch
from lineage.events.refused import Verdict
from lineage.events.storing import Outcome
from lineage.models import ProducerKey
from portal.api import bodies, errors, who
from portal.api.bodies import ClientGoneError, Header, read_json
from portal.api.database import in_database
from portal.api.errors import ProblemError, problem
from portal.refusal_reasons import in_chinese

LARGEST_BATCH = 64 * bodies.MEBIBYTE
_TOGETHER = 64  # events of a batch read before others get their turn
_STATUS = {Verdict.NOT_JSON: 400, Verdict.INVALID: 422, Verdict.FORBIDDEN: 403, Verdict.UNREADABLE: 422}
_RETRY = {"Retry-After": "1"}
_log = logging.getLogger(__name__)
_committer = Committer()


class Entrance:
    """A route: who, body, answer; every refusal is a problem."""

    def __init__(self, answer: Callable[[bytes, ProducerKey], Awaitable[Response]], most: Callable[[], int]) -> None:
        self._answer, self._most = answer, most

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Serve one request."""
        headers: Header = dict(scope["headers"])
        try:
            key = await _key(headers)
            response = await self._answer(await read_json(headers, receive, self._most()), key)
        except ProblemError as error:
            response = problem(error.status, error.detail, error.headers)
        except FullError:
            response = _busy()
        except ClientGoneError:
            return
        except Exception:
            _log.exception("events in by HTTP failed")
            response = problem(500, errors.BROKEN)
        await response(scope, receive, send)


async def one(body: bytes, key: ProducerKey) -> Response:
    """Take one event: 201, or a problem that says why not."""
    outcome = (await submit([receive(body, key)]))[0]
    if outcome.verdict is Verdict.ACCEPTED:
        return Response(status_code=201)
    if outcome.verdict is Verdict.UNAVAILABLE:
        return _busy()
    if outcome.verdict is Verdict.REVOKED:
        raise who.unknown()
    return problem(_STATUS[outcome.verdict], f"事件未接收：{in_chinese(outcome.reason)}。")


async def batch(body: bytes, key: ProducerKey) -> Response:
    """Take a batch of events: 204 all are stored, 200 some are, or a problem if it is no batch."""
    items: list[Item] = []
    try:
        for item in receive_batch(body, key):
            items.append(item)
            if not len(items) % _TOGETHER:
                await asyncio.sleep(0)
    except BatchTooLargeError:
        return problem(413, f"整批未接收：一批最多 {MOST_EVENTS:,} 个事件。请分批发送。")
    except BatchRefusedError as error:
        await submit([Item(body, key.key_id, None, verdict=Verdict.NOT_JSON, reason=str(error))])
        return problem(400, f"整批未接收：{in_chinese(str(error))}。批量接口接收 JSON 数组，每个元素为一个事件。")
    outcomes = await submit(items)
    if any(o.verdict is Verdict.REVOKED for o in outcomes):
        raise who.unknown()
    if all(o.verdict is Verdict.ACCEPTED for o in outcomes):
        return Response(status_code=204)
    if all(o.verdict is Verdict.UNAVAILABLE for o in outcomes):
        return _busy()
    return Response(json.dumps(_summary(outcomes), ensure_ascii=False), media_type="application/json")


def submit(items: Sequence[Item]) -> asyncio.Future[list[Outcome]]:
    """Hand events to the process's committer."""
    return _committer.submit(items)


def close() -> None:
    """Store what is waiting; the process ends."""
    _committer.close()


async def _key(headers: Header) -> ProducerKey:
    secret = who.bearer(headers.get(b"authorization", b"").decode("latin-1"))
    key = keys.remembered(secret) or await in_database(keys.recognise, secret)
    if key is None:
        raise who.unknown()
    return key


def _busy() -> Response:
    return problem(503, "系统繁忙，事件尚未接收。请稍后重新发送。", _RETRY)


def _summary(outcomes: Sequence[Outcome]) -> dict[str, object]:
    counts = Counter(o.verdict for o in outcomes)
    failed = len(outcomes) - counts[Verdict.ACCEPTED]
    return {
        "status": "partial_success",
        "summary": {
            "received": len(outcomes), "successful": counts[Verdict.ACCEPTED], "failed": failed,
            "retriable": counts[Verdict.UNAVAILABLE], "non_retriable": failed - counts[Verdict.UNAVAILABLE],
        },
        "failed_events": [
            {"index": i, "reason": in_chinese(o.reason or o.verdict.value),
             "retriable": o.verdict is Verdict.UNAVAILABLE}
            for i, o in enumerate(outcomes)
            if o.verdict is not Verdict.ACCEPTED
        ],
    }  # fmt: skip


ENTRANCES = {
    "/lineage": Entrance(one, lambda: settings().lineage_event_limit),
    "/lineage/batch": Entrance(batch, lambda: LARGEST_BATCH),
}
router = APIRouter(routes=[Route(path, entrance, methods=["POST"]) for path, entrance in ENTRANCES.items()])
