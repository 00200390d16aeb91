"""kill -9 at random moments: readers keep the last promoted state, and the next run completes without help."""

from __future__ import annotations

import json
import os
import random
import signal
import subprocess
import sys
import time
from pathlib import Path

import polars as pl
import pytest

from tests.district import ROOT

DELIVERY = "shuiwu.tax_credit_rating"
MOMENTS = ["landing", "dbt", "promotion", "anywhere"]


def redeliver(district, folder: Path) -> None:
    """Put a changed delivery into the inbox."""
    frame = pl.read_csv(
        next((district.home / "demo/20260924/shuiwu/tax_credit_rating").glob("*.csv")), infer_schema=False
    )
    file = folder / "again.csv"
    frame.with_columns(pl.lit("B").alias("信用级别")).write_csv(file)
    code = f"""
from pathlib import Path
from config.settings import settings
from warehouse.declaration import Declaration
from scheme.catalog_files import load_catalog
from warehouse.inbox import hand_over
entry = load_catalog(settings().catalog).entry("{DELIVERY}")
hand_over(entry, Path({str(file)!r}), Declaration(rows_declared={len(frame)}), "tester")
"""
    assert district.python(code).returncode == 0


def run_until(district, moment: str, seed: int) -> None:
    """Start a run and kill its whole process group at a moment."""
    process = subprocess.Popen(
        [str(Path(sys.executable).parent / "suyuan"), "run", "--department", "shuiwu"], cwd=ROOT,
        env=district.environment, start_new_session=True, stdout=subprocess.PIPE, stderr=subprocess.DEVNULL, text=True,
    )  # fmt: skip
    assert process.stdout is not None
    seen = {"landing": "prepare", "dbt": "START sql table", "promotion": "  staging  done", "anywhere": "prepare"}[
        moment
    ]
    for line in process.stdout:
        if seen in line:
            break
    longest = {"landing": 5.5, "dbt": 1.0, "promotion": 6.0, "anywhere": 25.0}[moment]
    time.sleep(random.Random(seed).uniform(0, longest))
    os.killpg(process.pid, signal.SIGKILL)
    process.wait()


def readable(district) -> dict[str, str]:
    """Read every promoted version as a reader does; return the pointers."""
    pointers = json.loads((district.home / "versions" / "promoted.json").read_text())
    for name, version in pointers.items():
        path = district.home / "versions" / Path(*name.split(".")) / version / "data.parquet"
        pl.scan_parquet(path).select(pl.len()).collect()
    return pointers


@pytest.mark.parametrize("moment", ["landing", "dbt", "promotion"])
def test_after_a_kill_readers_read_and_the_next_run_completes(own_district, tmp_path, moment):
    before = readable(own_district)
    redeliver(own_district, tmp_path)
    run_until(own_district, moment, seed=sum(map(ord, moment)) + int(time.time()) % 1000)
    after = readable(own_district)
    assert set(after) == set(before)
    done = own_district.suyuan("run", "--department", "shuiwu")
    assert done.returncode == 0, done.stdout[-2000:] + done.stderr[-2000:]
    assert not list((own_district.home / "inbox").rglob("*.csv"))
    batches = list((own_district.home / "landing/shuiwu/tax_credit_rating").glob("[!.]*/batch.json"))
    assert len(batches) == 2 and not list((own_district.home / "landing").rglob(".2*"))
    table = "platform.staging.stg_shuiwu__tax_credit_rating"
    assert readable(own_district)[table] != before[table]
    assert own_district.suyuan("lineage", "verify").returncode == 0


@pytest.mark.slow
@pytest.mark.parametrize("seed", range(8))
def test_kills_at_random_moments(own_district, tmp_path, seed):
    redeliver(own_district, tmp_path)
    run_until(own_district, "anywhere", seed)
    readable(own_district)
    assert own_district.suyuan("run", "--department", "shuiwu").returncode == 0
