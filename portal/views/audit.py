"""审计记录: the chain of acts, newest first, and whether it is whole."""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lineage.answers import kinds
from portal.access import requires
from registry import audit
from registry.models import AuditEvent


@requires("audit")
def index(request: HttpRequest) -> HttpResponse:
    """List acts and verify both chains."""
    from lineage.log.verify import verify

    try:
        chain = f"审计链完整，共{audit.verify()}条"
    except audit.ChainBrokenError:
        chain = "审计链不完整，请立即上报"
    log = verify()
    lineage = f"血缘日志完整，共{log.events}条" if log.is_sound else "血缘日志不完整，请立即上报"
    if log.errors and not log.problems:
        lineage = "血缘日志的外存检查点无法读取，完整性未能核验，请联系平台运维人员"
    page = Paginator(AuditEvent.objects.order_by("-seq"), 50).get_page(request.GET.get("page"))
    return render(
        request, "portal/audit.html", {"page": page, "chain": chain, "lineage": lineage, "kinds": kinds.counts()}
    )
