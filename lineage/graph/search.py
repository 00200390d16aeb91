"""查找: from what an auditor holds in hand to data sets of the graph.

Lives here: one question → hits by name, column, version and by the records around them; what was searched.
Add here: something else the graph itself knows; records go to ``lineage.graph.search_records``.
Stays out: the page (``portal``).

A hit the reader may not see is left out without a word: that it is there is already an answer. So is a data set that
bears our namespace though only others ever named it.
"""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable, Iterable, Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import Any

from django.db.models import Q

from lineage.access import Viewer, system
from lineage.graph.places import Places
from lineage.graph.search_records import RECORDS, Question, RecordHit, by_batch, by_catalog
from lineage.graph.surroundings import Surroundings
from lineage.graph.view import view
from lineage.models import Dataset, DatasetColumn, Statement
from lineage.sight import is_ghost, is_made_up
from scheme.names import ZONE_TITLES

MOST = 100
_PER_KIND = 40
_AT_ONCE = 500
_DIGEST = re.compile(r"[0-9a-f]{8,64}")
_ORDER = {zone: place for place, zone in enumerate(ZONE_TITLES)}
Source = Callable[[Question], Iterable[RecordHit]]
_OWN = ("数据集名称和代码", "数据项", "版本内容摘要")


@dataclass(frozen=True)
class Hit:
    """One data set found; ``node`` empty: a delivery that was refused, so no data set came of it, or a record with a
    page of its own, at ``link``.
    """

    kind: str
    node: str
    title: str
    name: str
    zone: str
    zone_title: str
    why: str
    column: str = ""
    is_gone: bool = False
    link: str = ""


@dataclass(frozen=True)
class Found:
    """What was found; ``is_cut``: there is more than is listed."""

    text: str
    hits: list[Hit] = field(default_factory=list)
    searched: tuple[str, ...] = (*_OWN, *RECORDS)
    is_cut: bool = False


def search(text: str, who: Viewer | None = None, more: Mapping[str, Source] | None = None) -> Found:
    """Return the hits of a text, the nearest first; nothing for an empty one. ``who`` None: the system itself.

    ``more``: what else is searched → how, of records that other rooms keep; it finds what this reader may read alone.
    """
    who = who or system()
    question = _question(text)
    if not question.text:
        return Found("")
    around = Surroundings(view(), who)
    hits = _Hits(around)
    for source in (by_version, by_name, by_column):
        hits.take(source(question, around))
    records = RECORDS if who.sees_files else {k: v for k, v in RECORDS.items() if v is not by_batch}
    records = records | dict(more or {})
    for source in records.values():
        hits.take_records(source(question), is_told_by_name=source is by_catalog)
    found = sorted(hits.found.values(), key=lambda h: _nearness(h, question))
    return Found(question.text, found[:MOST], (*_OWN, *records), is_cut=hits.is_cut or len(found) > MOST)


Own = Iterator[tuple[int, str, str, str]]


def by_name(question: Question, around: Surroundings) -> Own:
    """Find data sets whose code or Chinese name holds the text: (id, kind, why, column)."""
    wanted = Dataset.objects.filter(Q(name__icontains=question.text) | Q(title__icontains=question.text))
    for pk, name in _seen(wanted.order_by("pk"), "pk", around, "pk", "name"):
        why = "代码" if question.folded in name.lower() else "中文名称"
        yield pk, "名称", f"{why}包含“{question.text}”", ""


def by_column(question: Question, around: Surroundings) -> Own:
    """Find columns of that code, or whose Chinese name holds the text; of ours none that others made up."""
    wanted = Q(name=question.text) | Q(name=question.folded) | Q(title__contains=question.text)
    rows = DatasetColumn.objects.filter(wanted).order_by("pk")
    for dataset, name, title, seq in _seen(rows, "dataset", around, "dataset_id", "name", "title", "first_seq"):
        if not is_made_up(around.graph, dataset, name, seq):
            yield dataset, "数据项", f"数据项 {name}" + (f"（{title}）" if title else ""), name


def by_version(question: Question, around: Surroundings) -> Own:
    """Find data sets that ever had this version, or one whose digest begins so."""
    if question.digest:
        last = question.digest + "g"  # the first text behind every digest that begins so
        wanted = Statement.objects.filter(version__gte=question.digest, version__lt=last)
    else:
        wanted = Statement.objects.filter(version=question.text)
    rows = wanted.order_by("dataset", "version").distinct()
    for dataset, version in _seen(rows, "dataset", around, "dataset_id", "version"):
        yield dataset, "版本", f"版本 {version[:16]}{'…' if len(version) > 16 else ''}", ""


def _seen(rows: Any, key: str, around: Surroundings, *fields: str) -> Iterator[tuple[Any, ...]]:
    """Yield rows about data sets the reader sees, read on as long as somebody asks; ``key``: the data set of a row.

    For a reader from whom something is hidden only rows about what it sees are asked for: what is hidden shows neither
    in the hits nor in how many there are, nor in the time it takes.
    """
    if around.visible is None:
        yield from rows.values_list(*fields).iterator(_AT_ONCE)
        return
    for start in range(0, len(around.visible), _AT_ONCE):
        some = around.visible[start : start + _AT_ONCE]
        yield from rows.filter(**{f"{key}__in": some}).values_list(*fields)


class _Hits:
    """Collects hits, one a data set and column; nothing the reader may not see."""

    def __init__(self, around: Surroundings) -> None:
        self._around, self._places = around, Places()
        self.found: dict[tuple[str, str], Hit] = {}
        self.is_cut = False

    def take(self, source: Iterable[tuple[int, str, str, str]]) -> None:
        """Take hits of one kind until there are enough that the reader may see."""
        kept = 0
        for node, kind, why, column in source:
            if kept >= _PER_KIND:
                self.is_cut = True
                return
            kept += self._keep(node, kind, why, column)

    def take_records(self, source: Iterable[RecordHit], *, is_told_by_name: bool) -> None:
        """Take what records lead to: to whom a data set is known; the catalog's names to whom it is shown."""
        around, kept = self._around, 0
        for hit in source:
            if kept >= _PER_KIND:
                self.is_cut = True
                return
            node = around.graph.index.ids.get((around.graph.own, hit.name)) if hit.name else None
            if node is not None and (is_told_by_name or around.knows(node)):
                kept += self._keep(node, hit.kind, hit.why, "")
            elif hit.link and node is None:
                self._add((hit.link, ""), Hit(hit.kind, "", hit.title, "", "", "", hit.why, link=hit.link))
                kept += 1
            elif not hit.name:
                kept += self._keep_refused(hit)

    def _keep(self, node: int, kind: str, why: str, column: str) -> bool:
        graph, around = self._around.graph, self._around
        if node >= len(graph.index.datasets) or not around.may_see(node) or is_ghost(graph, node):
            return False
        if kind == "版本" and not around.may_read_version(node):
            return False
        place = self._places(graph.namespace(node), graph.name(node))
        hit = Hit(kind, graph.node(node), graph.title(node) or graph.name(node), graph.name(node), place.zone,
                  place.zone_title, why, column, graph.gone_at(node) is not None)  # fmt: skip
        self._add((hit.node, column), hit)
        return True

    def _add(self, key: tuple[str, str], hit: Hit) -> None:
        """One data set found in several ways is one hit that says them all."""
        known = self.found.get(key)
        if known is None:
            self.found[key] = hit
        elif hit.why not in known.why.split("；"):
            self.found[key] = replace(known, why=f"{known.why}；{hit.why}")

    def _keep_refused(self, hit: RecordHit) -> bool:
        if self._around.who.sees_all:
            self._add((hit.title, hit.why), Hit(hit.kind, "", hit.title, "", "", "", hit.why))
        return self._around.who.sees_all


def _question(text: str) -> Question:
    """Characters without a width, which come along when a text is copied, are no part of what is looked for."""
    seen = "".join(c for c in text if unicodedata.category(c) != "Cf")
    plain = unicodedata.normalize("NFC", seen).strip()[:120]
    folded = plain.lower()
    return Question(plain, folded, folded if _DIGEST.fullmatch(folded) else "")


def _nearness(hit: Hit, question: Question) -> tuple:
    exact = question.folded not in (hit.name.lower(), hit.title.lower(), hit.node.lower(), hit.column.lower())
    return exact, hit.kind == "数据项", hit.is_gone, _ORDER.get(hit.zone, 9), hit.name, hit.column
