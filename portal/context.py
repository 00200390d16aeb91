"""What every page knows.

Lives here: navigation the account may see, the date, whether data are synthetic.
Stays out: what one page shows.
"""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest

from config import clock


def site(request: HttpRequest) -> dict[str, Any]:
    """Return the context of the layout."""
    return {"today": clock.today()}
