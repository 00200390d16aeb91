"""Parts of addresses.

Lives here: ``form``: a document as page（``…/``）or as file（``….pdf``, ``….xlsx``）.
Add here: another part that more than one address has.
Stays out: addresses (``portal.urls``).
"""

from __future__ import annotations


class FormConverter:
    """``page`` ↔ ``/``, ``pdf`` ↔ ``.pdf``, ``xlsx`` ↔ ``.xlsx``."""

    regex = r"/|\.pdf|\.xlsx"

    def to_python(self, value: str) -> str:
        """Return the form that an address ends with."""
        return "page" if value == "/" else value.removeprefix(".")

    def to_url(self, value: str) -> str:
        """Return the ending of a form.

        Raises:
            ValueError: there is no such form.
        """
        if value not in ("page", "pdf", "xlsx"):
            raise ValueError(f"no form of documents: {value}")
        return "/" if value == "page" else f".{value}"
