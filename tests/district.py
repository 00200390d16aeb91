"""A district as tests use it: through the command line, in an environment of its own.

Lives here: ``District``. Stays out: fixtures (``conftest``).
"""

from __future__ import annotations

import json
import os
import subprocess
import sys
from dataclasses import dataclass
from pathlib import Path

ROOT = Path(__file__).resolve().parents[1]
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
