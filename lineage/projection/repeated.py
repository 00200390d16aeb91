"""Facets that come again word for word: each run of a job states the schema and column lineage of the run before.

Lives here: remembering what was made of a facet of a data set, in memory, for as long as the ids it names hold.
Add here: nothing whose making has an effect beyond its result, but for ids that are given once.
Stays out: making it (``lineage.projection.projector``).
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from typing import Any, TypeVar

import orjson

Made = TypeVar("Made")
MOST = 20_000


class Repeated:
    """What was made of facets, by data set and content; forgets all when it holds too many."""

    def __init__(self) -> None:
        self._made: dict[tuple[int, bytes], Any] = {}

    def get(self, dataset: int, facet: Any, make: Callable[[], Made]) -> Made:
        """Return what ``make`` gives, or gave for the same facet of the same data set."""
        try:
            key = (dataset, hashlib.blake2b(orjson.dumps(facet), digest_size=16).digest())
        except TypeError:  # a number or text that only Python's own reader takes
            return make()
        found = self._made.get(key)
        if found is None:
            if len(self._made) >= MOST:
                self._made.clear()
            found = self._made[key] = make()
        return found
