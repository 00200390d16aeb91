"""Marquez's HTTP interface over this catalog: everything can be read, nothing can be changed.

Lives here: its routers, as one for ``/api/v1`` and one for ``/api/v2beta``.
Add here: the router of another module of this package.
Stays out: what an answer holds (``lineage.marquez``).
"""

from __future__ import annotations

from fastapi import APIRouter

from portal.api.marquez import catalog, events, graphs, refused, runs, searches

BETA = "/api/v2beta"
router = APIRouter(tags=["Marquez"])
for part in (catalog, runs, graphs, searches, events, refused):
    router.include_router(part.router)
beta = searches.beta
