"""Authorized subsets: measured, gated, published, one grant at a time.

Lives here: what happens between dbt building a grant's tables and its file crossing to the data plane.
A gate record names the exact content it judged; publishing asks for that record and refuses otherwise.
Stays out: rendering (``scheme.compile_models``), recognizers (``desensitization``), the file itself
(``warehouse.grant_file``).
"""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import datetime
from typing import Any
from uuid import UUID

from config import clock
from orchestration.pipeline import events, run_acts
from orchestration.pipeline.written import Built
from scheme.bundle import Bundle
from scheme.grant import Grant
from scheme.names import authorized_name
from warehouse import atomic, grant_file, paths, versions
from warehouse.engine import connect
from warehouse.lock import writer_lock
from warehouse.versions import Version


class SubsetRefusedError(RuntimeError):
    """The subset may not be built or published; the message says why and what to do next."""


@dataclass(frozen=True)
class Gate:
    """Verdict of the desensitization gate on one exact content."""

    content: str
    is_open: bool
    by_table: dict[str, list[str]]
    cells: int
    next_step: str


def active(grant_id: str) -> Grant:
    """Return the grant if it is signed and in force now (each run asks again).

    Raises:
        SubsetRefusedError: it is not.
    """
    from registry.grants import active_grants

    for grant in active_grants(clock.today()):
        if grant.grant == grant_id:
            return grant
    raise SubsetRefusedError(
        f"授权 {grant_id} 当前未生效（未签署、已到期、暂时关闭或签名不符），不予供数。"
        "依据：第十八条（【数据的授权开发】）。请在门户“数据授权”页查看该授权的状态。"
    )


def measured(grant: Grant) -> dict[str, Version]:
    """Return table code → version (content hash, rows, columns) of a grant's built tables.

    Raises:
        SubsetRefusedError: a built table has other columns than the grant.
    """
    found: dict[str, Version] = {}
    connection = connect(paths.zone_database("authorized"), read_only=True)
    try:
        for table in grant.tables:
            name = authorized_name(grant.grant, table.table)
            relation = f'"{name.schema}"."{name.table}"'
            rows = connection.execute(f"DESCRIBE SELECT * FROM {relation}").fetchall()
            columns = {r[0]: r[1] for r in rows}
            granted = [c.name for c in table.columns]
            if list(columns) != granted:
                extra = sorted(set(columns) ^ set(granted))
                raise SubsetRefusedError(f"{name}: 列与授权不一致（{'、'.join(extra)}），不予发布")
            version, count = versions.content_hash(connection, relation, columns, [])
            found[table.table] = Version(
                dataset=str(name), version=version, rows=count, columns=columns, written_at=clock.now()
            )
    finally:
        connection.close()
    return found


def built(grant: Grant, tables: set[str], run_id: UUID, started: datetime, target: str) -> dict[str, Built]:
    """Measure the tables just built and record their lineage; return relation name → what was built."""
    found: dict[str, Built] = {}
    for table, version in measured(grant).items():
        name = authorized_name(grant.grant, table)
        if name.table not in tables:
            continue
        title = next(t.title for t in grant.tables if t.table == table)
        edges = events.model_built(name, version, run_id, started, target, description=title, grant=grant)
        found[name.table] = Built(version, edges)
    run_acts.built(f"授权 {grant.grant} 子集", [b.version for b in found.values()], run_id)
    return found


def judge(grant: Grant) -> Gate:
    """Let Presidio look at every cell of a grant's tables and keep the verdict."""
    from desensitization.gate import judge as judge_reports
    from registry import audit

    found = measured(grant)
    reports = [_scan(grant, t.table) for t in grant.tables]
    verdict = judge_reports(reports)
    by_table: dict[str, list[str]] = {t.table: [] for t in grant.tables}
    for finding in verdict.findings:
        by_table[finding.table].append(f"{finding.column}：{finding.entity} {finding.count} 处")
    gate = Gate(
        content=grant_file.content_of(found), is_open=not verdict.is_blocked, by_table=by_table,
        cells=sum(r.cells for r in reports), next_step=verdict.next_step,
    )  # fmt: skip
    audit.append(
        None, "脱敏核验", f"grant:{grant.grant}",
        {"sha256": gate.content, "is_open": gate.is_open, "cells": gate.cells, "tables": len(gate.by_table)},
    )  # fmt: skip
    atomic.write_json(_gate_file(grant), gate.__dict__)
    return gate


def publish(grant: Grant, run_id: UUID, started: datetime) -> Bundle:
    """Publish the subset as its encrypted file, if the gate opened for exactly this content.

    Raises:
        SubsetRefusedError: no gate record, a closed gate, a record for other content, or an overdue 严重 order.
    """
    found = measured(grant)
    _demand_open_gate(grant, grant_file.content_of(found))
    demand_supplied(grant.grant)
    with writer_lock():
        bundle = grant_file.publish(grant, found)
        _demand_still_active(grant)
    events.published(grant, found, run_id, started)
    return bundle


def _demand_still_active(grant: Grant) -> None:
    """A grant closed while its file was written is withdrawn: whichever came last, nothing stays behind."""
    try:
        active(grant.grant)
        demand_supplied(grant.grant)
    except SubsetRefusedError:
        grant_file.withdraw(grant.grant)
        raise


def blocked_grants() -> dict[str, str]:
    """Return grant → numbers of the overdue orders for which it gets no data（严重问题整改逾期）."""
    from expectations.orders import consequences
    from lineage.graph.impact import Impacts

    found = consequences.blocked(Impacts(), clock.today())
    return {grant: "、".join(o.number for o in orders) for grant, orders in found.items()}


def demand_supplied(grant_id: str) -> None:
    """Refuse a grant whose data have a 严重 problem that the department has not remedied in time.

    Raises:
        SubsetRefusedError: it gets no data until the orders are closed.
    """
    numbers = blocked_grants().get(grant_id)
    if numbers:
        raise SubsetRefusedError(
            f"授权 {grant_id} 暂停供数：所用数据的严重质量问题整改逾期（整改单 {numbers}）。"
            "依据：第八条（【数据治理】）。整改办结后重新运行即恢复供数。"
        )


def withdraw_inactive() -> list[str]:
    """Take away what was published under grants that are not in force or get no data now; return their ids."""
    from registry.grants import active_grants

    in_force = {g.grant for g in active_grants(clock.today())} - set(blocked_grants())
    gone = [g for g in grant_file.published() if g not in in_force]
    for grant in gone:
        with writer_lock():
            grant_file.withdraw(grant)
    return gone


def _scan(grant: Grant, table: str) -> Any:
    from desensitization.scan import scan_batches

    granted = next(t for t in grant.tables if t.table == table)
    name = authorized_name(grant.grant, table)
    connection = connect(paths.zone_database("authorized"), read_only=True)
    try:
        reader = connection.execute(f'SELECT * FROM "{name.schema}"."{name.table}"').to_arrow_reader(100_000)
        allowed = {c: set(e) for c, e in granted.public_entities.items()}
        return scan_batches(reader, table=table, allowed=allowed)
    finally:
        connection.close()


def _gate_file(grant: Grant) -> Any:
    return paths.state(f"gate-{grant.schema_name}.json")


def _demand_open_gate(grant: Grant, content: str) -> None:
    path = _gate_file(grant)
    record = json.loads(path.read_text()) if path.exists() else None
    if record is None or record["content"] != content:
        raise SubsetRefusedError(
            f"授权 {grant.grant} 的子集尚未通过脱敏核验（无本内容的核验记录），不予发布。"
            f"请在 Dagster 中重新运行 subset_{grant.schema_name} 的脱敏核验。"
        )
    if not record["is_open"]:
        found = "；".join(f"{t}.{f}" for t, fs in record["by_table"].items() for f in fs)
        raise SubsetRefusedError(
            f"授权 {grant.grant} 的子集未通过脱敏核验：{found}。不予发布。"
            f"依据：第十九条（【数据产品发布管理】）。{record['next_step']}"
        )
