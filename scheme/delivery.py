"""How a register is handed over: formats, layouts, increments, or where the platform collects it.

Lives here: the part ``delivery`` of a catalog entry.
Add here: another habit of deliveries that readers must know.
Stays out: reading (``orchestration.ingest``), collecting (``orchestration.collect``).
"""

from __future__ import annotations

from typing import Literal

from pydantic import Field

from scheme.document import Code, Strict


class Increments(Strict):
    """增量汇聚: a delivery may hold only what changed; ``marker`` says of each row what happened to its key."""

    marker: Code = Field(description="item that tells deletions from additions and changes")
    deleted: list[str] = Field(min_length=1, description="values of the marker that take the key out")


class Origin(Strict):
    """Where the platform collects the register itself（库表、接口）; the secret part lies in a connection file."""

    kind: Literal["postgres", "http"]
    connection: Code = Field(description="name of the connection file in SUYUAN_KEYS/connections")
    table: str = Field(default="", description="postgres: schema.table or table")
    path: str = Field(default="", description="http: path below the connection's address")
    rows: str = Field(default="data", description="http: field of the answer that holds the rows")
    total: str = Field(default="total", description="http: field of the answer that holds the number of rows")
    page: str = Field(default="page", description="http: parameter with the page number, from 1")
    size: str = Field(default="page_size", description="http: parameter with the rows a page")
    rows_a_page: int = Field(default=500, ge=1, le=10_000)
    since: str = Field(default="", description="http: parameter with the checkpoint; needs increments")
    checkpoint: Code | None = Field(default=None, description="item whose greatest value is the next checkpoint")


class Delivery(Strict):
    """How the register is handed over."""

    formats: list[Literal["csv", "xlsx", "xls", "json", "parquet"]] = ["csv"]
    header_row: int = Field(default=1, ge=1, description="row of an xlsx sheet that holds the headers")
    sheet: str | None = None
    rows_at: str = Field(
        default="",
        pattern=r"^(\$(\.(\w+|\*)|\[\*\])+\[\*\])?$",
        description="where the rows stand in a nested JSON document, e.g. $.buildings[*].houses[*]",
    )
    ignore: list[str] = Field(default=[], description="delivered columns that are not collected（最小够用）")
    repair: bool = Field(default=False, description="damaged cells are repaired from the same key on other days")
    increments: Increments | None = None
    origin: Origin | None = None
