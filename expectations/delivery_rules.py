"""Rules on a delivery as a whole, which no single row breaks.

Lives here: the rules, and which of them apply to what came. Great Expectations judges them over ``delivery``.
Add here: a rule on another fact.
Stays out: the facts (``delivery_facts``), rules on rows (``rules``).

None of them but the empty batch holds back promotion (tolerance 1): rows that are late, or fewer than declared, are
judged by the other rules, and readers would only be left with older ones. The department is asked to answer.
"""

from __future__ import annotations

import json
from typing import Any

from config import clock
from expectations import delivery_facts as facts
from expectations.delivery_facts import Facts
from expectations.drift import drift_rules
from expectations.parameters import wording
from expectations.rules import Rule
from scheme.catalog import CatalogEntry
from warehouse.versions import Version

_BETWEEN = "ExpectColumnValuesToBeBetween"


def delivery_rules(entry: CatalogEntry | None, *, is_overdue_twice: bool = False) -> list[Rule]:
    """Return every rule that may be put to a delivery; of an integrated base (None) only that it is not empty.

    Q25 is one rule of two severities, so that its remediation order stays one: 一般, and 严重 once two update cycles
    passed without a delivery. Great Expectations judges the same fact either way.
    """
    not_empty = _rule("not_empty", "not_empty", 0.0, _BETWEEN, column=facts.ROWS, min_value=1)
    if entry is None:
        return [not_empty]
    on_time = "on_time_twice" if is_overdue_twice else "on_time"
    return [
        not_empty,
        _rule("Q26", "declared_count", 1.0, "ExpectColumnPairValuesToBeEqual",
              column_A=facts.DECLARED, column_B=facts.ARRIVED),
        _rule("Q25", on_time, 1.0, _BETWEEN, column=facts.OVERDUE, max_value=0),
        *drift_rules(entry, clock.today()),
    ]  # fmt: skip


def prepare(connection: Any, version: Version, entry: CatalogEntry | None) -> tuple[list[Rule], dict[str, str]]:
    """Create ``delivery``; return the rules that apply, and rule → why of those that cannot be evaluated.

    A rule whose fact does not exist, e.g. a change where nothing came before, does not apply: it is neither passed
    nor an error, and has no outcome.
    """
    found = facts.gather(connection, version, entry)
    rules = delivery_rules(entry, is_overdue_twice=found.is_overdue_twice)
    unable = {r.rule: found.errors[f] for r in rules for f in _facts(r) if f in found.errors}
    return [r for r in rules if r.rule in unable or _applies(r, found)], unable


def _applies(rule: Rule, found: Facts) -> bool:
    return all(f in found.values for f in _facts(rule))


def _facts(rule: Rule) -> list[str]:
    """Return the columns of ``delivery`` that a rule reads."""
    return [v for k, v in json.loads(rule.arguments).items() if k.startswith("column")]


def _rule(rule: str, kind: str, tolerance: float, native: str, **arguments: Any) -> Rule:
    words = wording()[kind]
    return Rule(
        rule, None, words["dimension"], words["severity"], words["meaning"], "", native,
        json.dumps(arguments), tolerance,
    )  # fmt: skip
