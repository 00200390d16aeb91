"""A recognised delivery, ready to be written by ``warehouse.landing``.

Lives here: what a reader returns and the matching of delivered headers to catalog items.
Add here: another way a header may be written.
Stays out: reading bytes.
"""

from __future__ import annotations

from dataclasses import dataclass
from difflib import get_close_matches
from typing import Literal

from scheme.catalog import CatalogEntry
from warehouse.landing import Rows
from warehouse.refusal import DeliveryRefusedError

_DRIFT = (("missing", "缺少"), ("unknown", "多出"), ("given twice", "重复"))


@dataclass(frozen=True)
class Source:
    """Rows of one delivery and how they were read; ``codes``: item codes in column order, "" = not collected.

    ``one_by_one``: the same rows read slowly, for a file that the fast reader refuses. ``corrects``: the batch
    whose rows these are, some of them corrected; ``mode``: that batch's.
    """

    rows: Rows
    codes: list[str]
    format: str
    encoding: str | None = None
    one_by_one: Rows | None = None
    corrects: str | None = None
    mode: Literal["full", "increment"] | None = None


def match_headers(entry: CatalogEntry, headers: list[str]) -> list[str]:
    """Return the item code of each delivered column, "" for one that the entry says is not collected.

    Raises:
        DeliveryRefusedError: an item is missing, unknown or given twice (schema drift).
    """
    known = _known(entry)
    ignored = {_plain(label) for label in entry.delivery.ignore}
    codes = [known.get(_plain(h)) or ("" if _plain(h) in ignored else None) for h in headers]
    if not any(codes):  # probably no header but the first row: say nothing of what stands there
        raise DeliveryRefusedError("no_header", count=len(headers), resource=entry.id)
    unknown = [h for h, c in zip(headers, codes, strict=True) if c is None]
    missing = [i.name for i in entry.items if i.code not in codes and not i.optional]
    twice = sorted({h for h, c in zip(headers, codes, strict=True) if c and codes.count(c) > 1})
    found = [(*words, names) for words, names in zip(_DRIFT, (missing, unknown, twice), strict=True) if names]
    if found:
        raise DeliveryRefusedError(
            "schema_drift", resource=entry.id, version=entry.version, hint=_hint(unknown, missing),
            problems="; ".join(f"{en}: {', '.join(_shown(n) for n in names[:8])}" for en, _, names in found),
            problems_zh="；".join(f"{zh}：{'、'.join(_shown(n) for n in names[:8])}" for _, zh, names in found),
        )  # fmt: skip
    return [c or "" for c in codes]


def is_header(entry: CatalogEntry, headers: list[str]) -> int:
    """Return how many of these texts name an item."""
    known = {*_known(entry), *(_plain(label) for label in entry.delivery.ignore)}
    return sum(_plain(h) in known for h in headers)


def headings(entry: CatalogEntry) -> list[str]:
    """Return the texts that are headings of this register: a cell that holds one leaked from a page's heading."""
    return sorted({label for i in entry.items for label in (i.name, *i.labels)} | set(entry.delivery.ignore))


def _known(entry: CatalogEntry) -> dict[str, str]:
    return {_plain(label): i.code for i in entry.items for label in (i.name, i.code, *i.labels)}


def _plain(label: str) -> str:
    return "".join(label.replace("\ufeff", "").split()).replace("（", "(").replace("）", ")").lower()


def _shown(name: str) -> str:
    # a "header" may be a data row: never show digits, never much text
    return "".join("·" if c.isdigit() else c for c in name[:20]) or "(empty)"


def _hint(unknown: list[str], missing: list[str]) -> str:
    close = [(m, get_close_matches(m, unknown, 1)) for m in missing]
    found = [f"{_shown(c[0])} may mean {m}" for m, c in close if c]
    return f" ({found[0]})" if found else ""
