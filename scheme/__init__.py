"""The scheme as data and pure functions.

Lives here: documents (catalog entry, agreement, grant, product), dated rule parameters with legal
basis, deadlines, names of data sets, compilers of a grant, protocols by which rooms meet.
Add here: a rule of the scheme that can be said without a database and without a data file.
Stays out: Django, DuckDB, files other than YAML documents.
"""
