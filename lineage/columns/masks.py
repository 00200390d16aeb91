"""Which functions hide a value, which show it, and of which that is not known.

Lives here: the three-valued judgement of every function (DuckDB's and ours).
Add here: a function that masks (its name is a contract with ``warehouse/sql``), an aggregate of DuckDB's.
Stays out: walking expressions (``expressions``), the list of DuckDB's plain functions (``duckdb_functions``), the
judgement of a column as a whole (``lineage.protection``).

Aggregates: a count shows how many, not what (masked). A minimum, a mode, a list or a median shows a value of some
row (not masked). A sum or a mean shows the value if the group has one row, which no statement tells (unknown).
A hash without a key does not hide an identifier: whoever knows all identifiers can hash them all.
"""

from __future__ import annotations

from lineage.columns.dependency import Step
from lineage.columns.duckdb_functions import PLAIN

# Name → positions of the arguments that it does not hide (labels stand in the result as they are).
MASKS: dict[str, tuple[int, ...]] = {
    "keyed_token": (), "mask_band": (2,), "mask_age_band": (3,), "mask_truncate": (), "mask_prefix": (),
    "mask_index": (), "mask_alone": (),
}  # fmt: skip
OURS = {"within_months", "within_years"}  # predicates of warehouse/sql/masks.sql, no masks
HASHES = {
    "md5", "md5_number", "md5_number_lower", "md5_number_upper", "sha", "sha1", "sha2", "sha256", "hash",
    "standard_hash", "farm_fingerprint",
}  # fmt: skip
COUNTS = {
    "count", "count_if", "count_star", "approx_distinct", "approx_count_distinct", "regr_count", "list_count",
    "list_approx_count_distinct",
}  # fmt: skip
SHOWN = {
    "min", "max", "first", "last", "any_value", "arbitrary", "mode", "arg_min", "arg_max", "arg_min_null",
    "arg_max_null", "arg_min_nulls_last", "arg_max_nulls_last", "array_agg", "group_concat", "histogram",
    "histogram_exact", "median", "quantile", "percentile_cont", "percentile_disc", "approx_quantile",
    "reservoir_quantile", "approx_top_k", "bitwise_and_agg", "bitwise_or_agg", "bitwise_xor_agg", "logical_and",
    "logical_or", "bitstring_agg", "fill", "json_group_array", "json_group_object", "json_group_structure",
    "array_concat_agg", "array_unique_agg",
}  # fmt: skip
COMBINED = {
    "sum", "avg", "mean", "product", "fsum", "favg", "kahan_sum", "sumkahan", "sum_no_overflow", "geomean",
    "geometric_mean", "wavg", "weighted_avg", "variance", "variance_pop", "stddev", "stddev_pop", "stddev_samp",
    "skewness", "kurtosis", "kurtosis_pop", "entropy", "sem", "mad", "corr", "covar_pop", "covar_samp", "regr_avgx",
    "regr_avgy", "regr_intercept", "regr_r2", "regr_slope", "regr_sxx", "regr_sxy", "regr_syy",
}  # fmt: skip
AGGREGATES = (COUNTS | SHOWN | COMBINED) - {"list_count", "list_approx_count_distinct"}
_UNKNOWN = {"encrypt", "decrypt", "aes_encrypt", "aes_decrypt", "encrypt_raw", "decrypt_raw"}


def judged(name: str, position: int, *, is_known: bool = False) -> Step:
    """Return what a function does to its argument at a position (from 0).

    ``name`` in lower case, as DuckDB or sqlglot calls it; ``is_known``: sqlglot has a class of its own for it.
    """
    kind = "AGGREGATION" if name in AGGREGATES else "TRANSFORMATION"
    if name in MASKS:
        return Step("DIRECT", kind, masking=position not in MASKS[name], description=name)
    if name in COUNTS:
        return Step("DIRECT", kind, masking=True, description=name)
    if name in HASHES:
        return Step("DIRECT", kind, masking=False, description="a hash without a key")
    if name in COMBINED:
        return Step("DIRECT", kind, masking=None, description=f"{name}: of one row it is the value")
    if name in SHOWN or name in OURS or ((is_known or name in PLAIN) and name not in _UNKNOWN):
        return Step("DIRECT", kind, masking=False)
    return Step("DIRECT", kind, masking=None, description=f"{name}: not a function known here")
