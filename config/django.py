"""The one call that makes Django's ORM usable in any process.

Lives here: ``django_setup()``; every command and code location calls it once.
Stays out: the settings themselves (``config.django_settings``).
"""

from __future__ import annotations

import os


def django_setup() -> None:
    """Load Django's settings and apps; a second call does nothing."""
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.django_settings")
    import django
    from django.apps import apps

    if not apps.ready:
        django.setup()
