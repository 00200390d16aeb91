"""One file of Python out of several modules of this room, so that an auditor needs nothing else.

Lives here: writing imported modules into the file that imports them.
Stays out: what the modules do.

Such a module imports the standard library and modules of this room alone, these in one line each.
"""

from __future__ import annotations

import re
from importlib.resources import files

_FUTURE = "from __future__ import annotations\n"
_IMPORT = re.compile(r"from lineage\.evidence\.(\w+) import ")


def standalone(module: str) -> bytes:
    """Return the source of a module of this room with all it imports from here."""
    return _whole(module, set()).encode()


def _whole(module: str, done: set[str]) -> str:
    lines = []
    for line in files("lineage.evidence").joinpath(f"{module}.py").read_text("utf-8").splitlines(keepends=True):
        found = _IMPORT.match(line)
        if found is None:
            lines.append(line)
        elif found[1] not in done:
            done.add(found[1])
            lines.append(_whole(found[1], done).partition(_FUTURE)[2])
    return "".join(lines)
