"""What every page knows.

Lives here: navigation the account may see, its unread notices, the date, the name of the installation.
Stays out: what one page shows.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from config import clock
from config.settings import settings
from portal.navigation import visible
from registry.accounts import may
from registry.outbox import unread_count
from scheme import chinese_dates
from scheme.catalog_files import load_catalog


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the layout."""
    account = getattr(request, "user", None)
    today = clock.today()
    return {
        "navigation": visible(account) if account is not None else [],
        "unread": unread_count(account) if account is not None and may(account, "messages") else 0,
        "today": chinese_dates.day(today),
        "is_demo_clock": bool(settings().now),
        "is_demo": any(e.synthetic for e in load_catalog(settings().catalog).entries.values()),
    }
