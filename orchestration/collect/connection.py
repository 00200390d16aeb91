"""Secret connection files: ``SUYUAN_KEYS/connections/<name>.json``, mode 0600.

Lives here: their form and reading. Nothing of a file's content is ever part of an error.
Add here: a field that a kind of source needs to be reached.
Stays out: what is read there (``Origin`` of the catalog entry), modes of key files (``config.keys``).
"""

from __future__ import annotations

from typing import TypeVar

import httpx
from pydantic import BaseModel, ConfigDict, Field, SecretStr, ValidationError, field_validator

from config.keys import KeyFileError, connection_file
from orchestration.collect.error import CollectError
from scheme.delivery import Origin

_BEARER = "Authorization"


class _Secret(BaseModel):
    model_config = ConfigDict(extra="forbid", frozen=True, hide_input_in_errors=True)


class PostgresConnection(_Secret):
    """How to reach a database."""

    dsn: SecretStr = Field(min_length=1)


class HttpConnection(_Secret):
    """How to reach an interface. The address holds no user, query or fragment; ``header`` carries the token."""

    base_url: str = Field(pattern=r"^https?://[^\s/?#@]+(/[^\s?#]*)?$", repr=False)
    token: SecretStr = SecretStr("")
    header: str = Field(default=_BEARER, pattern=r"^[A-Za-z][A-Za-z0-9-]*$")

    @field_validator("base_url")
    @classmethod
    def _is_an_address(cls, base_url: str) -> str:
        try:
            httpx.URL(base_url)
        except httpx.InvalidURL:
            raise ValueError("base_url") from None
        return base_url

    @field_validator("token")
    @classmethod
    def _fits_a_header(cls, token: SecretStr) -> SecretStr:
        text = token.get_secret_value()
        if not (text.isascii() and (text.isprintable() and text == text.strip())):
            raise ValueError("token")
        return token

    @property
    def headers(self) -> dict[str, str]:
        """The header with the token, as ``Bearer`` in the usual one."""
        token = self.token.get_secret_value()
        if not token:
            return {}
        return {self.header: f"Bearer {token}" if self.header == _BEARER and " " not in token else token}


Connection = TypeVar("Connection", PostgresConnection, HttpConnection)


def read(origin: Origin, form: type[Connection]) -> Connection:
    """Return the connection that an origin names.

    Raises:
        CollectError: the file is missing, readable by others, or not of this form.
    """
    where = f"connection {origin.connection}"
    try:
        return form.model_validate_json(connection_file(origin.connection))
    except FileNotFoundError:
        next_step = f"write SUYUAN_KEYS/connections/{origin.connection}.json with mode 0600 (docs/operations.md)"
        raise CollectError(where, "has no file", next_step, 2) from None
    except KeyFileError as error:
        raise CollectError(where, "is not kept safely", str(error), 2) from None
    except OSError:
        raise CollectError(where, "its file cannot be read", "let Suyuan's own account own it", 2) from None
    except ValidationError:
        fields = ", ".join(form.model_fields)
        next_step = f"write a JSON object with {fields} and nothing else (docs/operations.md)"
        raise CollectError(where, "its file is not of the right form", next_step, 2) from None
