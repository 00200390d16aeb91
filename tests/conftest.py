"""Fixtures every test shares: an isolated home and key folder, the demo clock, a small district, real deliveries."""

from __future__ import annotations

import os
import shutil
from pathlib import Path

import pytest

from tests.district import ROWS, District

ROOT = Path(__file__).resolve().parent.parent


def pytest_configure(config: pytest.Config) -> None:
    """Point Suyuan at a scratch home before Django reads its settings."""
    import tempfile

    scratch = Path(tempfile.mkdtemp(prefix="suyuan-test-"))
    os.environ["SUYUAN_HOME"] = str(scratch / "home")
    os.environ["SUYUAN_KEYS"] = str(scratch / "keys")
    os.environ["SUYUAN_NOW"] = "2026-09-24T09:30:00"
    os.environ.pop("DATABASE_URL", None)
    os.environ["DAGSTER_DISABLE_TELEMETRY"] = "1"
    os.environ["DO_NOT_TRACK"] = "1"
    os.environ["GX_ANALYTICS_ENABLED"] = "False"
    config.stash[_SCRATCH] = scratch


_SCRATCH = pytest.StashKey[Path]()


def pytest_unconfigure(config: pytest.Config) -> None:
    """Remove the scratch home."""
    import shutil

    scratch = config.stash.get(_SCRATCH, None)
    if scratch:
        shutil.rmtree(scratch, ignore_errors=True)


@pytest.fixture(autouse=True)
def quick_passwords(settings) -> None:
    """Hash passwords cheaply in this process: Argon2 costs a second for the demo's accounts."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def home(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    """A SUYUAN_HOME and SUYUAN_KEYS of this test alone (files, not the control database)."""
    monkeypatch.setenv("SUYUAN_HOME", str(tmp_path / "home"))
    monkeypatch.setenv("SUYUAN_KEYS", str(tmp_path / "keys"))
    return tmp_path / "home"


@pytest.fixture(scope="session")
def deliveries() -> Path:
    """Real deliveries, if they lie beside the checkout."""
    folder = Path(os.environ.get("SUYUAN_TEST_DELIVERIES", ROOT.parent / "shared" / "data" / "deliveries"))
    if not folder.is_dir():
        pytest.skip("real deliveries are not beside this checkout (SUYUAN_TEST_DELIVERIES)")
    return folder


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
