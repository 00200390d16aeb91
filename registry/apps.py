"""The registry as a Django app.

Lives here: the app's name and title.
Stays out: everything it does.
"""

from django.apps import AppConfig


class RegistryConfig(AppConfig):
    """授权登记."""

    name = "registry"
    verbose_name = "授权登记"
    default_auto_field = "django.db.models.BigAutoField"
