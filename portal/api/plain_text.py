"""Texts of a request that reach the catalog: no NUL, no other control character.

Lives here: the one check that every text parameter and every segment of an address passes, before the database is
asked; PostgreSQL takes no NUL, and no name that a person could read holds the others.
Add here: another rule for all of them.
Stays out: forms and addresses of pages (``portal.control_characters``), bodies of events
(``lineage.events.json_text``).
"""

from __future__ import annotations

import re

from pydantic import AfterValidator

_CONTROL = re.compile(r"[\x00-\x1f\x7f-\x9f]")


def plain(text: str) -> str:
    """Return a text that holds no control character.

    Raises:
        ValueError: it holds one.
    """
    if _CONTROL.search(text):
        raise ValueError("control character")
    return text


PLAIN = AfterValidator(plain)
