"""A wheel holds everything the packages read at run time."""

from __future__ import annotations

import shutil
import subprocess
import sys
import zipfile
from pathlib import Path

import pytest

ROOT = Path(__file__).resolve().parents[2]
PACKAGES = [
    "cli", "config", "dataplane", "desensitization", "expectations", "lineage", "orchestration", "portal", "registry",
    "scheme", "warehouse",
]  # fmt: skip


@pytest.fixture(scope="module")
def wheel(tmp_path_factory) -> set[str]:
    """Names in a wheel built from a copy of the packages."""
    copy, out = tmp_path_factory.mktemp("source"), tmp_path_factory.mktemp("wheel")
    for package in PACKAGES:
        shutil.copytree(ROOT / package, copy / package, ignore=shutil.ignore_patterns("__pycache__"))
    for file in ("pyproject.toml", "README.md", "LICENSE"):
        shutil.copy(ROOT / file, copy / file)
    code = f"from setuptools import build_meta; build_meta.build_wheel({str(out)!r})"
    done = subprocess.run([sys.executable, "-c", code], cwd=copy, capture_output=True, text=True, check=False)
    assert done.returncode == 0, done.stderr[-2000:]
    return set(zipfile.ZipFile(next(out.glob("*.whl"))).namelist())


def test_every_file_of_every_package_is_in_the_wheel(wheel):
    files = {
        path.relative_to(ROOT).as_posix()
        for package in PACKAGES
        for path in (ROOT / package).rglob("*")
        if path.is_file() and "__pycache__" not in path.parts
    }
    assert files - wheel == set()


def test_nothing_else_is_in_the_wheel(wheel):
    assert {name.split("/")[0] for name in wheel if ".dist-info/" not in name} == set(PACKAGES)
