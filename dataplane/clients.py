"""Who may call: one key file per client on the service platform.

Lives here: making a client's key and recognising it. Stays out: accounts of persons (``registry``).
"""

from __future__ import annotations

import hmac
import os
import re
import secrets
from pathlib import Path

from config.keys import directory

_NAME = re.compile(r"[a-z][a-z0-9_]{1,40}")


def _folder() -> Path:
    return directory("service") / "clients"


def provision(client: str) -> str:
    """Return a client's key, made once (0600)."""
    if not _NAME.fullmatch(client):
        raise ValueError("a client name is lower-case letters, digits and underscores")
    folder = _folder()
    folder.mkdir(mode=0o700, exist_ok=True)
    path = folder / f"{client}.key"
    if not path.exists():
        with os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w") as file:
            file.write(secrets.token_hex(32))
    return path.read_text().strip()


def recognise(key: str) -> str | None:
    """Return the client that holds a key, or None; every key is compared in constant time."""
    found = None
    for path in sorted(_folder().glob("*.key")):
        if hmac.compare_digest(path.read_text().strip().encode(), key.encode()):
            found = path.stem
    return found
