"""What crosses to the service platform, signed by the bureau: a grant's bundle, a released product's permit.

Lives here: the documents. Add here: a fact the data plane must check.
Stays out: writing it (``warehouse.grant_file``), obeying it (``dataplane``).
"""

from __future__ import annotations

from datetime import datetime

from scheme.document import Code, Strict
from scheme.grant import Grant


class BundledTable(Strict):
    """One table in the grant's file."""

    version: str
    rows: int
    columns: dict[str, str]


class Bundle(Strict):
    """A grant with the content it may read."""

    grant: Grant
    content: str
    file_name: str
    encryption_key_id: str
    tables: dict[Code, BundledTable]
    published_at: datetime


class Permit(Strict):
    """A product version that both keys released（【数据产品发布管理】）; without it the data plane answers no call."""

    product: Code
    grant: str
    content: str
    security_by: str
    bureau_by: str
