"""What a person can set or type is written down: an undocumented setting or command fails."""

from __future__ import annotations

import json
import re
import shlex
import subprocess
import sys
from pathlib import Path

import pytest
import yaml

from config.settings import Settings

ROOT = Path(__file__).resolve().parents[2]
READMES = [ROOT / "README.md", ROOT / "README.zh-CN.md"]


def test_every_setting_is_in_the_operations_page():
    page = (ROOT / "docs/operations.md").read_text("utf-8")
    names = {field.validation_alias or f"SUYUAN_{name.upper()}" for name, field in Settings.model_fields.items()}
    assert [n for n in sorted(map(str, names)) if f"`{n}`" not in page] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda p: p.name)
def test_every_command_is_in_both_readmes(readme):
    from cli.main import app

    groups = {g.name for g in app.registered_groups} | {c.name for c in app.registered_commands}
    text = readme.read_text("utf-8")
    assert [g for g in sorted(map(str, groups)) if f"`{g}`" not in text] == []


@pytest.mark.parametrize("readme", READMES, ids=lambda p: p.name)
def test_every_link_and_make_target_of_a_readme_exists(readme):
    text = readme.read_text("utf-8")
    links = re.findall(r"\]\(([^)#:]+)\)", text)
    assert [link for link in links if not (ROOT / link).exists()] == []
    makefile = (ROOT / "Makefile").read_text("utf-8")
    targets = set(re.findall(r"(?:^|`)make ([a-z-]+)", text, re.MULTILINE))
    assert [t for t in sorted(targets) if not re.search(rf"^{t}:", makefile, re.MULTILINE)] == []


def test_help_starts_fast_enough_to_need_no_heavy_library():
    code = "import sys; import cli.main; print([m for m in HEAVY if m in sys.modules])"
    heavy = ["dagster", "dbt", "great_expectations", "presidio_analyzer", "django", "pandas", "polars", "duckdb"]
    done = subprocess.run(
        [sys.executable, "-c", f"HEAVY={heavy!r}\n{code}"], capture_output=True, text=True, cwd=ROOT, check=True
    )
    assert done.stdout.strip() == "[]"


def lineage_commands() -> list[str]:
    """Every subcommand of ``suyuan lineage`` as it is typed, ``key create`` too."""
    from typer.main import get_group

    from cli.main import app

    lineage = get_group(app).commands["lineage"]
    found = []
    for name, command in lineage.commands.items():  # type: ignore[attr-defined]
        found += [f"{name} {sub}" for sub in command.commands] if hasattr(command, "commands") else [name]
    return found


@pytest.mark.parametrize("readme", READMES, ids=lambda p: p.name)
def test_every_command_of_lineage_is_in_both_readmes_with_an_example_of_each_group(readme):
    text, commands = readme.read_text("utf-8"), lineage_commands()
    assert len(commands) >= 15 and [c for c in commands if f"`{c}`" not in text] == []
    section = re.split(r"^## ", text, flags=re.MULTILINE)
    table = next(part for part in section if "`rebuild-product`" in part)
    rows = [set(re.findall(r"`([a-z -]+)`", row)) for row in re.findall(r"^\|(.+)\|$", table, re.MULTILINE)]
    shown = {c for c in commands for line in examples(table) if f"{line} ".startswith(f"suyuan lineage {c} ")}
    assert [row for row in rows if row & set(commands) and not row & shown] == []


@pytest.mark.django_db
@pytest.mark.parametrize("page", [*READMES, ROOT / "docs/lineage.md"], ids=lambda p: p.name)
def test_every_example_of_lineage_runs(page, home, tmp_path, monkeypatch):
    from typer.testing import CliRunner

    from cli.main import app
    from registry import demo
    from tests.unit.lineage.planted import plant

    demo.prepare_demo()
    plant()
    monkeypatch.chdir(tmp_path)
    lines = examples(page.read_text("utf-8"))
    assert len(lines) >= 4
    for line in lines:
        done = CliRunner().invoke(app, shlex.split(line)[1:])
        assert done.exit_code == 0, (line, done.output)


def examples(text: str) -> list[str]:
    return re.findall(r"^suyuan lineage .+$", text, re.MULTILINE)


def test_the_guide_configures_the_openlineage_client_as_it_reads_it():
    from openlineage.client.transport import get_default_factory

    guide = (ROOT / "docs/lineage.md").read_text("utf-8")
    (written,) = re.findall(r"```yaml\n(.*?)```", guide, re.DOTALL)
    (airflow,) = re.findall(r"^transport = (\{.+\})$", guide, re.MULTILINE)
    for transport in (yaml.safe_load(written)["transport"], json.loads(airflow)):
        made = get_default_factory().create(transport)
        assert made.config.auth.get_bearer() == "Bearer suyuan_…"  # type: ignore[attr-defined]
        assert made.endpoint == "api/v1/lineage"  # type: ignore[attr-defined]
