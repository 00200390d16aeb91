"""`suyuan up`: portal, Dagster UI and data plane, started together and stopped together.

Lives here: the processes. Stays out: what they serve.
"""

from __future__ import annotations

import os
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path
from typing import Annotated

import typer

from cli.output import refuse
from config import django_setup

NAME = "up"


def command(
    portal_port: Annotated[int, typer.Option(help="portal", min=1, max=65535)] = 8000,
    dagster_port: Annotated[int, typer.Option(help="Dagster UI", min=1, max=65535)] = 3000,
    dataplane_port: Annotated[int, typer.Option(help="data plane", min=1, max=65535)] = 8010,
) -> None:
    """Start the portal, the Dagster UI and the data plane; Ctrl-C stops all three."""
    ports = {"portal": portal_port, "Dagster UI": dagster_port, "data plane": dataplane_port}
    for name, port in ports.items():
        if _is_taken(port):
            refuse(f"port {port} for the {name} is taken: stop what uses it or give another port")
    django_setup()
    processes = _start(portal_port, dagster_port, dataplane_port)
    signal.signal(signal.SIGTERM, lambda *_: sys.exit(0))
    try:
        _wait_for(ports, processes)
        print("\n".join(f"{name}: http://127.0.0.1:{port}" for name, port in ports.items()), flush=True)
        print("Ctrl-C stops all", flush=True)
        while all(p.poll() is None for p in processes.values()):
            time.sleep(0.5)
        ended = next(name for name, p in processes.items() if p.poll() is not None)
        refuse(f"the {ended} ended by itself; the others are stopped", 1)
    except KeyboardInterrupt:
        print("stopping", flush=True)
    finally:
        _stop(list(processes.values()))


def _start(portal: int, dagster: int, dataplane: int) -> dict[str, subprocess.Popen[bytes]]:
    from config.settings import PROJECT_ROOT
    from orchestration.headless import dagster_home
    from warehouse import paths

    dagster_home()
    (paths.home() / "static").mkdir(exist_ok=True)  # whitenoise asks for it although the finders serve all files
    python = sys.executable
    uvicorn = [python, "-m", "uvicorn", "--host", "127.0.0.1", "--log-level", "warning"]
    portal_server = [*uvicorn, "--loop", "uvloop", "--http", "httptools", "--no-access-log"]
    web = [str(Path(python).parent / "dagster"), "dev", "-w", str(PROJECT_ROOT / "workspace.yaml"),
           "-h", "127.0.0.1", "-p", str(dagster), "--log-level", "warning"]  # fmt: skip
    commands = {
        "portal": [*portal_server, "--port", str(portal), "portal.asgi:application"],
        "Dagster UI": web,
        "data plane": [*uvicorn, "--port", str(dataplane), "dataplane.app:app"],
    }
    environment = {"SUYUAN_PORTAL_URL": f"http://127.0.0.1:{portal}"} | os.environ
    environment |= {"SUYUAN_DAGSTER_URL": f"http://127.0.0.1:{dagster}"}
    return {n: subprocess.Popen(c, env=environment, start_new_session=True) for n, c in commands.items()}


def _wait_for(ports: dict[str, int], processes: dict[str, subprocess.Popen[bytes]]) -> None:
    deadline = time.monotonic() + 90
    while not all(_is_taken(p) for p in ports.values()):
        if time.monotonic() > deadline or any(p.poll() is not None for p in processes.values()):
            late = [n for n, port in ports.items() if not _is_taken(port)]
            refuse(f"did not start: {', '.join(late)}", 1)
        time.sleep(0.3)


def _stop(processes: list[subprocess.Popen[bytes]]) -> None:
    for sign in (signal.SIGTERM, signal.SIGKILL):
        for process in processes:
            if process.poll() is None:
                os.killpg(process.pid, sign)
        deadline = time.monotonic() + 15
        while any(p.poll() is None for p in processes) and time.monotonic() < deadline:
            time.sleep(0.1)


def _is_taken(port: int) -> bool:
    with socket.socket() as probe:
        probe.settimeout(0.2)
        return probe.connect_ex(("127.0.0.1", port)) == 0
