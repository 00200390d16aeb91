"""Canonical JSON and its digest: what is signed, and by what a document is named.

Lives here: one form of bytes for one document (RFC 8785 in spirit: sorted keys, no spaces, UTF-8).
Stays out: keys and signatures (``scheme.signing``).
"""

from __future__ import annotations

import hashlib
import json
from typing import Any


def canonical_json(document: Any) -> bytes:
    """Return the canonical UTF-8 bytes of a JSON-able document (floats are refused: not canonical)."""
    _no_floats(document)
    return json.dumps(document, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()


def digest(document: Any) -> str:
    """Return the sha256 of the canonical form, hexadecimal."""
    return hashlib.sha256(canonical_json(document)).hexdigest()


def _no_floats(node: Any) -> None:
    if isinstance(node, float):
        raise TypeError("a canonical document holds no floats: write numbers as text or integers")
    for child in node.values() if isinstance(node, dict) else node if isinstance(node, list) else ():
        _no_floats(child)
