"""First paint of the graph page in a real chromium, with generated graphs of 100, 1,000 and 5,000 data sets.

Lives here: making the events, serving the portal, timing the page as a reader meets it.
Stays out: pass or fail.

``painted``: from the click on the link to the first frame with the picture; ``again``: from a change of the state
(one layer more unfolded) to the picture that answers it.
"""

from __future__ import annotations

import json
import os
import random
import shutil
import socket
import subprocess
import sys
import time
from pathlib import Path

ROOT = Path(__file__).resolve().parents[2]
CHROMIUM = shutil.which("chromium") or shutil.which("chromium-browser")
SIZES = (100, 1000, 5000)
_ANSWERED = """(() => {
  const asked = performance.getEntriesByType('resource').find((e) => e.name.includes('graph.json'));
  return asked.responseEnd - asked.startTime;
})()"""
_PAINTED = """new Promise((done) => {
  const look = () => (performance.getEntriesByName('lineage-painted').length ? done() : setTimeout(look, 10));
  look();
})"""


def measure(scratch: Path) -> str:
    """Return the figures as a table; the graphs lie under ``scratch``."""
    if CHROMIUM is None:
        return "graph page: not measured, there is no chromium"
    environment = os.environ | {
        "SUYUAN_HOME": str(scratch / "home"), "SUYUAN_KEYS": str(scratch / "keys"),
        "SUYUAN_NOW": "2026-09-24T09:30:00", "PYTHONPATH": str(ROOT),
    }  # fmt: skip
    subprocess.run([sys.executable, __file__], cwd=ROOT, env=environment, check=True)
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port = probe.getsockname()[1]
    serving = [sys.executable, "-m", "uvicorn", "--port", str(port), "--log-level", "error", "portal.asgi:application"]
    process = subprocess.Popen(serving, cwd=ROOT, env=environment)
    try:
        _wait(port)
        return _timed(f"http://127.0.0.1:{port}", (scratch / "keys" / "demo_password").read_text().strip())
    finally:
        process.terminate()
        process.wait(10)


def _timed(address: str, password: str) -> str:
    from playwright.sync_api import sync_playwright

    lines = ["graph page in chromium (ms)     answer   painted   again   boxes"]
    with sync_playwright() as driver:
        browser = driver.chromium.launch(executable_path=CHROMIUM, args=["--no-sandbox"])
        page = browser.new_page(viewport={"width": 1280, "height": 800})
        page.goto(f"{address}/login/")
        page.fill("#id_username", "auditor")
        page.fill("#id_password", password)
        page.press("#id_password", "Enter")
        page.wait_for_selector(".who")
        page.goto(f"{address}/lineage/")  # the index is loaded once for each process
        for size in SIZES:
            for fold in ("none", ""):
                if size <= 1000 or not fold:
                    lines.append(_one(page, address, size, fold))
        browser.close()
    return "\n".join(lines)


def _one(page, address: str, size: int, fold: str) -> str:
    page.goto(f"{address}/lineage/")
    name = f"product.g{size}.result"
    page.goto(f"{address}/lineage/{name}/?hops_up=30&fold={fold}", wait_until="commit")
    page.evaluate(_PAINTED)
    painted = page.evaluate("performance.getEntriesByName('lineage-painted')[0].startTime")
    answer = page.evaluate(_ANSWERED)
    page.wait_for_selector("#graph[data-settled]")
    boxes = page.evaluate("lineage.page.graph.nodes('.box').length")
    page.wait_for_timeout(1500)
    start = time.perf_counter()
    page.click("#less-up")
    page.wait_for_selector("#graph:not([aria-busy])")
    page.evaluate("new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done)))")
    again = (time.perf_counter() - start) * 1000
    what = f"{size:>5,} data sets, {'unfolded' if fold else 'as folded'}"
    return f"{what:<29} {answer:>8.0f} {painted:>9.0f} {again:>7.0f} {boxes:>7}"


def _wait(port: int) -> None:
    for _ in range(300):
        with socket.socket() as probe:
            if probe.connect_ex(("127.0.0.1", port)) == 0:
                return
        time.sleep(0.1)


def events(size: int, seed: int = 1) -> list[bytes]:
    """Return one event a data set: a layered graph with one product at its end, 1.3 inputs each, six columns."""
    chosen = random.Random(seed)
    names = [f"product.g{size}.result", *(f"platform.made.t{size}_{n}" for n in range(1, size))]
    inputs: dict[int, set[int]] = {n: set() for n in range(size)}
    for n in range(1, size):
        inputs[max(0, (n - 1) // 3 - chosen.randrange(3))].add(n)
        if chosen.random() < 0.3 and n > 4:
            inputs[chosen.randrange(n // 4)].add(n)
    return [_event(names, n, sorted(inputs[n])) for n in range(size)]


def _event(names: list[str], n: int, inputs: list[int]) -> bytes:
    namespace = "suyuan://yanzhou"
    columns = [f"c{i}" for i in range(6)]
    step = [{"type": "DIRECT", "subtype": "TRANSFORMATION", "masking": n % 2 == 0}]
    sources = [{"namespace": namespace, "name": names[i], "transformations": step} for i in inputs]
    fields = {c: {"inputFields": [s | {"field": c} for s in sources]} for c in columns}
    facet = {"_producer": "https://example.org/bench", "_schemaURL": "https://example.org/bench.json"}
    facets = {
        "schema": {**facet, "fields": [{"name": c, "type": "text"} for c in columns]},
        "version": {**facet, "datasetVersion": f"v{n}"},
        "columnLineage": {**facet, "fields": fields if inputs else {}},
    }
    output = {"namespace": namespace, "name": names[n], "facets": facets}
    event = {
        "eventTime": "2026-09-20T08:00:00+08:00", "eventType": "COMPLETE", "producer": "https://example.org/bench",
        "schemaURL": "https://openlineage.io/spec/2-0-2/OpenLineage.json#/$defs/RunEvent",
        "run": {"runId": f"{random.Random(names[n]).getrandbits(128):032x}"[:8] + "-0000-4000-8000-" + f"{n:012x}"},
        "job": {"namespace": namespace, "name": f"make.{names[n]}"},
        "inputs": [{"namespace": namespace, "name": names[i]} for i in inputs], "outputs": [output],
    }  # fmt: skip
    return json.dumps(event).encode()


def _fill() -> None:
    """Make the accounts and the graphs in the SUYUAN_HOME of this process."""
    from config import django_setup

    django_setup()
    from django.core.management import call_command

    from lineage.events.ingest import ingest_many
    from registry.demo import prepare_demo

    call_command("migrate", verbosity=0)
    prepare_demo()
    for size in SIZES:
        bodies = events(size)
        for start in range(0, len(bodies), 1000):
            ingest_many(bodies[start : start + 1000])


if __name__ == "__main__":
    sys.path.insert(0, str(ROOT))
    _fill()
