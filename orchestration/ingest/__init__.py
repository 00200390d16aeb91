"""Plain readers of deliveries; no Dagster here.

Lives here: handing over, recognising, refusing and landing a delivered file.
Add here: another format, as one module with a ``read`` that returns a ``Source``.
Stays out: what the rows mean (``scheme.catalog``), how they are written (``warehouse.landing``).
"""
