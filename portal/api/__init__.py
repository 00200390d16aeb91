"""The JSON interface under /api/v1, beside Django on the same accounts, tables and rules."""
