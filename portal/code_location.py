"""Asking the bureau's code location to load its definitions anew, after a grant came into force or was
closed, or a catalog entry was published.

Lives here: the one call to Dagster's GraphQL. It runs beside the page and may fail: Dagster also loads at its start,
and each run asks again whether a grant is in force, so nothing depends on it but how soon the assets show.
Stays out: running the pipeline, which the portal never does (the sensor picks the grant up).
"""

from __future__ import annotations

import json
import logging
import threading
import urllib.error
import urllib.request

from config.settings import settings

_QUERY = 'mutation { reloadRepositoryLocation(repositoryLocationName: "bureau") { __typename } }'
_log = logging.getLogger(__name__)


def ask_reload() -> threading.Thread | None:
    """Ask in the background; None where no Dagster is configured (``SUYUAN_DAGSTER_URL``)."""
    address = settings().dagster_url
    if not address:
        return None
    asking = threading.Thread(target=_reload, args=(address,), name="reload", daemon=True)
    asking.start()
    return asking


def _reload(address: str) -> None:
    request = urllib.request.Request(  # noqa: S310 - the address is the installation's own setting
        f"{address.rstrip('/')}/graphql", json.dumps({"query": _QUERY}).encode(), {"Content-Type": "application/json"}
    )
    try:
        with urllib.request.urlopen(request, timeout=120) as answer:  # noqa: S310
            answer.read()
    except (urllib.error.URLError, TimeoutError, ValueError):
        _log.warning("Dagster did not answer: it shows the grant's assets after its next start")
