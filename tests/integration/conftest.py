"""One small district, built once through the command line and copied by tests that change it.

Lives here: ``district`` (read only) and ``own_district`` (a copy with its own control database).
"""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
ROWS = 2000
NOW = "2026-09-24T09:30:00"


@dataclass(frozen=True)
class District:
    """A SUYUAN_HOME with its keys, used through the command line as people do."""

    root: Path

    @property
    def home(self) -> Path:
        return self.root / "home"

    @property
    def environment(self) -> dict[str, str]:
        kept = {k: v for k, v in os.environ.items() if not k.startswith(("SUYUAN_", "DAGSTER_", "DBT_", "DJANGO"))}
        return kept | {
            "SUYUAN_HOME": str(self.home), "SUYUAN_KEYS": str(self.root / "keys"), "SUYUAN_NOW": NOW,
            "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}",
        }  # fmt: skip

    def suyuan(self, *arguments: str, **changes: str) -> subprocess.CompletedProcess[str]:
        """Run one command."""
        return subprocess.run(
            [str(Path(sys.executable).parent / "suyuan"), *arguments], cwd=ROOT, text=True, capture_output=True,
            env=self.environment | changes, timeout=400, check=False,
        )  # fmt: skip

    def json(self, *arguments: str, code: int = 0):
        """Run a reading command with --json and return its document."""
        done = self.suyuan(*arguments, "--json")
        assert done.returncode == code, done.stderr
        return json.loads(done.stdout)

    def python(self, code: str) -> subprocess.CompletedProcess[str]:
        """Run Python in the district's environment."""
        return subprocess.run(
            [sys.executable, "-c", code], cwd=ROOT, text=True, capture_output=True, env=self.environment, timeout=400,
            check=False,
        )  # fmt: skip


@pytest.fixture(scope="session")
def district(tmp_path_factory: pytest.TempPathFactory) -> District:
    """The demo district with 2,000 persons, after the whole chain."""
    built = District(tmp_path_factory.mktemp("district"))
    for arguments in (["demo", "prepare", "--rows", str(ROWS)], ["run"]):
        done = built.suyuan(*arguments)
        assert done.returncode == 0, f"{arguments}: {done.stdout[-3000:]}{done.stderr[-3000:]}"
    return built


@pytest.fixture
def own_district(district: District, tmp_path: Path) -> District:
    """A copy of the district that the test may change."""
    shutil.copytree(district.root, tmp_path / "own", symlinks=True)
    return District(tmp_path / "own")
