"""A recognised delivery, ready to be written by ``warehouse.landing``.

Lives here: what a reader returns and the matching of delivered headers to catalog items.
Add here: another way a header may be written.
Stays out: reading bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches

from orchestration.ingest.refusal import DeliveryRefusedError
from scheme.catalog import CatalogEntry
from warehouse.landing import Rows


@dataclass(frozen=True)
class Source:
    """Rows of one delivery and how they were read; ``codes``: item codes in column order.

    ``one_by_one``: the same rows read slowly, for a file that the fast reader refuses.
    """

    rows: Rows
    codes: list[str]
    format: str
    encoding: str | None = None
    one_by_one: Rows | None = None


def match_headers(entry: CatalogEntry, headers: list[str]) -> list[str]:
    """Return the item code of each delivered column.

    Raises:
        DeliveryRefusedError: an item is missing, unknown or given twice (schema drift).
    """
    known = {_plain(label): i.code for i in entry.items for label in (i.name, i.code, *i.labels)}
    codes = [known.get(_plain(h)) for h in headers]
    if not any(codes):  # probably no header but the first row: say nothing of what stands there
        raise DeliveryRefusedError(
            f"none of the {len(headers)} columns is named as an item of {entry.id}: is the header row missing?",
            f"Deliver the columns of `suyuan catalog show {entry.id}` with their header row.",
        )
    unknown = [h for h, c in zip(headers, codes, strict=True) if c is None]
    missing = [i.name for i in entry.items if i.code not in codes]
    twice = sorted({h for h, c in zip(headers, codes, strict=True) if c and codes.count(c) > 1})
    problems = [
        f"{what}: {', '.join(_shown(n) for n in names[:8])}"
        for what, names in (("missing", missing), ("unknown", unknown), ("given twice", twice))
        if names
    ]
    if problems:
        raise DeliveryRefusedError(
            f"the columns are not those of {entry.id} version {entry.version} — {'; '.join(problems)}.",
            f"Deliver the columns of `suyuan catalog show {entry.id}`{_hint(unknown, missing)}, or ask the "
            "bureau to change the catalog entry first.",
        )
    return [c for c in codes if c]


def is_header(entry: CatalogEntry, headers: list[str]) -> int:
    """Return how many of these texts name an item."""
    known = {_plain(label) for i in entry.items for label in (i.name, i.code, *i.labels)}
    return sum(_plain(h) in known for h in headers)


def _plain(label: str) -> str:
    return "".join(label.replace("\ufeff", "").split()).replace("（", "(").replace("）", ")").lower()


def _shown(name: str) -> str:
    # a "header" may be a data row: never show digits, never much text
    return "".join("·" if c.isdigit() else c for c in name[:20]) or "(empty)"


def _hint(unknown: list[str], missing: list[str]) -> str:
    close = [(m, get_close_matches(m, unknown, 1)) for m in missing]
    found = [f"{_shown(c[0])} may mean {m}" for m, c in close if c]
    return f" ({found[0]})" if found else ""
