"""审计记录: the chain of acts, newest first, and whether it is whole.

Lives here: the page. Add here: another proof that it shows.
Stays out: the chain (``registry.audit``), the log (``lineage.log``), the acts of one person (``portal.views.acts``).
"""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lineage.answers import kinds
from lineage.log.appending import head
from lineage.log.verify import verify
from portal.access import requires
from registry import audit
from registry.models import AuditEvent

AT_ONCE = 100_000  # events walked whenever the page is opened; more are walked when asked for


@requires("audit")
def index(request: HttpRequest) -> HttpResponse:
    """List acts and verify both chains; a long log of events only if ``verify`` is asked for."""
    try:
        chain = f"审计链完整，共{audit.verify()}条"
    except audit.ChainBrokenError:
        chain = "审计链不完整，请立即上报"
    events = head().seq
    is_left = events > AT_ONCE and "verify" not in request.GET
    page = Paginator(AuditEvent.objects.order_by("-seq"), 50).get_page(request.GET.get("page"))
    context = {
        "page": page, "chain": chain, "kinds": kinds.counts(), "is_left": is_left,
        "lineage": f"血缘日志共{events}条，尚未核验" if is_left else _lineage(),
    }  # fmt: skip
    return render(request, "portal/audit.html", context)


def _lineage() -> str:
    log = verify()
    if log.errors and not log.problems:
        return "血缘日志的外存检查点无法读取，完整性未能核验，请联系平台运维人员"
    return f"血缘日志完整，共{log.events}条" if log.is_sound else "血缘日志不完整，请立即上报"
