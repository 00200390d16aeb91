"""Layout of ``SUYUAN_HOME``.

Lives here: one function per place. A new place gets its function here, never a joined path elsewhere.
Stays out: reading and writing.
"""

from __future__ import annotations

from pathlib import Path

from config.settings import settings
from scheme.names import DatasetName, identifier


def home() -> Path:
    """SUYUAN_HOME, absolute."""
    return settings().home_path


def inbox(department: str, resource: str) -> Path:
    """Deliveries handed over and waiting to be landed."""
    return home() / "inbox" / identifier(department) / identifier(resource)


def collecting(department: str, resource: str) -> Path:
    """What collecting a register from its source has reached: checkpoint, and pages of an unfinished one."""
    return home() / "collect" / f"{identifier(department)}.{identifier(resource)}"


def upload(sha256: str) -> Path:
    """A file that a department uploaded and has not signed yet."""
    return home() / "uploads" / sha256


def landings() -> Path:
    """Landed batches, by department and resource."""
    return home() / "landing"


def landing(department: str, resource: str) -> Path:
    """Landed batches of a resource, one directory a batch."""
    return landings() / identifier(department) / identifier(resource)


def decisions(department: str, resource: str) -> Path:
    """Decisions on quarantined rows of a resource, one file a batch."""
    return home() / "decisions" / identifier(department) / identifier(resource)


def refused() -> Path:
    """Records of refused deliveries (reason and row counts, no data)."""
    return home() / "refused"


def zone_database(zone: str, under: str = "") -> Path:
    """DuckDB file of a zone; ``under``: as it lay under another home."""
    return (Path(under) if under else home()) / "warehouse" / f"{identifier(zone)}.duckdb"


def versions(name: DatasetName) -> Path:
    """Immutable versions of a data set."""
    return home() / "versions" / name.zone / name.schema / name.table


def problem_rows(name: DatasetName, version: str, basis: str, batch: str = "") -> Path:
    """Row references of the problem rows that one judgement of a version, or of one batch in it, found."""
    return judged(name) / version / batch / f"{basis}.parquet"


def judged(name: DatasetName) -> Path:
    """Lists of problem rows of a data set."""
    return home() / "judged" / name.zone / name.schema / name.table


def reports(month: str) -> Path:
    """Periodic reports of a month."""
    return home() / "reports" / month


def pointers() -> Path:
    """The file that says which version of each data set is promoted."""
    return home() / "versions" / "promoted.json"


def written_pointers() -> Path:
    """The file that says which version of each data set was written last."""
    return home() / "versions" / "written.json"


def dbt() -> Path:
    """dbt working folder: rendered models, target, logs."""
    return home() / "dbt"


def grants() -> Path:
    """Published per-grant files and bundles: all that the data plane may read."""
    return home() / "service" / "grants"


def kept_subsets(grant: str) -> Path:
    """Subsets of a grant that products were made of, kept on the bureau's side, one directory a content."""
    return home() / "kept" / "subsets" / grant


def kept_subset(grant: str, content: str) -> Path:
    """One kept subset."""
    return kept_subsets(grant) / content[:16]


def products() -> Path:
    """Products made by the data plane."""
    return home() / "service" / "products"


def permits() -> Path:
    """Signed permits of released products, one file a product."""
    return home() / "service" / "permits"


def calls() -> Path:
    """Traces of product calls, append-only, one file a day, and the alerts raised on them."""
    return home() / "service" / "calls"


def spill() -> Path:
    """DuckDB's spill folder."""
    return home() / "tmp"


def lock_file() -> Path:
    """The writer's lock."""
    return home() / "warehouse" / "writer.lock"


def state(name: str) -> Path:
    """Small state files, e.g. the fingerprint of the last finished run."""
    return home() / "state" / name
