"""What is overridden in the dbt resource is there in the pinned dagster-dbt, and says the same."""

from __future__ import annotations

import subprocess

from dagster_dbt import DbtCliResource

from orchestration.defs.dbt_cli import DbtCli
from orchestration.pipeline import dbt_files


def test_the_overridden_names_exist_and_the_version_is_that_of_the_executable(tmp_path):
    assert {"_cli_version", "_initialize_dbt_core_adapter"} <= set(vars(DbtCliResource))
    said = subprocess.run([str(dbt_files.executable()), "--version"], capture_output=True, text=True, check=True).stdout
    (tmp_path / "dbt_project.yml").write_text("name: t")
    (tmp_path / "profiles.yml").write_text("t: {}")
    dbt = DbtCli(
        project_dir=str(tmp_path), profiles_dir=str(tmp_path), dbt_executable=str(dbt_files.executable())
    )  # fmt: skip
    assert str(dbt._cli_version) in said
