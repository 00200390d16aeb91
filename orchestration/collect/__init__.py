"""Plain collectors of registers that the platform fetches itself（库表、接口）; no Dagster here.

Lives here: reading a table or a paged interface into a file, and handing that file over like any other delivery.
Add here: another kind of source, as one module with a ``fetch`` that returns a ``Collected``.
Stays out: landing the file (``orchestration.ingest``), when a register is due (``warehouse.coverage``).
"""
