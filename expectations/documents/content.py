"""What a document is made of: text only, no layout.

Lives here: forms（…单）and reports as plain records, and their canonical content.
Add here: a part that another document needs.
Stays out: how a part looks (templates, typst shapes), what a document says (its module).
"""

from __future__ import annotations

import json
import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import asdict, dataclass, field
from datetime import date
from typing import Any

from config.settings import settings
from registry.models import Account, Party
from scheme.catalog import Catalog
from scheme.catalog_files import load_catalog
from scheme.chinese_dates import day
from scheme.legal_basis import SCHEME, basis, quote

Row = tuple[str, ...]
WEEKDAYS = "一二三四五六日"


@dataclass(frozen=True)
class Field:
    """One line of a form: a label and what stands there, a paragraph each."""

    label: str
    lines: tuple[str, ...]


@dataclass(frozen=True)
class Sign:
    """A place for a signature; ``name`` empty: left blank."""

    label: str
    name: str = ""


@dataclass(frozen=True)
class Table:
    """A table of text; ``numbers``: places of columns that hold figures."""

    title: str
    headers: Row
    rows: tuple[Row, ...]
    numbers: tuple[int, ...] = ()
    note: str = ""

    @classmethod
    def of(cls, content: dict[str, Any]) -> Table:
        """Return the table that has this content."""
        rows = tuple(tuple(row) for row in content["rows"])
        headers, numbers = tuple(content["headers"]), tuple(content["numbers"])
        return cls(content["title"], headers, rows, numbers, content["note"])


@dataclass(frozen=True)
class Block:
    """Part of a section: a heading of the second level, paragraphs, tables; each may be missing."""

    lines: tuple[str, ...] = ()
    tables: tuple[Table, ...] = ()
    heading: str = ""


@dataclass(frozen=True)
class Section:
    """A section of a report."""

    heading: str
    blocks: tuple[Block, ...]


@dataclass(frozen=True)
class Listing:
    """A list too long for paper: ``rows`` gives all of it, the document's attachment only the first."""

    title: str
    headers: Row
    total: int
    rows: Callable[[], Iterator[Row]] = field(compare=False)
    numbers: tuple[int, ...] = ()


@dataclass(frozen=True)
class Document:
    """A form (``fields``, ``signs``, ``blanks``) or a report (``sections``).

    ``about``: what it is about, as in the ledger. ``title``: what anyone with the verification code may read.
    ``date`` empty: the day it is issued. ``listings`` go into the workbook in full and are no part of the content.
    """

    kind: str
    title: str
    number: str
    about: str
    sender: str
    is_demo: bool
    to: str = ""
    date: str = ""
    is_draft: bool = False
    subtitles: Row = ()
    fields: tuple[Field, ...] = ()
    signs: tuple[Sign, ...] = ()
    blanks: Row = ()
    sections: tuple[Section, ...] = ()
    attachments: tuple[Table, ...] = ()
    listings: tuple[Listing, ...] = field(default=(), compare=False)

    @property
    def is_form(self) -> bool:
        """Whether it is a form."""
        return bool(self.fields)

    @property
    def named(self) -> str:
        """Title with number, as a file is named and as the ledger tells it."""
        return f"{self.title}（{self.number}）" if self.number else self.title

    @classmethod
    def of_form(cls, content: dict[str, Any], listings: tuple[Listing, ...] = ()) -> Document:
        """Return the form that has this content."""
        parts = {
            "fields": tuple(Field(f["label"], tuple(f["lines"])) for f in content["fields"]),
            "signs": tuple(Sign(**s) for s in content["signs"]),
            "attachments": tuple(Table.of(t) for t in content["attachments"]),
            "blanks": tuple(content["blanks"]), "subtitles": tuple(content["subtitles"]), "sections": (),
        }  # fmt: skip
        return cls(**{**content, **parts, "listings": listings})

    @property
    def content(self) -> dict[str, Any]:
        """What is printed, as plain lists and text without control characters."""
        kept = {k: v for k, v in vars(self).items() if k != "listings"}
        found = {k: [asdict(p) if hasattr(p, "__dataclass_fields__") else p for p in v] if isinstance(v, tuple) else v
                 for k, v in kept.items()}  # fmt: skip
        return _plain(json.loads(json.dumps(found)))


def lines(*said: str) -> tuple[str, ...]:
    """Return the paragraphs that say something, each line of a text a paragraph."""
    return tuple(p.strip() for text in said for p in text.splitlines() if p.strip())


def deadline_in_words(due: date, is_provisional: bool) -> str:
    """Return 2026年10月9日, with 暂定 where a year's holidays are not announced yet."""
    return day(due) + ("（暂定）" if is_provisional else "")


def legal_basis(heading: str) -> tuple[str, str]:
    """Return where the scheme says it, and its words."""
    return f"《{SCHEME}》{basis(heading)}：", f"“{quote(heading)}”"


def bureau() -> str:
    """Return the name of the district's big-data authority."""
    found = Party.objects.filter(kind="实施机构").order_by("pk").first()
    return found.name if found else "区大数据主管部门"


def person(username: str) -> str:
    """Return the name under which an account acts; empty for none, 系统 for the system itself."""
    if not username:
        return ""
    if username == "system":
        return "系统"
    found = Account.objects.filter(username=username).first()
    return str(found) if found else username


def is_demo(catalog: Catalog) -> bool:
    """Whether the catalog holds synthetic data."""
    return any(e.synthetic for e in catalog.entries.values())


def current_catalog() -> Catalog:
    """Return the catalog of this installation."""
    return load_catalog(settings().catalog)


def share(part: int, whole: int) -> str:
    """Return a share in percent with three decimals."""
    return f"{100 * part / whole:.3f}%" if whole else "—"


def rate(part: int, whole: int) -> str:
    """Return a rate in percent with one decimal."""
    return f"{100 * part / whole:.1f}%" if whole else "—"


def points(score: float | None) -> str:
    """Return a score in percent with four decimals."""
    return "—" if score is None else f"{score:.4f}"


def change(now: float | None, before: float | None) -> str:
    """Return how a score moved, with its sign."""
    if now is None or before is None:
        return "—"
    return "持平" if round(now - before, 4) == 0 else f"{now - before:+.4f}"


def joined(words: Iterable[str], nothing: str = "无") -> str:
    """Return words joined by 、."""
    return "、".join(words) or nothing


def _plain(node: Any) -> Any:
    """Drop characters that steer printing or reading direction: what is signed is what is seen."""
    if isinstance(node, str):
        return "".join(c for c in node if unicodedata.category(c) not in ("Cc", "Cf", "Cs", "Co", "Cn"))
    if isinstance(node, list):
        return [_plain(n) for n in node]
    return {k: _plain(v) for k, v in node.items()} if isinstance(node, dict) else node
