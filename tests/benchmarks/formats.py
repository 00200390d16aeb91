"""Landing by format: rows a second of one register in every format, beside the plainest reader of that format.

Lives here: ``measure``. The other side reads the same file into the same text cells and writes Parquet, without
recognising, checking, quarantining or hashing.
Stays out: landing itself.
"""

from __future__ import annotations

import json
import shutil
import time
import zipfile
from collections.abc import Callable
from pathlib import Path

import polars as pl

from config.settings import settings
from orchestration.demo.generate import generate
from orchestration.ingest.deliver import land_waiting
from scheme.catalog_files import load_catalog
from warehouse.declaration import Declaration
from warehouse.engine import connect, literal
from warehouse.inbox import hand_over

_RESOURCE = "gongan.resident_population"


def measure(persons: int, folder: Path) -> str:
    """Land one register in every format; return a line a format."""
    entry = load_catalog(settings().catalog).entry(_RESOURCE)
    formats = ["csv", "xlsx", "json", "parquet"]
    entry = entry.model_copy(update={"delivery": entry.delivery.model_copy(update={"formats": formats})})
    made = generate(folder, rows=persons, only={_RESOURCE})[0]
    frame = pl.read_csv(made.path, infer_schema=False)
    lines = []
    for name, (write, read) in _FORMATS.items():
        file = folder / f"register.{name.replace(' ', '-')}"
        write(frame, file)
        started = time.perf_counter()
        read(file, folder / "plain.parquet")
        plain = time.perf_counter() - started
        shutil.rmtree(settings().home_path, ignore_errors=True)
        hand_over(entry, file, Declaration(), "bench")
        started = time.perf_counter()
        batch = next(iter(land_waiting(entry, "bench")))
        ours = time.perf_counter() - started
        lines.append(
            f"landing {name:<12} {batch.rows_landed / ours:>10,.0f} rows/s, plain reader {len(frame) / plain:>10,.0f}, "
            f"ratio of times {ours / plain:.1f}; {batch.rows_landed / batch.rows_in:.2%} landed"
        )
    return "\n".join(lines)


def _sql(relation: str) -> Callable[[Path, Path], None]:
    def read(file: Path, target: Path) -> None:
        connection = connect()
        source = relation.format(file=literal(file))
        connection.execute(f"COPY (SELECT CAST(COLUMNS(*) AS VARCHAR) FROM {source}) TO {literal(target)}")
        connection.close()

    return read


def _read_xlsx(file: Path, target: Path) -> None:
    from python_calamine import CalamineWorkbook

    rows = CalamineWorkbook.from_path(str(file)).get_sheet_by_index(0).to_python()
    pl.DataFrame(rows[1:], schema=rows[0], orient="row").cast(pl.String).write_parquet(target)


def _read_zip(file: Path, target: Path) -> None:
    with zipfile.ZipFile(file) as archive:
        pl.read_csv(archive.read(archive.namelist()[0]), infer_schema=False).write_parquet(target)


def _read_gb18030(file: Path, target: Path) -> None:
    pl.read_csv(file.read_bytes().decode("gb18030").encode(), infer_schema=False).write_parquet(target)


def _zip(frame: pl.DataFrame, file: Path) -> None:
    with zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("register.csv", frame.write_csv())


_CSV = "read_csv({file}, all_varchar = true)"
_FORMATS: dict[str, tuple[Callable[[pl.DataFrame, Path], object], Callable[[Path, Path], None]]] = {
    "csv": (lambda f, p: f.write_csv(p), _sql(_CSV)),
    "csv gb18030": (lambda f, p: p.write_bytes(f.write_csv().encode("gb18030")), _read_gb18030),
    "csv in zip": (_zip, _read_zip),
    "xlsx": (lambda f, p: f.write_excel(p, autofit=False), _read_xlsx),
    "json array": (lambda f, p: p.write_text(json.dumps(f.to_dicts(), ensure_ascii=False)), _sql("read_json({file})")),
    "json lines": (lambda f, p: f.write_ndjson(p), _sql("read_json({file})")),
    "parquet": (lambda f, p: f.write_parquet(p), _sql("read_parquet({file})")),
}
