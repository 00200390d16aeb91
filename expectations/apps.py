"""Quality as a Django app.

Lives here: the app's name and title.
Stays out: everything it does.
"""

from django.apps import AppConfig


class ExpectationsConfig(AppConfig):
    """数据质量."""

    name = "expectations"
    verbose_name = "数据质量"
    default_auto_field = "django.db.models.BigAutoField"
