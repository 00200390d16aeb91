"""隔离记录: why rows of a batch were set apart; the owning department lets them through or keeps them out."""

from __future__ import annotations

import json

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_POST

from config.settings import settings
from portal.access import account_of, refused, requires
from registry import quarantine as acts
from registry.accounts import own_or_all
from registry.states import RefusedError
from scheme.catalog import CatalogEntry
from scheme.catalog_files import load_catalog
from warehouse import batches, decisions, quarantine
from warehouse.batches import Batch

_LISTED = 200


@requires("handover")
def show(request: HttpRequest, department: str, resource: str, batch: str) -> HttpResponse:
    """Show reasons and decisions of a batch; the rows themselves only to the owning department."""
    entry, found = _batch(department, resource, batch)
    if entry is None or found is None:
        return refused(request, "没有该批次。", "数据汇聚", "请返回数据汇聚页。", status=404)
    account = account_of(request)
    if not own_or_all(account, [department]):
        return refused(request, "您的账号无权查看该资源的隔离记录。", "数据汇聚", "请查看本部门的批次。")
    return render(request, "portal/quarantine.html", _context(entry, found, account.department == department))


@require_POST
@requires("handover")
def act(request: HttpRequest, department: str, resource: str, batch: str) -> HttpResponse:
    """Release or reject the chosen rows, or all open rows of one reason."""
    _, found = _batch(department, resource, batch)
    if found is None:
        return refused(request, "没有该批次。", "数据汇聚", "请返回数据汇聚页。", status=404)
    try:
        rows, action = _chosen(request, found), request.POST.get("action", "")
        count = acts.decide(found, rows, action, by=account_of(request), note=request.POST.get("note", ""))
        messages.success(request, f"已办理：{action} {count} 条。放行的记录将在下一次运行时进入平台。")
    except RefusedError as refusal:
        messages.error(request, str(refusal))
    return redirect("quarantine", department, resource, batch)


def _batch(department: str, resource: str, batch: str) -> tuple[CatalogEntry | None, Batch | None]:
    entry = load_catalog(settings().catalog).entries.get(f"{department}.{resource}")
    landed = batches.landed(department, resource) if entry else []
    return entry, next((b for b in landed if b.batch_id == batch), None)


def _chosen(request: HttpRequest, batch: Batch) -> list[int]:
    """Row numbers of the form: ``row`` each, or every open row of ``reason``."""
    reason = request.POST.get("reason", "")
    if reason:
        return [row for row, why in decisions.still_open(batch).items() if why == reason]
    return [int(r) for r in request.POST.getlist("row") if r.isdecimal() and len(r) < 12]


def _context(entry: CatalogEntry, batch: Batch, is_own: bool) -> dict[str, object]:
    open_rows = decisions.still_open(batch)
    waiting = list(open_rows.values())
    reasons = [{"reason": r, "open": waiting.count(r.code)} for r in quarantine.reasons(batch)]
    words = {r.code: r.meaning for r in quarantine.reasons(batch)}
    rows = [
        {**row, "meaning": words.get(row["reason"], row["reason"]), "text": _plain(row["raw"], batch, entry)}
        for row in (quarantine.rows(batch, list(open_rows)[:_LISTED]).to_pylist() if is_own else [])
    ]
    return {
        "entry": entry, "batch": batch, "reasons": reasons, "rows": rows, "is_own": is_own, "open": len(open_rows),
        "decided": decisions.counts(batch), "later": batches.superseded_by(batch),
    }  # fmt: skip


def _plain(raw: str, batch: Batch, entry: CatalogEntry) -> str:
    """A row as its clerk reads it: filled cells under their names, or the line as delivered."""
    try:
        cells = json.loads(raw)
    except ValueError:
        return raw
    if not isinstance(cells, list) or len(cells) != len(batch.columns):
        return raw
    names = {i.code: i.name for i in entry.items}
    filled = zip(batch.columns, cells, strict=True)
    return "；".join(f"{names.get(code, code)}：{cell}" for code, cell in filled if cell) or "（空行）"
