"""PIVOT and UNPIVOT: columns made of rows, rows made of columns.

Lives here: the columns and rows of a pivoted table whose columns the statement lists.
Add here: another form of listing them.
Stays out: a PIVOT whose columns depend on the data: its lineage cannot be known from the statement.
"""

from __future__ import annotations

from sqlglot import exp

from lineage.columns.dependency import (
    NOTHING,
    Found,
    Output,
    Relation,
    UnreadableSqlError,
    indirect,
    through,
    union,
)
from lineage.columns.scopes import Scope, Source


def read_pivot(pivot: exp.Expr, scope: Scope) -> Relation:
    raise UnreadableSqlError("pivot")


def pivoted(relation: Relation, pivot: exp.Expr, scope: Scope) -> Relation:
    raise UnreadableSqlError("pivot")
