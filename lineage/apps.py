"""The lineage catalog as a Django app.

Lives here: the app's name and title.
Stays out: everything it does.
"""

from django.apps import AppConfig


class LineageConfig(AppConfig):
    """数据溯源."""

    name = "lineage"
    verbose_name = "数据溯源"
