"""首页: what stands to be done, and the state of the district's data at a glance."""

from __future__ import annotations

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from config.settings import settings
from portal.access import account_of
from portal.tasks import tasks_of
from registry.models import GrantRecord
from scheme.catalog_files import load_catalog
from warehouse import batches, versions


@login_required
def home(request: HttpRequest) -> HttpResponse:
    """Show counts and the steps this account may do now."""
    catalog = load_catalog(settings().catalog)
    entries = [e for e in catalog.entries.values() if catalog.departments[e.department].counts]
    landed = [b for e in entries for b in batches.landed(e.department, e.resource)]
    figures = [
        ("数源部门", len({e.department for e in entries})),
        ("公共数据资源", len(entries)),
        ("已汇聚批次", len(landed)),
        ("已汇聚记录", sum(b.rows_landed for b in landed)),
        ("现行数据表", len(versions.all_promoted())),
        ("生效授权", GrantRecord.objects.filter(state="生效").count()),
    ]
    return render(request, "portal/home.html", {"figures": figures, "tasks": tasks_of(account_of(request))})
