"""Judging one written version with Great Expectations.

Lives here: which rules are judged, from the scan to the verdict to the list of problem rows. A rule that could not be
evaluated is an error, never a finding, and an error on a critical rule blocks.
Add here: nothing that decides beside Great Expectations.
Stays out: rules (``rules``, ``delivery_rules``), running Great Expectations (``verdicts``), recording (``findings``).
"""

from __future__ import annotations

import json
from dataclasses import replace
from pathlib import Path
from typing import Any

from config import clock
from expectations import delivery_facts as facts
from expectations import listing, suite, workbench
from expectations.conditions import duplicated
from expectations.delivery_rules import delivery_rules, prepare
from expectations.parameters import drift, promotion
from expectations.previous import previous_of
from expectations.rules import Rule, digest, rules_of
from expectations.verdicts import failure, figures, raised, validate, why_raised
from scheme.catalog import Catalog, CatalogEntry
from scheme.protocols import RuleOutcome
from warehouse.engine import connect
from warehouse.versions import Version


def basis(version: Version, entry: CatalogEntry | None) -> str:
    """Return a digest of all that a verdict on this version rests on beside its rows.

    Not the day: only what the day changes, so that nothing is judged again because a day has passed.
    """
    today = clock.today()
    rules = [*_row_rules(version, entry), *delivery_rules(entry)] if entry else _key_rules(version.key)
    others = sorted(f"{t}:{v.version}" for t, v in workbench.judged_with(rules).items())
    compared = previous_of(version)
    parameters = json.dumps([promotion(today), drift(today)], sort_keys=True, default=str)
    rest = [compared.batch if compared else "", *others, workbench.reads(rules), parameters]
    rest += facts.rests_on(entry, today) if entry else []
    rest += version.batches[-1:] if version.is_history else []
    rest += [str(today)] if any(r.reads_today for r in rules) else []
    return digest([*rules, Rule("\n".join(rest), None, "", "", "", "")])


def evaluate(version: Version, entry: CatalogEntry, catalog: Catalog) -> list[RuleOutcome]:
    """Judge the written version of a resource and keep its problem rows; with history, the rows of its last batch.

    A rule that does not apply, e.g. one that compares with a batch before where there is none, or that no row was put
    to, has no outcome: it neither passes nor fails, earns no score and closes no order (ADR 0010).
    """
    rows = listing.place(version, basis(version, entry))
    return _judge(version, _row_rules(version, entry), entry, rows)


def evaluate_integrated(version: Version, table: str) -> list[RuleOutcome]:
    """Judge an integrated base: its key is there and unique, and it is not empty."""
    return _judge(version, _key_rules(version.key), None, None)


def rule_names(entry: CatalogEntry | None, key: list[str] | None = None) -> dict[str, str]:
    """Return rule id → meaning of every rule that ``evaluate`` (or, with a key, the base's) may answer."""
    rules = rules_of(entry) if entry else _key_rules(key or [])
    return {r.rule: r.meaning for r in [*rules, *delivery_rules(entry)]}


def limit_of(rule: Rule) -> float:
    """Return the share of problem rows up to which a critical rule still promotes."""
    return float(promotion(clock.today())["critical_tolerance"]) if rule.tolerance is None else rule.tolerance


def _row_rules(version: Version, entry: CatalogEntry) -> list[Rule]:
    """Return the rules on rows that apply: without a batch before none that compares with it."""
    has_previous = previous_of(version) is not None
    return [r for r in rules_of(entry) if has_previous or not r.reads_previous]


def _key_rules(keys: list[str]) -> list[Rule]:
    return [
        Rule("key__unique", None, "accuracy", "critical", "主键重复", duplicated(keys)),
        *(
            Rule(f"{k}__required", k, "completeness", "critical", f"{k}（主键）为空", f'"{k}" is null',
                 "ExpectColumnValuesToNotBeNull")
            for k in keys
        ),
    ]  # fmt: skip


def _judge(version: Version, rules: list[Rule], entry: CatalogEntry | None, rows: Path | None) -> list[RuleOutcome]:
    """``rows``: where the problem rows are kept."""
    connection = connect()
    try:
        errors = workbench.prepare(connection, version, rules, whole=entry is None or not entry.history)
        errors |= suite.refusals([r for r in rules if r.rule not in errors])
        delivery, unable = prepare(connection, version, entry)
        errors |= unable
        runnable, on_delivery = ([r for r in found if r.rule not in errors] for found in (rules, delivery))
        results = {**_run(connection, "judged", runnable), **_run(connection, "delivery", on_delivery)}
        answers = [_outcome(r, version, results.get(r.rule), errors.get(r.rule, "")) for r in [*rules, *delivery]]
        return _listed(connection, rules, [o for o in answers if o], rows)
    finally:
        connection.close()


def _listed(connection: Any, rules: list[Rule], found: list[RuleOutcome], rows: Path | None) -> list[RuleOutcome]:
    """Keep the rows of failed rules; a rule whose list is not as long as Great Expectations counted is an error."""
    if rows is None or not listing.can_list(connection):
        return found
    failed = {o.rule: o.unexpected_count for o in found if o.state == "failed"}
    listable = [r for r in rules if r.rule in failed and r.failing]
    listed = listing.write(connection, listable, rows)
    differ = {r: n for r, n in listed.items() if n != failed[r]}
    if differ:
        listing.write(connection, [r for r in listable if r.rule not in differ], rows)
    for older in rows.parent.glob("[!.]*.parquet"):
        if older != rows:
            older.unlink(missing_ok=True)
    return [_differing(o, differ[o.rule]) if o.rule in differ else o for o in found]


def _differing(outcome: RuleOutcome, listed: int) -> RuleOutcome:
    why = f"Great Expectations counted {outcome.unexpected_count} rows, the condition lists {listed}"
    return replace(
        outcome, state="error", evaluated_count=0, unexpected_count=0, expectation="",
        blocks=outcome.severity == "critical", error=why,
    )  # fmt: skip


def _run(connection: Any, table: str, rules: list[Rule]) -> dict[str, dict[str, Any]]:
    """Return rule → Great Expectations' result; if one breaks the run, each is run alone."""
    if not rules:
        return {}
    try:
        results = validate(connection, table, rules)
    except Exception as error:
        if len(rules) == 1:
            return {rules[0].rule: failure(error)}
    else:
        if len(rules) == 1 or not any(raised(r) for r in results.values()):
            return results
    return {name: result for rule in rules for name, result in _run(connection, table, [rule]).items()}


def _outcome(rule: Rule, version: Version, result: dict[str, Any] | None, error: str) -> RuleOutcome | None:
    """Return what came out; None where nothing was evaluated: the rule says nothing of this version."""
    shared: dict[str, Any] = {
        "rule": rule.rule, "dataset": version.dataset, "item": rule.item, "dimension": rule.dimension,
        "severity": rule.severity, "meaning": rule.meaning,
    }  # fmt: skip
    is_critical = rule.severity == "critical"
    if error or result is None or raised(result):
        return RuleOutcome(**shared, state="error", blocks=is_critical, error=error or _why_not(result))
    evaluated, unexpected = figures(result)
    if not evaluated:
        return None
    shared |= {"evaluated_count": evaluated, "unexpected_count": unexpected, "expectation": result["type"]}
    if result["success"]:
        return RuleOutcome(**shared, state="passed")
    return RuleOutcome(**shared, state="failed", blocks=is_critical and unexpected / evaluated > limit_of(rule))


def _why_not(result: dict[str, Any] | None) -> str:
    return "Great Expectations gave no answer" if result is None else why_raised(result)
