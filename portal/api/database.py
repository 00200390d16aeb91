"""Asking the control database from an asynchronous route.

Lives here: the threads that do it, each with a connection of its own that stays open.
Add here: nothing that knows what is asked.
Stays out: writing events (``lineage.events.committing``, one thread of its own).
"""

from __future__ import annotations

import asyncio
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from typing import ParamSpec, TypeVar

from django.db import close_old_connections, connections

Given = ParamSpec("Given")
Answer = TypeVar("Answer")

THREADS = 4
_pool = ThreadPoolExecutor(THREADS, "portal-api")


async def in_database(function: Callable[Given, Answer], *given: Given.args, **named: Given.kwargs) -> Answer:
    """Call a function that uses the database in one of the threads and return its answer."""

    def call() -> Answer:
        close_old_connections()
        return function(*given, **named)

    return await _in_thread(call)


async def _in_thread(call: Callable[[], Answer]) -> Answer:
    return await asyncio.get_running_loop().run_in_executor(_pool, call)


async def close() -> None:
    """Close the threads' connections; a later question opens one again."""
    await asyncio.gather(*(in_database(connections.close_all) for _ in range(THREADS)))
