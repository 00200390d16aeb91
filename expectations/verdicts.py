"""Running Great Expectations over one table and reading what it said.

Lives here: one suite over one table of an open database, each rule's result as a document.
Add here: another figure that Great Expectations reports.
Stays out: building expectations (``suite``), what a result means for promotion (``evaluate``).
"""

from __future__ import annotations

import re
from typing import Any

from expectations.rules import Rule


def validate(connection: Any, table: str, rules: list[Rule]) -> dict[str, dict[str, Any]]:
    """Run one suite over one table; return rule → result document of Great Expectations.

    The results are read, not stored: its store cannot write every result it makes.
    """
    import great_expectations as gx
    from great_expectations.core.expectation_suite import ExpectationSuite

    from expectations import dialect, suite

    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    with dialect.lent(connection) as url:
        source = context.data_sources.add_sql("written", connection_string=url)
        asset = source.add_table_asset(table, table_name=table)
        batch = asset.add_batch_definition_whole_table("all").get_batch()
        wanted = ExpectationSuite(name=table, expectations=[suite.judging(r) for r in rules])
        result = batch.validate(wanted, result_format={"result_format": "BASIC", "partial_unexpected_count": 0})
        source.get_engine().dispose()
    return dict(_document(r) for r in result.results)


def failure(error: Exception) -> dict[str, Any]:
    """Return the document of a rule on which Great Expectations itself broke."""
    told = {"raised_exception": True, "exception_message": type(error).__name__}
    return {"success": False, "result": {}, "exception": told, "type": ""}


def raised(result: dict[str, Any]) -> bool:
    """Whether Great Expectations could not evaluate the rule."""
    return bool(_exceptions(result))


def why_raised(result: dict[str, Any]) -> str:
    """Return the kind of the exception: its text may hold a value of a row."""
    messages = " ".join(str(e.get("exception_message")) for e in _exceptions(result))
    kind = re.search(r"_duckdb\.(\w+)", messages)
    return f"Great Expectations could not evaluate the rule{f' ({kind[1]})' if kind else ''}"


def figures(result: dict[str, Any]) -> tuple[int, int]:
    """Return (rows evaluated, unexpected rows); of an expectation about the whole table (1, 0 or 1).

    A row without a value is only evaluated by the rule about missing values. Nothing evaluated: (0, 0).
    Over a table without rows Great Expectations counts None, which is 0.
    """
    found = result["result"]
    if "element_count" in found:
        return found["element_count"] - (found.get("missing_count") or 0), found.get("unexpected_count") or 0
    observed = found.get("observed_value")
    is_empty = isinstance(observed, dict) and None in observed.get("values", [])
    return (0, 0) if is_empty or found == {"observed_value": None} else (1, int(not result["success"]))


def _document(found: Any) -> tuple[str, dict[str, Any]]:
    config = found.expectation_config
    document = {
        "success": found.success, "result": found.result, "exception": found.exception_info, "type": config.type,
    }  # fmt: skip
    return config.meta["rule"], document


def _exceptions(result: dict[str, Any]) -> list[dict[str, Any]]:
    found = result["exception"] or {}
    each = [found, *(v for v in found.values() if isinstance(v, dict))]
    return [e for e in each if e.get("raised_exception")]
