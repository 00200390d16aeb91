"""数据质量问题整改单: from a failed rule to a fixed register, in working days（【数据治理】）.

Lives here: ``policy`` (deadlines), ``states`` (who may do what when), ``follow`` (what a judgement does to orders),
``acts`` and ``letters`` (bureau and department), ``raising`` and ``objections`` (people who met a problem), ``clock``
and ``consequences`` (what passing time does), ``reading`` (questions of pages and reports).
Stays out: judging (``expectations.evaluate``), pages (``portal``), the graph (``lineage``, met by ``Impact``).
"""
