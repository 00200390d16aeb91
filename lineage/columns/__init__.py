"""Column lineage from compiled SQL（数据项血缘）.

Lives here: what the rest of Suyuan asks: ``column_edges`` and ``is_protected``.
"""

from lineage.columns.statement import UnreadableSqlError, column_edges, is_protected

__all__ = ["UnreadableSqlError", "column_edges", "is_protected"]
