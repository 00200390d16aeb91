"""Where data lies: zones, deliveries, versions, the writer's lock, engines.

Lives here: files under ``SUYUAN_HOME`` and the DuckDB connections on them.
Add here: a zone, an index of files, an engine.
Stays out: what the data means (``scheme``), who decided what (``registry``).
"""
