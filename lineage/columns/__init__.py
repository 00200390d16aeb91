"""Column lineage from compiled SQL（数据项血缘）.

Lives here: what the rest of Suyuan asks: ``column_edges`` and ``statement_lineage``.
Add here: another question about one statement.
Stays out: whether a column is protected (``lineage.protection``), statements of other producers (``lineage.foreign``).
"""

from lineage.columns.dependency import UnreadableSqlError
from lineage.columns.statement import Lineage, column_edges, statement_lineage

__all__ = ["Lineage", "UnreadableSqlError", "column_edges", "statement_lineage"]
