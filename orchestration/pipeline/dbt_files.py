"""dbt's files: rendered models, environment, manifest.

Lives here: the working copy of the project under ``SUYUAN_HOME/dbt/project`` with the staging models of the catalog
and the authorized models of valid grants, and parsing it when, and only when, something changed.
A copy, because dbt writes compiled SQL over models of an absolute model path (docs/adr/0003).
Stays out: the rendering itself (``scheme.compile_staging``, ``scheme.compile_models``), running models.
"""

from __future__ import annotations

import hashlib
import json
import os
import subprocess
import sys
from functools import cache
from pathlib import Path

import yaml

from config import clock
from config.settings import PROJECT_ROOT, settings
from scheme import copies
from scheme.catalog import Catalog
from scheme.compile_models import authorized_models, missing_columns
from scheme.compile_staging import ROW_COLUMNS, sources, staging_models
from scheme.grant import Grant
from scheme.integrated import integrated_models
from scheme.names import staging_name
from warehouse import atomic, paths

PROJECT = PROJECT_ROOT / "dbt_project"


class DbtError(RuntimeError):
    """dbt could not parse or run the project."""


def project() -> Path:
    """The working copy that dbt runs in."""
    return paths.dbt() / "project"


def executable() -> Path:
    """The dbt of this environment."""
    return Path(sys.executable).parent / "dbt"


def target(step: str = "manifest") -> Path:
    """dbt's target folder of one step; kept apart so that partial parsing works."""
    return paths.dbt() / "target" / step


def manifest_path() -> Path:
    """The manifest that the code location loads."""
    return target() / "manifest.json"


def environment(grants: list[Grant]) -> dict[str, str]:
    """Return the environment dbt runs in."""
    return {
        "SUYUAN_HOME": str(settings().home_path),
        "SUYUAN_KEYS": str(settings().keys_path),
        "SUYUAN_ZONE_PLATFORM": str(paths.zone_database("platform")),
        "SUYUAN_ZONE_LANDING": str(paths.zone_database("landing")),
        "SUYUAN_ZONE_AUTHORIZED": str(paths.zone_database("authorized")),
        "SUYUAN_SPILL": str(paths.spill()),
        "SUYUAN_MEMORY_LIMIT": settings().memory_limit,
        "SUYUAN_TOKEN_GRANTS": ",".join(sorted(g.grant for g in grants)),
        "DBT_TARGET_PATH": str(target()),
        "DBT_LOG_PATH": str(paths.dbt() / "logs"),
        "DO_NOT_TRACK": "1",
    }


@cache
def integrated_tables() -> dict[str, dict[str, str]]:
    """Return the integrated bases with a contract: table → column → type."""
    return {
        name: {c["name"]: c["data_type"] for c in model["columns"]}
        for name, model in integrated_models().items()
        if model["config"].get("contract", {}).get("enforced")
    }


def integrated_title(table: str) -> str:
    """Return an integrated model's Chinese title."""
    return integrated_models()[table]["config"]["meta"]["title"]


@cache
def reference_titles() -> dict[str, str]:
    """Return every reference register with its Chinese title."""
    document = yaml.safe_load((PROJECT / "seeds" / "seeds.yml").read_text("utf-8"))
    return {seed["name"]: seed["description"] for seed in document["seeds"]}


@cache
def integrated_keys() -> dict[str, list[str]]:
    """Return every integrated model's key, as its YAML declares it."""
    return {name: model["config"]["meta"]["key"] for name, model in integrated_models().items()}


def current_columns(catalog: Catalog) -> dict[str, list[str]]:
    """Return the columns a grant can name: promoted table → columns."""
    found = {
        staging_name(e.department, e.stem).table: [*(i.code for i in e.items), *ROW_COLUMNS]
        for e in catalog.entries.values()
    }
    return found | {table: list(columns) for table, columns in integrated_tables().items()}


def render(catalog: Catalog, grants: list[Grant]) -> dict[str, list[str]]:
    """Write all rendered models; return grant → problems of grants that could not be rendered.

    One bad grant never stops another's build (design decision 4).
    """
    wanted = {p.relative_to(PROJECT).as_posix(): p.read_text("utf-8") for p in _sources()}
    wanted["macros/copies.sql"] = copies.macro(catalog.entries)
    wanted["models/sources.yml"] = sources(catalog, sorted(integrated_tables()))
    for entry in catalog.entries.values():
        for name, text in staging_models(entry).items():
            stem = name.split(".")[0]
            if not any((PROJECT / "models").glob(f"staging/**/{stem}.*")):
                wanted[f"models/staging/{entry.department}/{name}"] = text
    refused: dict[str, list[str]] = {}
    columns = current_columns(catalog)
    for grant in grants:
        problems = missing_columns(grant, columns)
        if problems:
            refused[grant.grant] = problems
            continue
        for name, text in authorized_models(grant, clock.today()).items():
            wanted[f"models/authorized/{grant.schema_name}/{name}"] = text
    _write_all(project(), wanted)
    return refused


def prepare(catalog: Catalog, grants: list[Grant]) -> dict[str, list[str]]:
    """Render, and parse if the parsed project would differ; return refused grants with reasons."""
    for zone in ("landing", "platform", "authorized"):
        paths.zone_database(zone).parent.mkdir(parents=True, exist_ok=True)
    paths.spill().mkdir(parents=True, exist_ok=True)
    refused = render(catalog, grants)
    os.environ.update(environment(grants))  # the one write: dbt's own processes read it
    fingerprint = _fingerprint()
    stamp = paths.state("manifest-fingerprint.json")
    known = json.loads(stamp.read_text()) if stamp.exists() else None
    if known != fingerprint or not manifest_path().exists():
        run_dbt("parse", grants, target())
        atomic.write_json(stamp, fingerprint)
    return refused


def run_dbt(command: str, grants: list[Grant], target_path: Path, *arguments: str) -> str:
    """Run one dbt command (``run``, ``docs generate`` …) as a process of its own.

    Raises:
        DbtError: it failed; the message is dbt's last lines.
    """
    result = subprocess.run(
        [
            str(executable()), *command.split(), "--project-dir", str(project()), "--profiles-dir", str(project()),
            "--target-path", str(target_path), *arguments,
        ],
        env={**os.environ, **environment(grants)}, capture_output=True, text=True, check=False,
    )  # fmt: skip
    if result.returncode:
        raise DbtError(f"dbt {command} failed: {' | '.join(result.stdout.splitlines()[-12:])}")
    return result.stdout


def _write_all(folder: Path, wanted: dict[str, str]) -> None:
    for name, text in wanted.items():
        path = folder / name
        if not path.exists() or path.read_text("utf-8") != text:
            atomic.write_bytes(path, text.encode())
    for path in folder.rglob("*"):
        if path.is_file() and path.relative_to(folder).as_posix() not in wanted:
            path.unlink()


def _fingerprint() -> dict[str, str]:
    return {
        path.relative_to(project()).as_posix(): hashlib.sha256(path.read_bytes()).hexdigest()
        for path in sorted(p for p in project().rglob("*") if p.is_file())
    }


def _sources() -> list[Path]:
    kinds = {".sql", ".yml", ".csv"}
    return [p for p in PROJECT.rglob("*") if p.suffix in kinds and not {"target", "logs"} & set(p.parts)]
