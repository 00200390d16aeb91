"""The one file per grant that crosses to the service platform.

Lives here: writing it encrypted with the service platform's key and named by its content, with its signed bundle;
withdrawing it.
Stays out: whether it may cross (``orchestration.pipeline.subsets``), reading it there (``dataplane``).
"""

from __future__ import annotations

import hashlib
import json
from pathlib import Path

from config import clock
from config.keys import key, provision_grant_token_key, withdraw_grant_token_key
from scheme.bundle import Bundle, BundledTable
from scheme.grant import Grant
from scheme.names import authorized_name
from scheme.signing import sign
from warehouse import atomic, paths
from warehouse.engine import connect, literal, load_encryption
from warehouse.versions import Version

REFERENCE = {"division": "platform.reference.division"}


def content_of(found: dict[str, Version]) -> str:
    """Return one digest for all tables of a subset."""
    return hashlib.sha256(json.dumps({t: v.version for t, v in sorted(found.items())}).encode()).hexdigest()


def publish(grant: Grant, found: dict[str, Version]) -> Bundle:
    """Write the grant's file and bundle; the bundle replaces the last one in one step."""
    content = content_of(found)
    folder = paths.grants() / grant.grant
    target = folder / f"{content[:16]}.duckdb"
    if not target.exists():
        _write(grant, list(found), target)
    bundle = Bundle(
        grant=grant, content=content, file_name=target.name,
        encryption_key_id=key("service", "encryption").key_id,
        tables={t: BundledTable(version=v.version, rows=v.rows, columns=v.columns) for t, v in found.items()},
        published_at=clock.now(),
    )  # fmt: skip
    provision_grant_token_key(grant.grant)
    signed = sign(bundle.model_dump(mode="json"), "bureau")
    atomic.write_bytes(folder / "bundle.json", signed.model_dump_json().encode())
    for old in folder.glob("*.duckdb"):
        if old.name != target.name:
            old.unlink()
    return bundle


def withdraw(grant: str) -> None:
    """Take a grant's bundle, file and token key away; nothing of it can be read any more.

    Needs no writer's lock: closing a grant waits for no run (who publishes asks again afterwards).
    """
    folder = paths.grants() / grant
    (folder / "bundle.json").unlink(missing_ok=True)
    for file in folder.glob("*.duckdb"):
        file.unlink(missing_ok=True)
    withdraw_grant_token_key(grant)


def published() -> list[str]:
    """Return the grants that have a bundle."""
    return sorted(p.parent.name for p in paths.grants().glob("*/bundle.json"))


def _write(grant: Grant, tables: list[str], target: Path) -> None:
    target.parent.mkdir(parents=True, exist_ok=True)
    scratch = target.with_name(f".{target.name}.new")
    scratch.unlink(missing_ok=True)
    connection = connect()
    try:
        load_encryption(connection)
        secret = key("service", "encryption").material.hex()
        connection.execute(f"ATTACH {literal(paths.zone_database('authorized'))} AS authorized (READ_ONLY)")
        connection.execute(f"ATTACH {literal(paths.zone_database('platform'))} AS platform (READ_ONLY)")
        connection.execute(f"ATTACH {literal(scratch)} AS crossing (ENCRYPTION_KEY {literal(secret)})")
        sources = {t: authorized_name(grant.grant, t).relation for t in tables} | REFERENCE
        for table, source in sources.items():
            # sorted by value: the order of the register's rows does not cross
            connection.execute(f'CREATE TABLE crossing."{table}" AS SELECT * FROM {source} ORDER BY ALL')
        connection.execute("DETACH crossing")
    finally:
        connection.close()
    scratch.replace(target)
