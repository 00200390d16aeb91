"""Settings of one installation: environment, clock, keys, Django settings.

Lives here: the one place that reads the environment.
Add here: a new environment variable, a new key purpose.
Stays out: rules of the scheme (``scheme``), file layout of the data (``warehouse``).
"""

from config.django import django_setup

__all__ = ["django_setup"]
