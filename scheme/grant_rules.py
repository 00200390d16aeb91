"""What a grant must satisfy before it may be signed.

Lives here: pure checks of a grant document against the scheme and the catalog.
Add here: another condition, with its heading.
Stays out: who signs (``registry.actions``), whether it is in force (``scheme.grant``).
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from scheme.catalog import Catalog, CatalogEntry
from scheme.grant import Grant, GrantedTable, Term
from scheme.integrated import column_titles, derived_grade, integrated_sources
from scheme.legal_basis import basis

LICENCE = "企业征信机构备案"


@dataclass(frozen=True)
class Problem:
    """Why a grant may not be signed."""

    sentence: str
    article: str
    next_step: str

    def __str__(self) -> str:
        return f"{self.sentence}依据：{self.article}。{self.next_step}"


def grant_problems(grant: Grant, today: date, catalog: Catalog) -> list[Problem]:
    """Return everything that stands against signing, or nothing."""
    return [*_terms(grant), *_credit(grant, today), *_resources(grant, catalog), *_struck_out(grant)]


def _terms(grant: Grant) -> list[Problem]:
    found = []
    for name, term in (
        ("授权运营协议", grant.operation_agreement),
        ("授权开发协议", grant.development_agreement),
    ):
        if term.end > _three_years_after(term):
            found.append(
                Problem(f"{name}{term.number}期限超过三年。", basis("授权协议"), "请按不超过三年重新约定期限。")
            )
        if not term.start <= grant.valid_from <= grant.valid_to <= term.end:
            found.append(Problem(f"授权期限不在{name}{term.number}期限之内。", basis("授权协议"), "请调整授权期限。"))
    return found


def _three_years_after(term: Term) -> date:
    try:
        return term.start.replace(year=term.start.year + 3)
    except ValueError:  # 29 February
        return term.start.replace(year=term.start.year + 3, day=28)


def _credit(grant: Grant, today: date) -> list[Problem]:
    if not grant.scenario.credit_reporting:
        return []
    shown = [e for e in grant.evidence if e.kind == LICENCE and (e.valid_to is None or e.valid_to >= today)]
    if shown:
        return []
    return [
        Problem(
            "场景涉及征信业务，未提供有效的企业征信机构备案佐证材料。", basis("适用范围"),
            "请补充备案证明后重新提交初审。",
        )
    ]  # fmt: skip


def _resources(grant: Grant, catalog: Catalog) -> list[Problem]:
    found = []
    for table in grant.tables:
        entry = catalog.entries.get(table.resource)
        if entry is None:
            found.append(Problem(f"资源 {table.resource} 不在公共数据资源目录内。", basis("数据目录"), "请核对目录。"))
            continue
        if entry.operation == "不授权" or entry.secrecy == "涉密" or entry.state == "停用":
            found.append(Problem(f"资源“{entry.name}”不得授权运营。", basis("数据目录"), "请从授权范围中删除该资源。"))
        department = catalog.departments[entry.department]
        if department.kind == "公用企业" and entry.department not in grant.utility_consents:
            found.append(
                Problem(
                    f"“{entry.name}”为公用企业数据，未附企业同意。",
                    basis("其他数据"),
                    f"请取得{department.short}书面同意。",
                )
            )
        found += _ungraded(table, entry, catalog)
        found += [
            Problem(f"{table.title}“{c.title}”未说明用途。", basis("数据的授权开发"), "请逐项说明最小必要用途。")
            for c in table.columns
            if not c.purpose.strip()
        ]
    return found


def _ungraded(table: GrantedTable, entry: CatalogEntry, catalog: Catalog) -> list[Problem]:
    """Nothing is authorized from an item without a grade, nor from a base's column made of one（分类分级）."""
    return [
        Problem(
            f"“{entry.name}”的信息项“{title}”未定级，不得授权。", basis("安全制度"),
            "请数源部门先在目录中确定该项级别。",
        )
        for column, title in _read(table, entry).items()
        if _is_ungraded(table, column, entry, catalog)
    ]  # fmt: skip


def _read(table: GrantedTable, entry: CatalogEntry) -> dict[str, str]:
    """Return column → title of all that a table takes or selects its rows by."""
    names = column_titles(table.source) | {i.code: i.name for i in entry.items}
    return {p.column: names.get(p.column, p.column) for p in table.rows} | {c.source: c.title for c in table.columns}


def _is_ungraded(table: GrantedTable, column: str, entry: CatalogEntry, catalog: Catalog) -> bool:
    if column in integrated_sources().get(table.source, {}):
        return derived_grade(table.source, column, catalog) is None
    return any(i.code == column and not i.grade for i in entry.items)


def _struck_out(grant: Grant) -> list[Problem]:
    struck = {(s.resource, s.item) for s in grant.struck_out}
    return [
        Problem(
            f"“{c.title}”已按最小必要原则核减，不得再次列入。",
            basis("数据的授权开发"),
            "请从授权清单中删除该项。",
        )
        for t in grant.tables
        for c in t.columns
        if (t.resource, c.source) in struck and c.form.kind == "keep"
    ]
