"""Routes of the portal.

Lives here: which path leads to which page. Stays out: pages (``portal.views``).
"""

from __future__ import annotations

from django.urls import URLPattern

urlpatterns: list[URLPattern] = []
