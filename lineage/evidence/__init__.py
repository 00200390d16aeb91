"""数据溯源报告: an answer of the lineage catalog with everything that proves it, for someone who trusts nobody here."""
