"""S2 养老服务设施布局季度报告（数据报告）.

Lives here: counting inside the grant's subset, suppressing small cells, and the report as HTML and workbook.
Stays out: scanning and releasing it (``orchestration.defs.products``), suppression itself (``desensitization``).
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from importlib.resources import files
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from config import clock
from dataplane.opening import open_grant
from desensitization.disclosure import Suppressed, suppress
from scheme import chinese_dates
from scheme.bundle import Bundle
from scheme.names import authorized_name
from warehouse import atomic, paths

if TYPE_CHECKING:
    import duckdb

GRANT, PRODUCT = "S2", "elderly_care_report"
QUERIES = ("elderly_by_town", "supply_by_town")
TABLES = ("elders", "allowance", "institutions")
ALL = "全区"
COLUMNS = {
    "town": "镇街", "age_band": "年龄段", "elders": "老年人口", "alone": "独居老年人", "low_income": "低保老年人",
    "institutions": "养老机构", "beds": "核定床位",
}  # fmt: skip


@dataclass(frozen=True)
class Table:
    """One table of the report, fit for publication."""

    title: str
    header: list[str]
    rows: list[list[str]]


@dataclass(frozen=True)
class Report:
    """A report on disk; ``content``: digest of what it says; ``bundle``: what it was made of."""

    folder: Path
    content: str
    tables: list[Table]
    suppressed: int
    bundle: Bundle


def make() -> Report:
    """Make the report from the grant's present subset.

    Raises:
        GrantRefusedError: the grant may not be used.
    """
    with open_grant(GRANT) as (bundle, connection):
        tables, suppressed = tables_of(bundle, connection)
    return _write(tables, suppressed, bundle)


def tables_of(bundle: Bundle, connection: duckdb.DuckDBPyConnection) -> tuple[list[Table], int]:
    """Return the report's tables made of an open subset, and how many cells are not published."""
    names = {t: f'"{t}"' for t in (*TABLES, "division")}
    answers = {q: connection.execute(query(q, names)).fetchall() for q in QUERIES}
    rules = bundle.grant.outputs
    by_age, hidden_by_age = _by_age(answers["elderly_by_town"], rules.min_units, rules.rounding)
    supply, hidden_supply = _supply(answers["supply_by_town"], rules.min_units, rules.rounding)
    return [by_age, supply], hidden_by_age + hidden_supply


def content_of(tables: list[Table]) -> str:
    """Return the digest of what a report says."""
    return hashlib.sha256(repr([(t.title, t.header, t.rows) for t in tables]).encode()).hexdigest()


def query(name: str, tables: dict[str, str]) -> str:
    """Return a query of the report with its tables named; the same text serves lineage."""
    text = files("dataplane").joinpath(f"sql/{name}.sql").read_text("utf-8")
    for table, relation in tables.items():
        text = text.replace(f"{{{{ {table} }}}}", relation)
    return text


def lineage_tables() -> dict[str, str]:
    """Return the data sets the queries read, by the name they have in lineage."""
    found = {t: authorized_name(GRANT, t).relation for t in TABLES}
    return found | {"division": '"platform"."reference"."division"'}


def _by_age(rows: list[tuple[Any, ...]], minimum: int, rounding: int) -> tuple[Table, int]:
    towns, bands = sorted({r[0] for r in rows}), sorted({r[1] for r in rows})
    counts = np.zeros((len(towns), len(bands)), dtype=np.int64)
    for town, band, count in rows:
        counts[towns.index(town), bands.index(band)] = count
    found = suppress(counts, minimum=minimum, rounding=rounding)
    shown = _shown(found, minimum)
    named = zip([*towns, ALL], shown, strict=True)
    table = Table("表1　分镇街、分年龄段老年人口（人）", ["镇街", *bands, "合计"], [[n, *r] for n, r in named])
    return table, int(found.hidden.sum())


def _supply(rows: list[tuple[Any, ...]], minimum: int, rounding: int) -> tuple[Table, int]:
    """Shares are computed from published counts only, so that they say nothing more than those."""
    people = np.array([[r[1], r[2], r[3]] for r in rows], dtype=np.int64)
    columns = [suppress(people[:, [i]], minimum=minimum, rounding=rounding) for i in range(3)]
    beds = [int(r[5]) for r in rows]
    lines = []
    for i, name in enumerate([*(r[0] for r in rows), ALL]):
        elders, alone, low = (int(c.cells[i, 0]) for c in columns)
        bed = sum(beds) if name == ALL else beds[i]
        homes = sum(int(r[4]) for r in rows) if name == ALL else int(rows[i][4])
        lines.append(
            [name, _cell(elders, minimum), _cell(alone, minimum), _share(alone, elders), _cell(low, minimum),
             _share(low, elders), f"{homes:,}", f"{bed:,}", f"{bed / elders * 1000:.1f}" if elders > 0 else "—"]
        )  # fmt: skip
    header = ["镇街", "老年人口", "独居", "独居占比", "低保", "低保占比", "养老机构", "床位", "每千名老人床位"]
    return Table("表2　养老服务供需（人、家、张）", header, lines), sum(int(c.hidden[:, 0].sum()) for c in columns)


def _shown(found: Suppressed, minimum: int) -> list[list[str]]:
    return [[_cell(int(c), minimum) for c in row] for row in found.cells]


def _cell(count: int, minimum: int) -> str:
    return f"{count:,}" if count >= 0 else f"<{minimum}*"


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.1%}" if part >= 0 and whole > 0 else "—"


def _write(tables: list[Table], suppressed: int, bundle: Bundle) -> Report:
    page = _page(tables, suppressed, bundle)
    content = content_of(tables)
    folder = paths.products() / PRODUCT / content[:16]
    if not folder.exists():
        with atomic.new_directory(folder) as scratch:
            (scratch / "report.html").write_text(page.replace("{{ document }}", content[:12]), "utf-8")
            _workbook(tables, bundle, scratch / "report.xlsx")
    return Report(folder, content, tables, suppressed, bundle)


def _page(tables: list[Table], suppressed: int, bundle: Bundle) -> str:
    from jinja2 import Environment

    template = files("dataplane").joinpath("templates/elderly_care_report.html").read_text("utf-8")
    rules, today = bundle.grant.outputs, clock.today()
    return Environment(autoescape=True).from_string(template).render(
        tables=tables, suppressed=suppressed, minimum=rules.min_units, rounding=rules.rounding, grant=bundle.grant,
        content=bundle.content, date=chinese_dates.day(today),
        quarter=f"{today.year}年第{'一二三四'[(today.month - 1) // 3]}季度", document="{{ document }}",
    )  # fmt: skip


def _workbook(tables: list[Table], bundle: Bundle, path: Path) -> None:
    import xlsxwriter

    book = xlsxwriter.Workbook(str(path))
    book.set_properties({"title": "养老服务设施布局季度报告（演示数据）", "created": clock.now().replace(tzinfo=None)})
    head = book.add_format({"bold": True, "border": 1, "bg_color": "#E8EEF4"})
    cell = book.add_format({"border": 1})
    for i, table in enumerate(tables, 1):
        sheet = book.add_worksheet(f"表{i}")
        sheet.write(0, 0, table.title)
        sheet.write_row(2, 0, table.header, head)
        for j, row in enumerate(table.rows):
            sheet.write_row(3 + j, 0, row, cell)
        sheet.write(4 + len(table.rows), 0, f"* 少于{bundle.grant.outputs.min_units}人或可据以推算的单元格不予公布。")
        sheet.set_column(0, 12, 14)
    book.close()
