"""问题清单: the problem rows that a document lists, by batch and row number, never by value.

Lives here: the rows of one judgement, the first of them for paper, all of them for the workbook.
Add here: another list by row reference.
Stays out: finding them (``expectations.problem_rows``).
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from expectations.documents.content import Listing, Row, Table
from expectations.models import CheckRun
from expectations.problem_rows import problem_counts, problem_page, problem_rows
from scheme.catalog import CatalogEntry
from scheme.names import staging_name
from warehouse import versions
from warehouse.versions import Version

ON_PAPER = 20
"""Rows that the attachment of a printed document lists."""
_CHUNK = 50_000


@dataclass(frozen=True)
class ProblemRows:
    """Problem rows of one judged version, or of one of its rules, as the judgement kept them."""

    entry: CatalogEntry
    version: Version | None
    rule: str | None = None

    @cached_property
    def counts(self) -> dict[str, int]:
        """Rule → how many rows are listed; nothing if the version is not kept any more."""
        if self.version is None or not self.version.path.exists():
            return {}
        found = problem_counts(self.version, self.entry)
        return {r: n for r, n in found.items() if self.rule in (None, r)}

    def __len__(self) -> int:
        return sum(self.counts.values())

    def first(self, rule: str, most: int) -> list[tuple[str, int]]:
        """Return (batch, row number) of the first rows of a rule."""
        return problem_page(self.version, self.entry, rule, most) if self.version and self.counts.get(rule) else []

    def rows(self) -> Iterator[tuple[str, str, int]]:
        """Yield (rule, batch, row number) of all rows, by rule."""
        if self.version is None or not self.counts:
            return
        for chunk in problem_rows(self.version, self.entry, self.rule).to_batches(_CHUNK):
            columns = (chunk.column(n).to_pylist() for n in ("rule", "_batch_id", "_row_number"))
            yield from zip(*columns, strict=True)


def judged_on(dataset: str, batch: str) -> CheckRun | None:
    """Return the last judgement of a batch."""
    return CheckRun.objects.filter(dataset=dataset, batch_id=batch).last() if batch else None


def rows_of(entry: CatalogEntry, run: CheckRun | None, rule: str | None = None) -> ProblemRows:
    """Return the problem rows that a judgement found."""
    found = versions.find(staging_name(entry.department, entry.stem), run.version) if run else None
    return ProblemRows(entry, found.up_to(run.batch_id) if found and run else None, rule)


def examples(found: ProblemRows, rule: str, most: int = 3) -> str:
    """Return the first row numbers of a rule: 第12、87、301行."""
    numbers = [str(row) for _, row in found.first(rule, most)]
    return f"第{'、'.join(numbers)}行" if numbers else "—"


def on_paper(listing: Listing) -> Table:
    """Return the attachment of a printed document: the first rows, and how many there are."""
    first = tuple(row for row, _ in zip(listing.rows(), range(ON_PAPER), strict=False))
    rest = f"共{listing.total:,}条，以上为前{len(first)}条；全部清单见同名电子表格（XLSX）。"
    note = rest if listing.total > len(first) else ""
    return Table(listing.title, listing.headers, first, listing.numbers, note)


def of_rule(found: ProblemRows) -> Listing:
    """Return the list of one rule's rows."""

    def rows() -> Iterator[Row]:
        for place, (_, batch, row) in enumerate(found.rows(), 1):
            yield str(place), batch, str(row)

    return Listing("问题数据清单", ("序号", "批次", "行号"), len(found), rows, (0, 2))
