"""Presidio over every cell of a table, never a sample.

Lives here: normalising, filtering, distinct values, Presidio's recognizers on the candidates, counting back to
rows; and ``naive_scan``, Presidio on every cell, against which the fast way is tested.
Add here: nothing that decides what personal data is (``recognizers``).
Stays out: the verdict (``gate``).
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import polars as pl

from desensitization.prefilter import WIDE, filters
from scheme.protocols import GateFinding

if TYPE_CHECKING:
    import pyarrow as pa
    from presidio_analyzer import RecognizerResult

Match = tuple[str, str, str, int, int, float]  # column, normalised value, entity, start, end, score
NAME_SHARE, NAME_MINIMUM = 0.3, 5


class ScanError(RuntimeError):
    """A table could not be scanned: an error, never a clean report."""


@dataclass
class Report:
    """What was found in one table: by column and count, never by value."""

    table: str
    rows: int = 0
    cells: int = 0
    findings: list[GateFinding] = field(default_factory=list)
    allowed: list[GateFinding] = field(default_factory=list)


def scan_batches(reader: pa.RecordBatchReader, *, table: str, allowed: dict[str, set[str]] | None = None) -> Report:
    """Scan a table as it streams by; ``allowed``: column → entities that are public there.

    Raises:
        ScanError: a batch could not be scanned.
    """
    report, counts, scores = Report(table), Counter[tuple[str, str]](), dict[tuple[str, str], float]()
    bare_names: dict[str, Counter[str]] = {}
    for batch in reader:
        frame = pl.from_arrow(batch)
        if not isinstance(frame, pl.DataFrame):
            raise ScanError(f"{table}: a batch is not a table")
        report.rows += frame.height
        report.cells += frame.height * frame.width
        for (column, _, entity, _, _, score), count in matches(frame):
            counts[column, entity] += count
            scores[column, entity] = max(score, scores.get((column, entity), 0.0))
        _vote(frame, bare_names)
    for column, votes in bare_names.items():
        if votes["distinct"] >= NAME_MINIMUM and votes["names"] >= NAME_SHARE * votes["distinct"]:
            counts[column, "CN_NAME"] += votes["rows"]
            scores[column, "CN_NAME"] = 0.6
    for (column, entity), count in sorted(counts.items()):
        finding = GateFinding(table, column, entity, count, scores[column, entity])
        is_allowed = entity in (allowed or {}).get(column, set())
        (report.allowed if is_allowed else report.findings).append(finding)
    return report


def matches(frame: pl.DataFrame) -> Iterator[tuple[Match, int]]:
    """Yield every match with the number of cells it stands in."""
    for column in frame.columns:
        values = normalised(as_text(frame[column]))
        distinct: pl.DataFrame = values.drop_nulls().value_counts(name="count")
        texts, counts = distinct[values.name], distinct["count"]
        wide = texts.str.contains(WIDE)
        for recognizer, pattern in filters():
            hit = (texts.str.contains(pattern) | wide).arg_true()
            for value, count in zip(texts.gather(hit), counts.gather(hit), strict=True):
                found = recognizer.analyze(value, [recognizer.ENTITY], None)
                for r in _without_duplicates(found):
                    yield (column, str(value), r.entity_type, r.start, r.end, r.score), count


def naive_scan(frame: pl.DataFrame) -> Counter[Match]:
    """Return what Presidio's engine finds cell by cell: slow, and the truth."""
    from desensitization.recognizers.registry import engine

    found: Counter[Match] = Counter()
    for column in frame.columns:
        for value in normalised(as_text(frame[column])).drop_nulls().to_list():
            for r in engine().analyze(value, language="zh"):
                found[column, str(value), r.entity_type, r.start, r.end, r.score] += 1
    return found


def as_text(column: pl.Series) -> pl.Series:
    """Return a column's cells as text; floats without exponent, as a person would read them."""
    if column.dtype == pl.String:
        return column
    if column.dtype in (pl.Float32, pl.Float64):
        return (
            column.cast(pl.Decimal(38, 6), strict=False).cast(pl.String).str.strip_chars_end("0").str.strip_suffix(".")
        )
    if column.dtype == pl.List:
        return column.cast(pl.List(pl.String)).list.join(" ")
    return column.cast(pl.String)


def normalised(texts: pl.Series) -> pl.Series:
    """Return NFKC without invisible characters, so that full-width and split numbers are seen."""
    return texts.str.normalize("NFKC").str.replace_all(r"\p{Cf}", "")


def _without_duplicates(found: list[RecognizerResult]) -> list[RecognizerResult]:
    if len(found) < 2:
        return found
    from presidio_analyzer import EntityRecognizer

    return EntityRecognizer.remove_duplicates(found)


def _vote(frame: pl.DataFrame, bare_names: dict[str, Counter[str]]) -> None:
    """Count distinct values that look like bare personal names, column by column."""
    from desensitization.recognizers.cn_name import BARE_NAME

    for column in frame.select(pl.col(pl.String)).columns:
        distinct = normalised(frame[column]).drop_nulls().value_counts(name="count")
        is_name = distinct[column].str.contains(BARE_NAME)
        votes = bare_names.setdefault(column, Counter())
        votes["distinct"] += distinct.height
        votes["names"] += int(is_name.sum())
        votes["rows"] += int(distinct["count"].filter(is_name).sum())
