"""No change, no work（design decision 13）.

Lives here: a digest of everything a run depends on, computed without Dagster, dbt, Great Expectations or
Presidio. Equal digests mean the last finished run's results still stand.
Stays out: deciding which steps a change touches (Dagster's selection).
"""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable
from pathlib import Path

from config import clock
from config.settings import PROJECT_ROOT, settings
from scheme.catalog_files import published_folder
from scheme.grant import Grant
from warehouse import atomic, paths

_ROOMS = (
    "scheme",
    "warehouse",
    "expectations",
    "desensitization",
    "dataplane",
    "orchestration",
    "dbt_project",
)


def inputs(grants: list[Grant]) -> str:
    """Return the digest of deliveries, catalog, grants, code, promoted versions and the day."""
    found = {
        "day": clock.today().isoformat(),
        "grants": sorted(f"{g.grant}:{g.sha256}" for g in grants),
        "inbox": _stats(paths.home() / "inbox", ["**/*"]),
        "landing": _names(paths.home() / "landing"),
        "decisions": _stats(paths.home() / "decisions", ["**/*.parquet"]),
        "catalog": [_stats(f, ["**/*.yml"]) for f in (settings().catalog, published_folder())],
        "promoted": _text(paths.pointers()),
        "bundles": _stats(paths.grants(), ["*/bundle.json"]),
        "code": [_stats(PROJECT_ROOT / r, ["**/*.py", "**/*.sql", "**/*.yml", "**/*.csv"]) for r in _ROOMS],
    }
    return hashlib.sha256(json.dumps(found, sort_keys=True).encode()).hexdigest()


def is_unchanged(grants: list[Grant]) -> bool:
    """Whether the last finished run saw exactly these inputs."""
    return _text(paths.state("finished-run")) == inputs(grants)


def mark_finished(grants: list[Grant]) -> None:
    """Remember the inputs of a run that finished well."""
    atomic.write_bytes(paths.state("finished-run"), inputs(grants).encode())


def forget() -> None:
    """Make the next run work, whatever it finds."""
    paths.state("finished-run").unlink(missing_ok=True)


def _stats(folder: Path, patterns: Iterable[str]) -> list[str]:
    files = {p for pattern in patterns for p in folder.glob(pattern) if p.is_file()}
    return sorted(
        f"{p.relative_to(folder)}:{p.stat().st_size}:{p.stat().st_mtime_ns}"
        for p in files
        if "__pycache__" not in p.parts
    )


def _names(folder: Path) -> list[str]:
    return sorted(str(p.relative_to(folder)) for p in folder.glob("*/*/[!.]*"))


def _text(path: Path) -> str:
    return path.read_text() if path.exists() else ""
