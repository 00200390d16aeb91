"""Acts on catalog entries: a clerk drafts, the head submits, the bureau reviews; what is published takes effect.

Lives here: drafting, the acts of ``states.CATALOG``, and the YAML files that follow the registry.
Add here: another act on an entry.
Stays out: what an entry means (``scheme.catalog``), forms (``portal``).
"""

from __future__ import annotations

import hashlib
import json
from typing import Any

import yaml
from django.db import transaction

from config import clock
from config.settings import settings
from registry import audit, catalog_codes, source_conflicts, states
from registry.conditions import demand_another, demand_own
from registry.models import Account, CatalogVersion
from registry.states import RefusedError, SourceConflictError
from scheme.catalog import CatalogEntry
from scheme.catalog_coherence import coherence
from scheme.catalog_diff import is_other_schema
from scheme.catalog_edits import claims
from scheme.catalog_files import load_catalog, published_folder
from scheme.legal_basis import basis
from warehouse import atomic

_ACT = "编制其他部门的目录"
_HEADER = "# Published in the portal; the registry holds its versions. Change it there.\n"


def draft(entry: CatalogEntry, *, by: Account, is_new: bool = False) -> CatalogVersion:
    """Keep a draft of an entry; a draft that is not submitted yet is replaced. The 资源代码 is the system's alone.

    Raises:
        RefusedError: another department's entry, a submitted draft waits, or nothing changed; ``is_new``: it exists.
        SourceConflictError: it claims what has its source; the conflict is recorded.
    """
    with source_conflicts.recorded(by):
        return _draft(entry, by, is_new)


def act_on_version(pk: int, action: str, *, by: Account, reason: str = "") -> CatalogVersion:
    """Do one act of ``states.CATALOG``; publishing replaces the version before and takes effect at once.

    Raises:
        RefusedError: state, role or department stands against it, or one person would do two parts.
        SourceConflictError: meanwhile another entry became the source; the conflict is recorded.
    """
    with source_conflicts.recorded(by):
        return _act(pk, action, by, reason)


@transaction.atomic
def _draft(entry: CatalogEntry, by: Account, is_new: bool) -> CatalogVersion:
    demand_own(entry.department, by, _ACT, "数据目录")
    audit.take_turn()
    versions = CatalogVersion.objects.filter(department=entry.department, resource=entry.resource)
    if versions.filter(state="待审核").exists():
        raise RefusedError("该资源已有待审核的目录版本，审核完成前不能修改。")
    current = load_catalog(settings().catalog).entries.get(entry.id)
    if is_new and (current is not None or versions.exists()):
        raise RefusedError(f"资源标识“{entry.resource}”已由本部门其他资源使用，请另取；修改原有资源请用“编制变更”。")
    entry = entry.model_copy(update={"code": _code(entry, current, versions.first())})
    if current is not None:
        if current == entry.model_copy(update={"version": current.version}):
            raise RefusedError("目录内容没有变化，未保存。")
        step = 1 if is_other_schema(current, entry) else 0
        entry = entry.model_copy(update={"version": current.version + step})
    _demand_coherent(entry)
    kept = versions.filter(state__in=("编制中", "退回修改")).first() or CatalogVersion(
        department=entry.department, resource=entry.resource, number=versions.count() + 1
    )
    _keep(kept, entry.model_dump(mode="json", exclude_defaults=True))
    kept.state, kept.drafted_by, kept.submitted_by, kept.reason = "编制中", by.username, "", ""
    kept.made_at = clock.now()
    kept.save()
    audit.append(by, "编制目录", f"catalog:{entry.id}", {"number": kept.number, "sha256": kept.sha256})
    return kept


@transaction.atomic
def _act(pk: int, action: str, by: Account, reason: str) -> CatalogVersion:
    version = CatalogVersion.objects.select_for_update().get(pk=pk)
    becomes = states.next_state(states.CATALOG, version.state, action, by)
    entry = entry_of(version)
    if action == "提交":
        demand_own(version.department, by, _ACT, "数据目录")
        demand_another(version.drafted_by, by, "编制人与提交人", "数据目录", "请由部门负责人提交。")
        version.submitted_by = by.username
    if action in ("退回修改", "停用") and not reason.strip():
        raise RefusedError(f"{action}须写明理由。依据：{basis('数据目录')}。")
    if action == "审核通过":
        _demand_coherent(entry)
        version.reviewed_by = by.username
        _keep(version, {**version.document, "published_on": clock.today().isoformat()})
        CatalogVersion.objects.filter(
            department=version.department, resource=version.resource, state__in=("已发布", "已停用")
        ).update(state="已替代")
    version.state, version.reason = becomes, reason
    version.save()
    audit.append(
        by, f"目录{action}", f"catalog:{entry.id}", {"number": version.number, "becomes": becomes, "reason": reason}
    )
    transaction.on_commit(lambda: follow(version.department, version.resource))
    return version


def _keep(version: CatalogVersion, document: dict[str, Any]) -> None:
    version.document = document
    version.sha256 = hashlib.sha256(json.dumps(document, ensure_ascii=False, sort_keys=True).encode()).hexdigest()


def entry_of(version: CatalogVersion) -> CatalogEntry:
    """Return a version as an entry, 停用 if it is."""
    state = "停用" if version.state == "已停用" else "在用"
    return CatalogEntry.model_validate({**version.document, "state": state})


def imported(department: str, resource: str) -> CatalogEntry | None:
    """Return an entry as the catalog folder holds it, before any version of the portal."""
    path = settings().catalog / department / f"{resource}.yml"
    return CatalogEntry.model_validate(yaml.safe_load(path.read_text("utf-8"))) if path.exists() else None


def follow(department: str, resource: str) -> None:
    """Make the published file of a resource say what the registry says."""
    version = CatalogVersion.objects.filter(
        department=department, resource=resource, state__in=("已发布", "已停用")
    ).first()
    if version is None:
        return
    document = entry_of(version).model_dump(mode="json", exclude_defaults=True)
    text = _HEADER + yaml.safe_dump(document, allow_unicode=True, sort_keys=False)
    path = published_folder() / department / f"{resource}.yml"
    if not path.exists() or path.read_text("utf-8") != text:
        atomic.write_bytes(path, text.encode())


def follow_all() -> None:
    """Mend what a kill between an act and its file left behind."""
    published = CatalogVersion.objects.filter(state__in=("已发布", "已停用"))
    for department, resource in published.values_list("department", "resource").distinct():
        follow(department, resource)


def _code(entry: CatalogEntry, current: CatalogEntry | None, drafted: CatalogVersion | None) -> str:
    if current is not None:
        return current.code
    return drafted.document["code"] if drafted else catalog_codes.allot(entry.department)


def open_draft(department: str, resource: str) -> CatalogEntry | None:
    """Return the draft that a clerk still works on."""
    found = CatalogVersion.objects.filter(
        department=department, resource=resource, state__in=("编制中", "退回修改")
    ).first()
    return entry_of(found) if found else None


def _demand_coherent(entry: CatalogEntry) -> None:
    """One source per item（一数一源）, and references to what is there."""
    others = {k: e for k, e in load_catalog(settings().catalog).entries.items() if k != entry.id}
    problems = coherence(others | {entry.id: entry})  # last, so that of two claims its own is the second
    if not problems:
        return
    said = f"目录内容与其他资源冲突：{''.join(p.chinese for p in problems)}"
    if claimed := claims(entry, others):
        said += f"请改为引用，或由区大数据主管部门裁定数源。依据：{basis('数据汇聚')}（一数一源）。"
        raise SourceConflictError(said, entry, claimed)
    raise RefusedError(f"{said}依据：{basis('数据目录')}。")
