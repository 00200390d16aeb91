"""Generating deliveries of the demo district.

Lives here: ``generate``: registers as files with their declarations, and the truth of what was planted.
Stays out: handing them over (``orchestration.ingest``).
"""

from __future__ import annotations

import datetime as dt
import json
from dataclasses import dataclass
from pathlib import Path

from config.clock import SHANGHAI
from config.settings import settings
from orchestration.demo import files
from orchestration.demo.defects import Truth
from orchestration.demo.registers import REGISTERS, Register
from orchestration.demo.world import World
from scheme.catalog_files import load_catalog

SEED = 20260924


@dataclass(frozen=True)
class Made:
    """One delivery that was made."""

    resource: str
    path: Path
    rows: int


def generate(
    folder: Path,
    *,
    rows: int = 100_000,
    seed: int = SEED,
    as_of: dt.date = dt.date(2026, 9, 24),
    only: set[str] | None = None,
    registers: dict[str, Register] = REGISTERS,
) -> list[Made]:
    """Write the registers of ``rows`` persons as they stand on ``as_of``; same arguments, same bytes.

    ``folder/truth.parquet`` names every planted cell: resource, row_number (from 1; 0: the whole batch), item, kind,
    rule.
    """
    catalog, truth, made = load_catalog(settings().catalog), Truth(), []
    world = World(rows, seed, as_of)
    for resource, register in registers.items():
        if only is not None and resource not in only:
            continue
        entry = catalog.entry(resource)
        place = folder / entry.department / entry.resource
        path, count = files.write(entry, register(world, truth), place, f"{as_of:%Y%m%d}")
        _declare(path, count, catalog.departments[entry.department].short, as_of)
        made.append(Made(resource, path, count))
    truth.table().write_parquet(folder / "truth.parquet")
    return made


def _declare(path: Path, rows: int, department: str, as_of: dt.date) -> None:
    at = dt.datetime.combine(as_of, dt.time(9, 0), SHANGHAI)
    declaration = {
        "rows_declared": rows,
        "delivered_by": f"{department}数据专员（演示）",
        "declared_secrecy": "非涉密",
        "handed_over_at": at.isoformat(),
    }
    path.with_name(path.name + ".declared.json").write_text(json.dumps(declaration, ensure_ascii=False))
