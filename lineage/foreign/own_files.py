"""Tables of this installation's DuckDB files under foreign names.

Lives here: a table of a DuckDB file → our data set, if the file is one of our zones.
Add here: another spelling of the path of a file.
Stays out: where a zone's file lies (``warehouse.paths``), other names (``lineage.foreign.identity``).

A file is ours if it lay under the home of the time: an event means what it meant when it was accepted, also after
SUYUAN_HOME has moved (``lineage.foreign.homes``).
"""

from __future__ import annotations

import posixpath
from collections.abc import Callable
from functools import lru_cache

from config.settings import settings
from scheme.names import ZONE_TITLES, NameRefusedError, lineage_namespace, parse_name, settled
from warehouse import paths

Identity = tuple[str, str]  # namespace, name


def current_home() -> str:
    """Return the home of this process."""
    return str(paths.home())


def ours() -> str:
    """Return the namespace of our own data sets."""
    return lineage_namespace(settings().district)


def is_duckdb(namespace: str) -> bool:
    """Whether a namespace is a DuckDB file."""
    return namespace[:6].lower() == "duckdb"


class OwnFiles:
    """Our files under one home, which is asked for only when an event names a DuckDB file; none: no file is ours."""

    def __init__(self, home: Callable[[], str] = current_home) -> None:
        self._home = home
        self.asked: str | None = None  # the home, once a name was held against it

    def name_of(self, sent: Identity, source: str = "") -> Identity | None:
        """Return our name of a table in one of our files; ``source``: where the data set says that it lies."""
        if not is_duckdb(sent[0]):
            return None
        if self.asked is None:
            self.asked = self._home()
        path = sent[0].partition("://")[2] or source.partition("://")[2]
        zone = _zones(self.asked).get(_absolute(path))
        parts = sent[1].replace('"', "").split(".")
        if zone is None or len(parts) not in (2, 3):
            return None
        parts = parts if len(parts) == 3 else [zone, *parts]
        try:
            return (ours(), str(settled(parse_name(".".join(parts)))))
        except NameRefusedError:
            return None


@lru_cache(maxsize=8)
def _zones(home: str) -> dict[str, str]:
    if not home:
        return {}
    return {_absolute(str(paths.zone_database(zone, home))): zone for zone in ZONE_TITLES}


def _absolute(path: str) -> str:
    """Return a path in one spelling: some producers write one slash less, some more, before an absolute one."""
    return posixpath.normpath("/" + path.partition("?")[0].lstrip("/"))
