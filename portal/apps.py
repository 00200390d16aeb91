"""The portal as a Django app.

Lives here: the app's name and title.
Stays out: everything it does.
"""

from django.apps import AppConfig


class PortalConfig(AppConfig):
    """门户."""

    name = "portal"
    verbose_name = "门户"
