"""未接收事件: events of producers that were not taken in, why and how large; never their content.

Lives here: the page. Add here: another limit of its list.
Stays out: refusing and keeping (``lineage.events.refused``), the same list as a command (``cli.lineage_producers``).
"""

from __future__ import annotations

from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from lineage.events.refused import listing
from lineage.models import ProducerKey
from portal.access import requires
from portal.refusal_reasons import in_chinese


@requires("lineage_refused")
def index(request: HttpRequest) -> HttpResponse:
    """List refusals, latest first."""
    page = Paginator(listing(), 50).get_page(request.GET.get("page"))
    names = dict(ProducerKey.objects.filter(key_id__in={e.via for e in page}).values_list("key_id", "name"))
    rows = [(e, names.get(e.via, ""), in_chinese(e.reason)) for e in page]
    return render(request, "portal/refused_events.html", {"page": page, "rows": rows})
