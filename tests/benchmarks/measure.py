"""Running a command and measuring it: wall seconds, and peak memory summed over its process tree.

Lives here: ``run``. Stays out: what is run.
"""

from __future__ import annotations

import subprocess
import threading
import time
from dataclasses import dataclass
from pathlib import Path

import psutil

ROOT = Path(__file__).resolve().parents[2]
_EVERY_SECONDS = 0.1


@dataclass(frozen=True)
class Measured:
    seconds: float
    peak_bytes: int
    output: str


def run(arguments: list[str], environment: dict[str, str]) -> Measured:
    """Run a command from the checkout; a failure ends the benchmark with the command's last words."""
    started = time.perf_counter()
    with subprocess.Popen(
        arguments, cwd=ROOT, env=environment, text=True, stdout=subprocess.PIPE, stderr=subprocess.STDOUT
    ) as process:
        watch = _Watch(process.pid)
        watch.start()
        output = process.stdout.read() if process.stdout else ""
        code = process.wait()
    seconds = time.perf_counter() - started
    watch.join()
    if code:
        raise SystemExit(f"{' '.join(arguments)} ended with {code}:\n{output[-3000:]}")
    return Measured(seconds, watch.peak, output)


class _Watch(threading.Thread):
    """Samples resident memory of a process and all its children (shared pages count in each)."""

    def __init__(self, pid: int):
        super().__init__(daemon=True)
        self.root, self.peak = psutil.Process(pid), 0

    def run(self) -> None:
        while self.root.is_running() and self.root.status() != psutil.STATUS_ZOMBIE:
            self.peak = max(self.peak, self._sum())
            time.sleep(_EVERY_SECONDS)

    def _sum(self) -> int:
        total = 0
        try:
            for process in [self.root, *self.root.children(recursive=True)]:
                total += process.memory_info().rss
        except psutil.NoSuchProcess:
            pass
        return total
