"""Sources that the platform collects from: a throw-away PostgreSQL and a paged interface with bad days.

Lives here: starting and stopping them, and catalog entries and connection files that name them.
Stays out: what is tested with them.
"""

from __future__ import annotations

import json
import os
import shutil
import socket
import subprocess
import tempfile
import threading
from collections.abc import Iterator
from contextlib import contextmanager
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs, urlsplit

PASSWORD, TOKEN = "pg-Secret-71fa", "tok-Secret-93bc"
Rows = list[dict[str, Any]]


def document(kind: str, connection: str, *, increments: bool = False, **more: Any) -> dict[str, Any]:
    """A catalog entry, as in its file, of things that are collected."""
    origin = {"kind": kind, "connection": connection, **more.pop("origin", {})}
    delivery: dict[str, Any] = {"formats": ["csv" if kind == "postgres" else "json"], "origin": origin}
    if increments:
        delivery["increments"] = {"marker": "change", "deleted": ["删除"]}
        origin["checkpoint"] = "seq"
    items = [
        {"code": "thing_id", "name": "编号"}, {"code": "name", "name": "名称"},
        {"code": "seq", "name": "变更序号", "type": "I"}, {"code": "change", "name": "变更类型"},
        {"code": "note", "name": "备注", "optional": True},
    ]  # fmt: skip
    return {
        "department": "minzheng", "resource": "things", "name": "采集资源", "code": "1010002/000099",
        "abstract": "测试", "update_cycle": "daily", "sharing": "无条件共享", "operation": "可授权",
        "key": ["thing_id"], "delivery": delivery, "items": [{"grade": 1, **i} for i in items], **more,
    }  # fmt: skip


def things(first: int, last: int, **changes: Any) -> Rows:
    """Rows whose change number is that of the row."""
    names = ["甲,乙", '引"号', "两\n行", "普通"]
    row = [{"thing_id": f"T{i:05}", "name": names[i % 4], "seq": i, "change": "新增"} for i in range(first, last + 1)]
    return [r | changes for r in row]


def write_connection(keys: Path, name: str, content: Any, mode: int = 0o600) -> None:
    """Write a connection file as a person would."""
    folder = keys / "connections"
    for each in (keys, folder):
        each.mkdir(mode=0o700, exist_ok=True)
    file = folder / f"{name}.json"
    file.write_text(content if isinstance(content, str) else json.dumps(content))
    file.chmod(mode)


class Interface(ThreadingHTTPServer):
    """A paged interface. ``faults``: page → answers before the right one: a status or another word below."""

    daemon_threads = True

    def __init__(self, rows: Rows) -> None:
        super().__init__(("127.0.0.1", 0), _Answers)
        self.rows, self.faults, self.pages = rows, {}, []
        self.faults: dict[int, list[int | str]]
        self.pages: list[int]

    @property
    def connection(self) -> dict[str, str]:
        return {"base_url": f"http://127.0.0.1:{self.server_address[1]}/api", "token": TOKEN, "header": "X-Token"}


class _Answers(BaseHTTPRequestHandler):
    server: Interface

    def do_GET(self) -> None:
        asked = {k: v[0] for k, v in parse_qs(urlsplit(self.path).query).items()}
        page, size = int(asked["page"]), int(asked["page_size"])
        self.server.pages.append(page)
        fault = (self.server.faults.get(page) or [None]).pop(0)
        rows = [r for r in self.server.rows if int(r["seq"]) > int(asked.get("after", -1))]
        if self.headers["X-Token"] != TOKEN:
            self._answer(401, {"message": f"bad token {self.headers['X-Token']}"})
        elif fault == "error":
            self._answer(200, {"code": 500, "msg": f"token {TOKEN} expired", "data": None})
        elif fault == "large":
            self._answer(200, {"data": [{"name": "大" * 2000}] * 20, "total": 20})
        elif fault in ("ended", "more"):
            self._answer(200, {"data": rows if fault == "more" else [], "total": len(rows) - (fault == "more")})
        elif fault == "away":
            self.send_response(302)
            self.send_header("Location", "http://localhost:9/elsewhere")
            self.end_headers()
        elif isinstance(fault, int):
            self._answer(fault, {"msg": "busy"})
        else:
            self._answer(200, {"data": rows[(page - 1) * size : page * size], "total": len(rows)})

    def _answer(self, status: int, body: Any) -> None:
        content = json.dumps(body, ensure_ascii=False).encode()
        self.send_response(status)
        self.send_header("Content-Type", "application/json; charset=utf-8")
        self.send_header("Content-Length", str(len(content)))
        self.end_headers()
        self.wfile.write(content)

    def log_message(self, format: str, *args: Any) -> None:
        """Say nothing."""


@contextmanager
def interface(rows: Rows) -> Iterator[Interface]:
    """Run an interface for the block."""
    server = Interface(rows)
    threading.Thread(target=server.serve_forever, kwargs={"poll_interval": 0.02}, daemon=True).start()
    try:
        yield server
    finally:
        server.shutdown()
        server.server_close()


def postgres_programs() -> Path | None:
    """Where the database's programs lie, if it is installed."""
    found = sorted(Path("/usr/lib/postgresql").glob("*/bin/initdb"))
    return found[-1].parent if found else None


@contextmanager
def postgres(programs: Path) -> Iterator[str]:
    """Run a cluster of its own for the block, as user postgres; yields its dsn."""
    folder = Path(tempfile.mkdtemp(prefix="suyuan-pg-"))
    as_user = ["runuser", "-u", "postgres", "--"] if os.geteuid() == 0 else []
    (folder / "password").write_text(PASSWORD)
    if as_user:
        for each in (folder, folder / "password"):
            shutil.chown(each, "postgres")
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]

    def call(program: str, *arguments: str) -> None:
        command = [*as_user, str(programs / program), "-D", str(folder / "data"), *arguments]
        subprocess.run(command, check=True, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL, cwd=folder)

    try:
        call("initdb", "-U", "postgres", "-A", "scram-sha-256", f"--pwfile={folder / 'password'}", "-E", "UTF8", "-N")
        options = f"-p {port} -c unix_socket_directories={folder} -c listen_addresses='' -c fsync=off"
        call("pg_ctl", "-w", "-l", str(folder / "log"), "-o", options, "start")
        yield f"host={folder} port={port} user=postgres password={PASSWORD} dbname=postgres"
    finally:
        if (folder / "data" / "postmaster.pid").exists():
            call("pg_ctl", "-w", "-m", "immediate", "stop")
        shutil.rmtree(folder, ignore_errors=True)
