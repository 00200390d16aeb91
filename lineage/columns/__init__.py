"""Column lineage from compiled SQL（数据项血缘）.

Lives here: what the rest of Suyuan asks: ``column_edges``, ``statement_lineage`` and ``is_protected``.
"""

from lineage.columns.dependency import UnreadableSqlError
from lineage.columns.masks import is_protected
from lineage.columns.statement import Lineage, column_edges, statement_lineage

__all__ = ["Lineage", "UnreadableSqlError", "column_edges", "is_protected", "statement_lineage"]
