"""Reading the catalog folder.

Lives here: YAML files → ``Catalog``, every problem in one report, file and field named. Entries published in the
portal lie in a second folder and stand in the place of the imported ones.
Add here: another form in which entries are stored (Excel template, national XML).
Stays out: what an entry means (``scheme.catalog``), what stands between entries (``scheme.catalog_coherence``).
"""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import Any

import yaml
from pydantic import ValidationError

from config.settings import settings
from scheme.catalog import Catalog, CatalogEntry, Department
from scheme.catalog_coherence import coherence


class CatalogError(ValueError):
    """The catalog cannot be used; ``problems`` has one line per problem."""

    def __init__(self, problems: list[str]) -> None:
        super().__init__("; ".join(problems))
        self.problems = problems


def load_catalog(folder: Path) -> Catalog:
    """Read ``departments.yml`` and every ``<department>/<resource>.yml``.

    Raises:
        CatalogError: any file is missing, unreadable, invalid or misplaced.
    """
    folder = folder.resolve()
    published = published_folder() if folder == settings().catalog.resolve() else None
    return _load(folder, published, _stamp(folder), _stamp(published) if published else ())


def published_folder() -> Path:
    """Where entries published in the portal lie: ``SUYUAN_HOME/catalog``."""
    return settings().home_path / "catalog"


def _stamp(folder: Path) -> tuple[tuple[str, int, int], ...]:
    files = sorted(folder.glob("*.yml")) + sorted(folder.glob("*/*.yml"))
    return tuple((str(f), f.stat().st_mtime_ns, f.stat().st_size) for f in files)


Stamp = tuple[tuple[str, int, int], ...]


@lru_cache(maxsize=8)
def _load(folder: Path, published: Path | None, stamp: Stamp, published_stamp: Stamp) -> Catalog:
    problems: list[str] = []
    departments = _departments(folder / "departments.yml", problems)
    entries: dict[str, CatalogEntry] = {}
    for place in filter(None, (folder, published)):
        for path in sorted(place.glob("[!.]*/[!.]*.yml")):
            entry = _entry(path, departments, problems)
            if entry:
                entries[entry.id] = entry
    problems += [str(p) for p in coherence(entries)]
    if problems:
        raise CatalogError(problems)
    return Catalog(departments=departments, entries=dict(sorted(entries.items())))


def _departments(path: Path, problems: list[str]) -> dict[str, Department]:
    rows = _yaml(path, problems) or []
    found: dict[str, Department] = {}
    for row in rows:
        try:
            department = Department.model_validate(row)
            found[department.code] = department
        except ValidationError as error:
            problems.extend(_lines(path.name, error))
    return found


def _entry(path: Path, departments: dict[str, Department], problems: list[str]) -> CatalogEntry | None:
    where = f"{path.parent.name}/{path.name}"
    document = _yaml(path, problems)
    if document is None:
        return None
    try:
        entry = CatalogEntry.model_validate(document)
    except ValidationError as error:
        problems.extend(_lines(where, error))
        return None
    if (entry.department, entry.resource) != (path.parent.name, path.stem):
        problems.append(f"{where}: says it is {entry.id}; file and content must agree")
    if entry.department not in departments:
        problems.append(f"{where}: department {entry.department} is not in departments.yml")
    return entry


def _yaml(path: Path, problems: list[str]) -> Any | None:
    try:
        return yaml.safe_load(path.read_text("utf-8"))
    except FileNotFoundError:
        problems.append(f"{path.name}: file is missing")
    except UnicodeDecodeError:
        problems.append(f"{path.name}: is not UTF-8")
    except yaml.YAMLError as error:
        problems.append(f"{path.name}: is not YAML: {str(error).splitlines()[0]}")
    return None


def _lines(where: str, error: ValidationError) -> list[str]:
    return [
        f"{where}: {'.'.join(str(p) for p in e['loc']) or 'entry'}: {e['msg']}"
        for e in error.errors(include_url=False, include_input=False)
    ]
