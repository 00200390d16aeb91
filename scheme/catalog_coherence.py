"""What stands between entries of the catalog: one item, one source; references that exist; grades that do not fall.

Lives here: conditions that no entry can meet alone, each with an English line (for files) and a Chinese one (portal).
Add here: another condition between entries.
Stays out: what one entry must be (``scheme.catalog``), reading the files (``scheme.catalog_files``).
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from scheme import copies
from scheme.catalog import DATA_CLASSES, CatalogEntry, Item

Entries = Mapping[str, CatalogEntry]
STRICT_CLASSES, STRICT_GRADE = ("id", "asset", "health"), 3
PERSONAL_GRADE = 2


@dataclass(frozen=True)
class Problem:
    """One problem; ``element`` and ``first`` are set where a data element is claimed twice."""

    where: str
    english: str
    chinese: str
    element: str = ""
    first: str = ""

    def __str__(self) -> str:
        return f"{self.where}: {self.english}"


def coherence(entries: Entries) -> list[Problem]:
    """Return what stands between entries; of two claims the later one in ``entries`` is the second."""
    copied = (Problem(*found) for found in copies.problems(entries))
    return [
        *_references(entries),
        *_single_sources(entries),
        *_grades(entries),
        *_twice(entries),
        *_metadata(entries),
        *copied,
    ]


def item_at(entries: Entries, place: str | None) -> Item | None:
    """Return the item that ``<department>.<resource>.<item>`` names, if there is one."""
    target, _, code = (place or "").rpartition(".")
    return next((i for i in entries[target].items if i.code == code), None) if target in entries else None


def title(entries: Entries, place: str) -> str:
    """Return ``“资源”的“信息项”`` for ``<department>.<resource>.<item>``, or the place itself."""
    item = item_at(entries, place)
    return f"“{entries[place.rpartition('.')[0]].name}”的“{item.name}”" if item else place


def _items(entries: Entries) -> Iterator[tuple[str, str, Item]]:
    for entry in entries.values():
        for item in entry.items:
            yield f"{entry.id}.{item.code}", f"“{entry.name}”的“{item.name}”", item


def _references(entries: Entries) -> Iterator[Problem]:
    for where, named, item in _items(entries):
        if item.references and not item.references.startswith("seed.") and not item_at(entries, item.references):
            yield Problem(
                where, f"references {item.references}, which does not exist",
                f"{named}引用的信息项“{item.references}”不存在，请核对引用。",
            )  # fmt: skip


def _single_sources(entries: Entries) -> Iterator[Problem]:
    """One source per item（一数一源）: the second claim on a data element is refused."""
    claimed: dict[str, str] = {}
    for where, named, item in _items(entries):
        if not item.source_of:
            continue
        first = claimed.setdefault(item.source_of, where)
        if first != where:
            yield Problem(
                where,
                f"{item.source_of} has its source already, {first}: give references: {first} instead of source_of, "
                "or settle with the bureau which one it is",
                f"{named}申报为数据元“{item.source_of}”的数源，但其数源已是{title(entries, first)}（一数一源）。",
                item.source_of, first,
            )  # fmt: skip


def _grades(entries: Entries) -> Iterator[Problem]:
    """就高从严: what is copied is graded as high as its source, and personal items have a floor."""
    for where, named, item in _items(entries):
        floors = sorted(_floors(entries, item), key=lambda f: f[0])
        if item.grade and floors and item.grade < floors[-1][0]:
            floor, english, chinese = floors[-1]
            yield Problem(
                where, f"grade {item.grade} is lower than {floor}, which it must have {english} (就高从严)",
                f"{named}定为{item.grade}级，低于{chinese}要求的{floor}级；按就高从严，请定为{floor}级以上。",
            )  # fmt: skip


def _floors(entries: Entries, item: Item) -> Iterator[tuple[int, str, str]]:
    for place in filter(None, (item.references, item.copy_of)):
        source = item_at(entries, place)
        if source and source.grade:
            yield source.grade, f"as {place}", f"所引用{title(entries, place)}"
    if item.personal:
        yield PERSONAL_GRADE, "for a personal item", "个人信息"
    if item.data_class in STRICT_CLASSES:
        yield STRICT_GRADE, f"for class {item.data_class}", DATA_CLASSES[item.data_class]


def _metadata(entries: Entries) -> Iterator[Problem]:
    """What the compile guide asks for with a conditional or refused 共享属性 or 开放属性; related entries exist."""
    for entry in entries.values():
        for attribute, value, field, title in (
            (entry.sharing, "有条件共享", entry.sharing_condition, "共享条件"),
            (entry.opening, "有条件开放", entry.opening_condition, "开放条件"),
            (entry.sharing, "不予共享", entry.legal_basis, "不予共享依据"),
        ):
            if attribute == value and not field.strip():
                yield Problem(
                    entry.id, f"{value} needs its {title}", f"“{entry.name}”为{value}，请填写{title}。"
                )  # fmt: skip
        for other in entry.related:
            if other not in entries:
                yield Problem(
                    entry.id, f"related {other} is not in the catalog", f"“{entry.name}”的关联资源“{other}”不在目录内。"
                )  # fmt: skip


def _twice(entries: Entries) -> Iterator[Problem]:
    """One 资源代码 and one table per entry."""
    seen: dict[str, str] = {}
    for entry in entries.values():
        for word, english, chinese in (
            (entry.code, f"code {entry.code}", f"资源代码“{entry.code}”"),
            (f"{entry.department} {entry.stem}", f"table stem {entry.stem}", f"资源标识“{entry.stem}”"),
        ):
            if seen.setdefault(word, entry.id) != entry.id:
                yield Problem(
                    entry.id, f"{english} is that of {seen[word]} already",
                    f"“{entry.name}”的{chinese}已由“{entries[seen[word]].name}”使用，请另取。",
                )  # fmt: skip
