"""`suyuan demo`: the demo district, and deliveries for trials.

Lives here: prepare, generate. Stays out: making registers (``orchestration.demo``).
"""

from __future__ import annotations

import datetime as dt
import os
import sys
from pathlib import Path
from typing import Annotated

import typer

NAME = "demo"
app = typer.Typer(help="The synthetic demo district（演示数据）.", no_args_is_help=True)
EARLIER = dt.date(2026, 8, 24)
WITH_HISTORY = {"gongan.resident_population", "shichang.enterprise_registration"}


@app.command()
def generate(
    folder: Path,
    rows: Annotated[int, typer.Option(min=500, help="persons")] = 100_000,
    seed: Annotated[int, typer.Option()] = 20260924,
) -> None:
    """Write the registers as files, with the truth of what was planted."""
    from orchestration.demo.generate import generate as make

    for made in make(folder, rows=rows, seed=seed):
        print(f"{made.resource}  {made.rows:,} rows  {made.path}")


@app.command()
def prepare(rows: Annotated[int, typer.Option(min=500, help="persons")] = 100_000) -> None:
    """Make accounts, parties and grants, and hand over the registers of August and September 2026."""
    from config import django_setup

    django_setup()
    from django.core.management import call_command

    call_command("migrate", verbosity=0)
    from dataplane.clients import provision
    from registry.demo import prepare_demo

    accounts = prepare_demo()
    provision("developer_s1")
    print(f"{len(accounts.names)} accounts, grants S1 and S2")
    _hand_over(rows)


def _hand_over(rows: int) -> None:
    from config import clock
    from config.settings import settings
    from orchestration.demo.generate import generate as make
    from scheme.catalog_files import load_catalog
    from warehouse import atomic, declaration, paths
    from warehouse.inbox import hand_over

    mark = paths.state(f"demo-{rows}")
    if mark.exists():
        print("the registers were handed over before")
        return
    catalog, total = load_catalog(settings().catalog), 0
    for as_of, only in ((EARLIER, WITH_HISTORY), (clock.today(), None)):
        for made in make(paths.home() / "demo" / f"{as_of:%Y%m%d}", rows=rows, as_of=as_of, only=only):
            hand_over(catalog.entry(made.resource), made.path, declaration.read(made.path), "suyuan demo")
            total += made.rows
            print(f"handed over {made.resource}  {made.rows:,} rows", flush=True)
    atomic.write_bytes(mark, b"")
    print(f"{total:,} rows handed over")


@app.command()
def summary() -> None:
    """Say what was made and where to look."""
    from config import django_setup
    from config.settings import settings

    django_setup()
    from expectations.models import Order
    from lineage.log.appending import head
    from registry.demo import ACCOUNTS, demo_password
    from scheme.catalog_files import load_catalog
    from warehouse import batches, grant_file, paths, versions

    catalog = load_catalog(settings().catalog)
    landed = [b for e in catalog.entries.values() for b in batches.landed(e.department, e.resource)]
    promoted = versions.all_promoted().values()
    quarantined = sum(b.rows_quarantined for b in landed)
    suyuan = os.path.relpath(sys.argv[0])
    print(f"""
Made:
  {len(landed)} batches, {sum(b.rows_landed for b in landed):,} rows landed, {quarantined} quarantined
  {len(promoted)} promoted tables, {sum(v.rows for v in promoted):,} rows
  {Order.objects.count()} remediation orders（整改单）waiting for dispatch in the portal
  grants published: {", ".join(grant_file.published()) or "none"}
  lineage: {head().seq} events
Look:
  make up    portal http://127.0.0.1:8000  Dagster http://127.0.0.1:3000  data plane http://127.0.0.1:8010/openapi.json
  {suyuan} lineage trace product.s2.elderly_care_report --column alone
  {suyuan} quality check minzheng.subsistence_allowance
  {suyuan} quality orders --department minzheng
  report: {next(iter(sorted(paths.products().glob("*/*/report.html"))), "none")}
Log in with one of: {", ".join(a[0] for a in ACCOUNTS)}
Password of this installation: {demo_password()}""")
