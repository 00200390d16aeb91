"""dbt as Dagster calls it, without what we never ask of it.

Lives here: the resource without its two slow habits: starting ``dbt --version`` once a run (2 s), and opening the
warehouse a second time per invocation to fetch row counts that our own events carry (1 s each).
Stays out: which models run (``dbt_steps``). Both names are checked against the pinned dagster-dbt in a test.
"""

from collections.abc import Sequence
from functools import cached_property
from importlib.metadata import version as installed
from typing import Any

from dagster_dbt import DbtCliResource
from packaging.version import Version


class DbtCli(DbtCliResource):
    """The dbt of this environment."""

    @cached_property
    def _cli_version(self) -> Version:
        return Version(installed("dbt-core"))

    def _initialize_dbt_core_adapter(self, args: Sequence[str]) -> Any:
        return None
