"""What a person can set or type is written down: an undocumented setting or command fails."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

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
