"""数据质量月报（全区）.

Lives here: ``period`` (which month, as of which day), ``figures`` (what is counted), ``report`` (what is said),
``sent`` (notices as they stood), ``impact`` (which scenarios are touched), ``definitions`` (指标口径、规则清单).
Add here: another part of the monthly report.
Stays out: scores (``expectations.trend``), the department's own report (``documents.department_report``).
"""
