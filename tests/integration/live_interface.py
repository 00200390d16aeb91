"""A portal process of its own over a small catalog, as clients of other makers reach it.

Lives here: ``live``: a prepared SUYUAN_HOME, a uvicorn on a free port, a key that reads as the auditor.
Stays out: what is asked of it (the tests).
"""

from __future__ import annotations

import socket
import subprocess
import sys
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass

import httpx

from tests.district import ROOT, District

PREPARE = """
from config import django_setup
django_setup()
from django.core.management import call_command
call_command("migrate", verbosity=0)
from lineage.events import keys
from registry import demo
from registry.models import Account
from tests.unit.portal.marquez_scene import plant_scene
demo.prepare_demo()
plant_scene()
print(keys.create("客户端", Account.objects.get(username="auditor"), reads_as="auditor").secret)
"""


@dataclass(frozen=True)
class Live:
    """Where it listens, and the key."""

    url: str
    secret: str


def prepare(district: District) -> str:
    """Fill the district's catalog with the scene and return a key that reads as the auditor."""
    done = district.python(PREPARE)
    assert done.returncode == 0, done.stderr[-3000:]
    return done.stdout.strip().splitlines()[-1]


@contextmanager
def live(district: District) -> Iterator[Live]:
    """Run the portal over the scene."""
    secret, port = prepare(district), _free_port()
    words = [sys.executable, "-m", "uvicorn", "portal.asgi:application", "--port", str(port), "--log-level", "warning"]
    process = subprocess.Popen(words, cwd=ROOT, env=district.environment)
    try:
        url = f"http://127.0.0.1:{port}"
        _wait(url, process)
        yield Live(url, secret)
    finally:
        process.terminate()
        process.wait(20)


def _free_port() -> int:
    with socket.socket() as found:
        found.bind(("127.0.0.1", 0))
        return found.getsockname()[1]


def _wait(url: str, process: subprocess.Popen[bytes]) -> None:
    for _ in range(300):
        assert process.poll() is None, "the portal ended at once"
        try:
            httpx.get(f"{url}/api/v1/openapi.json", timeout=5)
            return
        except httpx.TransportError:
            time.sleep(0.1)
    raise AssertionError("the portal did not answer")
