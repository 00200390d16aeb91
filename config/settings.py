"""Environment variables as one typed object.

Lives here: every setting an installation can give. Nothing else reads ``os.environ``.
Add here: a setting that a bureau must be able to change without code.
Stays out: dated rules with a legal basis (``scheme.parameters``).
"""

from __future__ import annotations

import os
from functools import lru_cache
from pathlib import Path
from typing import Literal

from pydantic import Field, ValidationError
from pydantic_settings import BaseSettings, SettingsConfigDict

_NAMES = ("SUYUAN_", "DATABASE_URL")
PROJECT_ROOT = Path(__file__).resolve().parent.parent


class SettingsError(ValueError):
    """A setting is not understood; names the variable, never its value."""


class Settings(BaseSettings):
    """One installation: one district (design decision 14)."""

    model_config = SettingsConfigDict(env_prefix="SUYUAN_", extra="ignore", populate_by_name=True)

    home: Path = Field(default=Path(".suyuan"), description="everything Suyuan writes")
    keys: Path = Field(default=Path(".suyuan-keys"), description="key files, 0700/0600, outside home")
    catalog: Path = Field(default=PROJECT_ROOT / "catalog", description="the resource catalog")
    district: str = Field(default="yanzhou", description="district id in lineage namespaces")
    district_code: str = Field(default="370812", description="GB/T 2260 code of the district")
    now: str | None = Field(default=None, description="demo clock, ISO 8601, Asia/Shanghai")
    debug: bool = Field(default=False, description="Django debug pages; never in production")
    anchors: str = Field(default="", description="folders elsewhere that keep the lineage log's checkpoints")
    hosts: str = Field(default="127.0.0.1,localhost", description="host names the portal answers to")
    memory_limit: str = Field(default="2GB", description="DuckDB memory limit of one connection")
    fonts: Path | None = Field(default=None, description="folder with the fonts of official documents")
    dagster_url: str | None = Field(default=None, description="Dagster UI that the portal asks to load grants anew")
    portal_url: str = Field(default="", description="address of the portal as people type it, for links in notices")
    smtp_host: str = Field(default="", description="mail server; empty: notices are read in the portal only")
    smtp_port: int | None = Field(default=None, ge=1, le=65535, description="default by security: 587, 465 or 25")
    smtp_security: Literal["starttls", "ssl", "none"] = Field(default="starttls", description="how mail is encrypted")
    smtp_from: str = Field(default="", description="sender of mail: name <address>")
    webhook_url: str = Field(default="", repr=False, description="http or https address that takes notices as JSON")
    database_url: str | None = Field(default=None, repr=False, validation_alias="DATABASE_URL")

    @property
    def home_path(self) -> Path:
        """Absolute path of SUYUAN_HOME."""
        return self.home.expanduser().resolve()

    @property
    def anchor_folders(self) -> list[Path]:
        """Folders of SUYUAN_ANCHORS, separated like a search path."""
        return [Path(each).expanduser() for each in self.anchors.split(os.pathsep) if each.strip()]

    @property
    def keys_path(self) -> Path:
        """Absolute path of SUYUAN_KEYS."""
        return self.keys.expanduser().resolve()


def settings() -> Settings:
    """Return what the environment says now, so that a test or a child process sees its own values.

    Raises:
        SettingsError: a variable is not understood.
    """
    return _read(tuple(sorted((k, v) for k, v in os.environ.items() if k.upper().startswith(_NAMES))))


@lru_cache(maxsize=8)
def _read(environment: tuple[tuple[str, str], ...]) -> Settings:
    """Read once per environment: paths ask for the settings thousands of times a run."""
    try:
        return Settings()
    except ValidationError as error:
        wrong = sorted({str(e["loc"][0]).upper().removeprefix("SUYUAN_") for e in error.errors()})
        names = ", ".join(n if n == "DATABASE_URL" else f"SUYUAN_{n}" for n in wrong)
        raise SettingsError(f"{names} is not understood: see docs/operations.md") from None
