"""Registers behind paged HTTP interfaces（接口）.

Lives here: asking for page after page until the interface's own total is there, each page once, whatever happens
in between. A register that changes meanwhile is begun again.
Add here: another manner of paging.
Stays out: one answer (``answer``, ``page``), pages on disk (``spool``), which checkpoint was the last (``state``).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

import httpx

from orchestration.collect import answer, page, spool
from orchestration.collect.connection import HttpConnection
from orchestration.collect.error import Collected, CollectError
from orchestration.collect.page import Page
from orchestration.collect.spool import Progress
from scheme.catalog import CatalogEntry
from scheme.delivery import Origin

MOST_PAGES = 20_000
_BEGINNINGS = 3


class _ChangedError(Exception):
    """The interface's total is no longer that of the pages before."""


def fetch(entry: CatalogEntry, origin: Origin, secret: HttpConnection, since: str | None, to: Path) -> Collected:
    """Write the register, or what is beyond the checkpoint ``since``, into a file of JSON lines.

    Raises:
        CollectError: not reachable, an error instead of rows, fewer or more rows than it says, no end of changes.
    """
    where = f"connection {origin.connection}"
    with answer.client(secret) as link:
        for _ in range(_BEGINNINGS):
            try:
                done = _Register(link, entry, origin, secret, since, to).pages(where)
            except _ChangedError:
                spool.clear(to)
                continue
            return Collected(_as_file(to, done.rows), done.rows, done.greatest or since)
    raise CollectError(where, "the register changes while it is read", "collect it at a quieter hour")


class _Register:
    """One request over all its pages."""

    def __init__(
        self, link: httpx.Client, entry: CatalogEntry, origin: Origin, secret: HttpConnection, since: str | None,
        folder: Path,
    ) -> None:  # fmt: skip
        self.link, self.origin, self.folder = link, origin, folder
        self.item = entry.item(origin.checkpoint) if origin.checkpoint else None
        self.url = httpx.URL(f"{secret.base_url.rstrip('/')}/{origin.path.lstrip('/')}")
        self.parameters = {origin.since: since} if origin.since and since is not None else {}
        asked = [str(self.url), origin.model_dump_json(), self.parameters]
        self.request = hashlib.sha256(json.dumps(asked).encode()).hexdigest()

    def pages(self, where: str) -> Progress:
        """Fill the spool to the interface's total."""
        done = spool.resume(self.folder, self.request)
        while done.page == 0 or done.rows < done.total:
            if done.page >= MOST_PAGES:
                raise CollectError(where, f"more than {MOST_PAGES} pages", "raise delivery.origin.rows_a_page")
            found = self._page(done.page + 1, where)
            if done.page and found.total != done.total:
                raise _ChangedError
            done = self._keep(done, found, where)
        return done

    def _page(self, number: int, where: str) -> Page:
        paging = {self.origin.page: str(number), self.origin.size: str(self.origin.rows_a_page)}
        content, charset = answer.get(self.link, self.url.copy_merge_params(self.parameters | paging), where)
        return page.read(content, charset, self.origin, f"{where}, page {number}")

    def _keep(self, done: Progress, found: Page, where: str) -> Progress:
        lines, rows = found.lines(), done.rows + len(found.rows)
        digest = hashlib.sha256(lines).hexdigest()
        problem = _problem(done, found, rows, is_again=digest == done.last)
        if problem:
            spool.clear(self.folder)
            next_step = "ask the interface's operator, or correct delivery.origin (page, page_size, total)"
            raise CollectError(f"{where}, page {done.page + 1}", problem, next_step)
        greatest = page.greatest(self.item, found.rows, done.greatest) if self.item else None
        return spool.append(self.folder, done, lines, rows=rows, total=found.total, greatest=greatest, last=digest)


def _problem(done: Progress, found: Page, rows: int, is_again: bool) -> str:
    if rows > found.total:
        return f"the interface says {found.total} rows and gives more"
    if not found.rows and rows < found.total:
        return f"the interface says {found.total} rows and ends after {rows}"
    return "it repeats the page before" if is_again and len(found.rows) > 1 else ""


def _as_file(folder: Path, rows: int) -> Path:
    """Return the file to hand over; a single line would be taken for a document around rows, so it gets brackets."""
    lines = spool.file(folder)
    if rows != 1:
        return lines
    single = folder / "rows.json"
    single.write_bytes(b"[" + lines.read_bytes().strip() + b"]\n")
    return single
