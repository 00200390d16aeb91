"""Shapes of rendered dbt models, as SQL files with ``${…}`` for what the catalog or a grant decides.

Lives here: the files, and reading them. Stays out: what is filled in (``compile_staging``, ``compile_models``).
"""

from __future__ import annotations

from functools import cache
from importlib.resources import files
from string import Template


@cache
def sql_template(name: str) -> Template:
    """Return the template ``<name>.sql``."""
    return Template(files("scheme.sql").joinpath(f"{name}.sql").read_text("utf-8"))
