"""Judging one written version with Great Expectations.

Lives here: building the suite in Great Expectations' own vocabulary, running it, reading its results. A rule that
could not be evaluated is an error, never a finding, and an error on a critical rule blocks.
Add here: nothing that decides beside Great Expectations.
Stays out: rules (``rules``, ``delivery_rules``), recording (``findings``).
"""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import Any

from config import clock
from expectations import workbench
from expectations.delivery_rules import delivery_rules, prepare
from expectations.parameters import promotion
from expectations.previous import previous_of
from expectations.rules import Rule, digest, rules_of
from scheme.catalog import Catalog, CatalogEntry
from scheme.protocols import RuleOutcome
from warehouse import paths
from warehouse.engine import connect
from warehouse.versions import Version

_FLAG = "ExpectColumnValuesToBeInSet"


def basis(version: Version, entry: CatalogEntry | None) -> str:
    """Return a digest of all that a verdict on this version rests on beside its rows."""
    rules = [*_row_rules(version, entry), *delivery_rules(entry)] if entry else []
    others = sorted(f"{t}:{v.version}" for t, v in workbench.judged_with(rules).items())
    compared = previous_of(version)
    rest = [str(clock.today()), compared.name if compared else "", *others]
    return digest([*rules, Rule(" ".join(rest), None, "", "", "", "")])


def evaluate(version: Version, entry: CatalogEntry, catalog: Catalog) -> list[RuleOutcome]:
    """Judge the written version of a resource; with history, the rows of its last batch.

    A rule that does not apply, e.g. one that compares with a batch before where there is none, has no outcome.
    """
    return _judge(version, _row_rules(version, entry), entry, whole=not entry.history)


def evaluate_integrated(version: Version, table: str) -> list[RuleOutcome]:
    """Judge an integrated base: its key is there and unique, and it is not empty."""
    return _judge(version, _key_rules(version.key), None, whole=True)


def rule_names(entry: CatalogEntry | None, key: list[str] | None = None) -> dict[str, str]:
    """Return rule id → meaning of every rule that ``evaluate`` (or, with a key, the base's) may answer."""
    rules = rules_of(entry) if entry else _key_rules(key or [])
    return {r.rule: r.meaning for r in [*rules, *delivery_rules(entry)]}


def _row_rules(version: Version, entry: CatalogEntry) -> list[Rule]:
    """Return the rules on rows that apply: without a batch before none that compares with it."""
    has_previous = previous_of(version) is not None
    return [r for r in rules_of(entry) if has_previous or not r.reads_previous]


def _key_rules(keys: list[str]) -> list[Rule]:
    key = ", ".join(f'"{k}"' for k in keys)
    return [
        Rule("key__unique", None, "accuracy", "critical", "主键重复", f"count(*) over (partition by {key}) > 1"),
        *(
            Rule(f"{k}__required", k, "completeness", "critical", f"{k}（主键）为空", f'"{k}" is null',
                 "ExpectColumnValuesToNotBeNull")
            for k in keys
        ),
    ]  # fmt: skip


def _judge(version: Version, rules: list[Rule], entry: CatalogEntry | None, *, whole: bool) -> list[RuleOutcome]:
    paths.spill().mkdir(parents=True, exist_ok=True)
    with tempfile.TemporaryDirectory(dir=paths.spill()) as scratch:
        database = Path(scratch) / "judged.duckdb"
        delivery, errors = _prepare(database, version, rules, entry, whole)
        runnable, facts = ([r for r in found if r.rule not in errors] for found in (rules, delivery))
        results = {**_run(database, "judged", runnable), **_run(database, "delivery", facts)}
    return [_outcome(r, version, results.get(r.rule), errors.get(r.rule, "")) for r in [*rules, *delivery]]


def _prepare(
    database: Path, version: Version, rules: list[Rule], entry: CatalogEntry | None, whole: bool
) -> tuple[list[Rule], dict[str, str]]:
    """Build the database; return the delivery's rules, and rule → why of all that cannot be evaluated."""
    others = workbench.judged_with(rules)
    connection = connect(database)
    try:
        connection.execute(workbench.macros())
        workbench.build(connection, version, others, whole)
        errors = {r.rule: why for r in rules if (why := workbench.broken(connection, r, others))}
        workbench.judge_view(connection, [r for r in rules if r.rule not in errors])
        delivery, unable = prepare(connection, version, entry)
    finally:
        connection.close()
    return delivery, errors | unable


def _run(database: Path, table: str, rules: list[Rule]) -> dict[str, dict[str, Any]]:
    """Return rule → Great Expectations' result; if one breaks the run, each is run alone."""
    if not rules:
        return {}
    results = validate(database, table, rules)
    if any(_raised(r) for r in results.values()) and len(rules) > 1:
        for rule in rules:
            results |= validate(database, table, [rule])
    return results


def validate(database: Path, table: str, rules: list[Rule]) -> dict[str, dict[str, Any]]:
    """Run one suite over one table; return rule → result document of Great Expectations."""
    import great_expectations as gx
    from great_expectations.core.expectation_suite import ExpectationSuite
    from great_expectations.core.validation_definition import ValidationDefinition

    from expectations import dialect

    dialect.register()
    context = gx.get_context(mode="ephemeral")
    context.variables.progress_bars = {"globally": False}
    source = context.data_sources.add_sql("written", connection_string=f"duckdb+gx:///{database}")
    batch = source.add_table_asset(table, table_name=table).add_batch_definition_whole_table("all")
    suite = context.suites.add(ExpectationSuite(name=table, expectations=[_expectation(r) for r in rules]))
    run = context.validation_definitions.add(ValidationDefinition(name=table, data=batch, suite=suite))
    result = run.run(result_format={"result_format": "BASIC", "partial_unexpected_count": 0})
    engine = source.get_engine()
    engine.dispose()
    return dict(_document(r) for r in result.results)


def _document(found: Any) -> tuple[str, dict[str, Any]]:
    config = found.expectation_config
    document = {
        "success": found.success, "result": found.result, "exception": found.exception_info, "type": config.type,
    }  # fmt: skip
    return config.meta["rule"], document


def _expectation(rule: Rule) -> Any:
    import great_expectations.expectations as gxe

    shared: dict[str, Any] = {
        "meta": {"rule": rule.rule}, "severity": rule.severity, "description": rule.meaning,
    }  # fmt: skip
    kind, arguments = rule.native, {k: v for k, v in json.loads(rule.arguments).items() if v is not None}
    if not kind:
        kind, arguments = _FLAG, {"column": f"ok__{rule.rule}", "value_set": [True]}
    elif not arguments.keys() & {"column", "column_A"}:
        arguments["column"] = rule.item
    return getattr(gxe, kind)(**arguments, **shared)


def _raised(result: dict[str, Any]) -> bool:
    found = result["exception"] or {}
    nested = [v for v in found.values() if isinstance(v, dict)]
    return bool(found.get("raised_exception")) or any(n.get("raised_exception") for n in nested)


def _outcome(rule: Rule, version: Version, result: dict[str, Any] | None, error: str) -> RuleOutcome:
    shared: dict[str, Any] = {
        "rule": rule.rule, "dataset": version.dataset, "item": rule.item, "dimension": rule.dimension,
        "severity": rule.severity, "meaning": rule.meaning,
    }  # fmt: skip
    is_critical = rule.severity == "critical"
    if error or result is None or _raised(result):
        why = error or "Great Expectations could not evaluate the rule"
        return RuleOutcome(**shared, state="error", blocks=is_critical, error=why)
    counts = result["result"]
    evaluated, unexpected = counts.get("element_count", 0), counts.get("unexpected_count", 0)
    if result["success"]:
        return RuleOutcome(**shared, state="passed", evaluated_count=evaluated, expectation=result["type"])
    limit = rule.tolerance if rule.tolerance is not None else float(promotion(clock.today())["critical_tolerance"])
    share = unexpected / evaluated if evaluated else 1.0
    return RuleOutcome(
        **shared, state="failed", evaluated_count=evaluated, unexpected_count=unexpected,
        expectation=result["type"], blocks=is_critical and share > limit,
    )  # fmt: skip
