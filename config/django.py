"""The one call that makes Django's ORM usable in any process.

Lives here: ``django_setup()``; every command and code location calls it once. A new or older control database is
brought up to date on the way, so that no command finds tables missing.
Stays out: the settings themselves (``config.django_settings``).
"""

from __future__ import annotations

import os
from pathlib import Path

from config.settings import settings

_SCHEMES = ("postgres:", "postgresql:", "sqlite:")


class ControlDatabaseError(RuntimeError):
    """The control database cannot be opened; says what to check, without its address or password."""


def django_setup() -> None:
    """Load Django's settings and apps, and migrate if the code knows newer tables; a second call does nothing.

    Raises:
        ControlDatabaseError: the database does not answer or ``DATABASE_URL`` is not understood.
    """
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "config.django_settings")
    import django
    from django.apps import apps

    if apps.ready:
        return
    if not (settings().database_url or "sqlite:").startswith(_SCHEMES):
        raise ControlDatabaseError("DATABASE_URL is not understood: it begins with postgres:// or sqlite:///")
    django.setup()
    from django.core.exceptions import ImproperlyConfigured
    from django.db.utils import OperationalError

    try:
        _migrate()
    except (OperationalError, ImproperlyConfigured):
        raise ControlDatabaseError("the control database does not answer: check DATABASE_URL or SUYUAN_HOME") from None


def _migrate() -> None:
    """Run migrations that this database has not seen; without new ones, one query tells."""
    from django.db import connection
    from django.db.migrations.recorder import MigrationRecorder

    known = {(name.parent.parent.name, name.stem) for name in _migrations()}
    if known <= set(MigrationRecorder(connection).applied_migrations()):
        return
    from django.core.management import call_command

    call_command("migrate", verbosity=0)


def _migrations() -> list[Path]:
    from django.apps import apps

    folders = [Path(app.path) / "migrations" for app in apps.get_app_configs()]
    return [file for folder in folders for file in folder.glob("[0-9]*.py")]
