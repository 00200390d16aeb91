"""No request made from the description of the interface breaks it or is answered otherwise than it says."""

from __future__ import annotations

import subprocess
import sys

import pytest

from tests.district import ROOT, District
from tests.integration.live_interface import prepare

IN_CI, LONG = 12, 200  # requests of each operation


@pytest.mark.parametrize(
    "examples", [pytest.param(IN_CI, id="short"), pytest.param(LONG, id="long", marks=pytest.mark.slow)]
)
def test_no_request_breaks_the_interface(tmp_path, examples):
    district = District(tmp_path)
    secret = prepare(district)
    done = subprocess.run(
        [sys.executable, "-m", "tests.integration.api_fuzz", str(examples), secret], cwd=ROOT,
        env=district.environment, text=True, capture_output=True, timeout=550, check=False,
    )  # fmt: skip
    assert done.returncode == 0, f"{done.stdout[-6000:]}\n{done.stderr[-3000:]}"
    assert "200: " in done.stdout, done.stdout
