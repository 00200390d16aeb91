"""Events in on PostgreSQL: one that the database refuses does not stop the others, nor does a bad day end the work."""

from __future__ import annotations

import json
import subprocess
import sys
from collections.abc import Iterator
from urllib.parse import quote

import pytest

from tests import sources
from tests.district import ROOT, District

SCENE = """
import asyncio, json, os, secrets
from dataclasses import replace
from unittest import mock
from config import django_setup
django_setup()
from django.db import connection, transaction
from lineage.events import content, keys
from lineage.events.committing import Committer
from lineage.events.receiving import receive
from lineage.events.storing import store
from lineage.models import Event, EventHome
from registry.models import Account
from tests.unit.portal.marquez_interface import dataset, run_event
from warehouse import paths

key = keys.create("dbt", Account.objects.create(username="engineer", role="data_engineer")).key

def item(name, columns=("c",), source="a://x"):
    read = [dataset(source, "integrated.person")]
    return receive(run_event(("a://x", name), "COMPLETE", "2026-09-24T01:00:00Z", inputs=read,
                             outputs=[dataset("a://x", name, columns)]), key)

def verdicts(outcomes):
    return [o.verdict.name for o in outcomes]

async def submitted(committer, *items):
    return verdicts(await asyncio.wait_for(committer.submit(items), 20))

async def bad_day(committer):
    with connection.cursor() as cursor:
        cursor.execute("ALTER DATABASE postgres SET default_transaction_read_only = on")
    found = [await submitted(committer, item("r1")), await submitted(committer, item("r2"))]
    with connection.cursor() as cursor:
        cursor.execute("SET default_transaction_read_only = off")
        cursor.execute("ALTER DATABASE postgres SET default_transaction_read_only = off")
    return [*found, await submitted(committer, item("r3"))]

said = {"vendor": connection.vendor}
long = (secrets.token_hex(5000),)
said["refused"] = item("long", long).verdict.name
with mock.patch.object(content, "hold"):  # as if the check had a gap
    said["beside"] = verdicts(store([item("a"), item("b", long), item("c")]))
bodies = Event.objects.order_by("seq").values_list("body", flat=True)
said["names"] = [json.loads(bytes(body))["job"]["name"] for body in bodies]
os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
said["bad day"] = asyncio.run(bad_day(Committer()))
said["mapped"] = verdicts(store([item("m", source=f"duckdb://{paths.zone_database('platform')}")]))
said["homes"] = EventHome.objects.count()
try:
    with transaction.atomic():
        EventHome.objects.all().delete()
except Exception as error:
    said["homes only grow"] = "append-only" in str(error)
print(json.dumps(said))
"""


@pytest.fixture
def url() -> Iterator[str]:
    programs = sources.postgres_programs()
    if programs is None:
        pytest.skip("PostgreSQL is not installed (apt-get install postgresql)")
    with sources.postgres(programs) as dsn:
        said = dict(part.split("=", 1) for part in dsn.split())
        place = f"{quote(said['host'], safe='')}:{said['port']}/{said['dbname']}"
        yield f"postgres://{said['user']}:{said['password']}@{place}"


def test_one_event_that_postgresql_refuses_and_a_bad_day_stop_nobody(url, tmp_path):
    environment = District(tmp_path).environment | {"DATABASE_URL": url, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(
        [sys.executable, "-c", SCENE], cwd=ROOT, env=environment, capture_output=True, text=True, timeout=120
    )
    assert done.returncode == 0, done.stderr[-3000:]
    said = json.loads(done.stdout.splitlines()[-1])
    assert said["vendor"] == "postgresql" and said["refused"] == "INVALID"
    assert said["beside"] == ["ACCEPTED", "UNREADABLE", "ACCEPTED"] and said["names"] == ["a", "c"]
    assert said["bad day"] == [["UNAVAILABLE"], ["UNAVAILABLE"], ["ACCEPTED"]]
    assert said["mapped"] == ["ACCEPTED"] and said["homes"] == 1 and said["homes only grow"]
