"""Rules in Great Expectations' own vocabulary.

Lives here: the expectation that judges a rule here, the one that stock Great Expectations reads, and the suite of a
resource as JSON.
Add here: another form in which a rule leaves the house.
Stays out: running (``verdicts``), which expectations a rule may name (``conditions``).
"""

from __future__ import annotations

import csv
import json
import re
from typing import TYPE_CHECKING, Any

from config import clock
from expectations.parameters import promotion
from expectations.rules import Rule, rules_of
from expectations.workbench import SEEDS
from scheme.catalog import CatalogEntry, Severity

if TYPE_CHECKING:
    from great_expectations.core.expectation_suite import ExpectationSuite

_FLAG = "ExpectColumnValuesToBeInSet"
_SQL = "UnexpectedRowsExpectation"


def judging(rule: Rule) -> Any:
    """Return the expectation over ``judged``: the rule's own, or that its flag is true on every row.

    Raises:
        pydantic.ValidationError, TypeError, ValueError: Great Expectations refuses the arguments.
    """
    given = _given(rule)
    if not rule.is_native:
        given = {"column": f"ok__{rule.rule}", "value_set": [True]} | {k: given[k] for k in ("mostly",) if k in given}
    return _made(rule.native if rule.is_native else _FLAG, rule, given, {"rule": rule.rule})


def refusals(rules: list[Rule]) -> dict[str, str]:
    """Return rule → that Great Expectations refuses its arguments."""
    found = {}
    for rule in rules:
        try:
            judging(rule)
        except Exception as error:  # pydantic's own and what validators raise: the arguments do not fit
            found[rule.rule] = f"{rule.native}: {_why(error)}"
    return found


def stock_suite(entry: CatalogEntry) -> tuple[ExpectationSuite, dict[str, str]]:
    """Return the suite that stock Great Expectations opens, and rule → why it is not in it."""
    from great_expectations.core.expectation_suite import ExpectationSuite

    rules = rules_of(entry)
    left_out = {r.rule: r.error for r in rules if r.error} | refusals([r for r in rules if not r.error])
    expectations = [_stock(r) for r in rules if r.rule not in left_out]
    meta = {"resource": entry.id, "name": entry.name, "left_out": left_out}
    name = f"{entry.department}__{entry.resource}"  # a dot would be a folder in its file store
    return ExpectationSuite(name=name, expectations=expectations, meta=meta), left_out


def stock_json(entry: CatalogEntry) -> tuple[str, int, dict[str, str]]:
    """Return the suite as Great Expectations serialises it, how many expectations it holds, and what is left out."""
    suite, left_out = stock_suite(entry)
    return json.dumps(suite.to_json_dict(), ensure_ascii=False, indent=2) + "\n", len(suite.expectations), left_out


def _stock(rule: Rule) -> Any:
    """A native expectation where there is one; else the failing rows in SQL, with what that SQL needs."""
    given = _given(rule)
    meta = {"rule": rule.rule, "dimension": rule.dimension, "meaning": rule.meaning}
    codes = _codes(given.pop("code_list")) if "code_list" in given else None
    is_native = bool(rule.native) and (codes is None or len(codes) <= promotion(clock.today())["largest_list_of_codes"])
    if is_native:
        given |= {"value_set": codes} if codes else {}
        return _made(rule.native, rule, given, meta)
    needs = [*(f"current.{t}" for t in rule.tables), *(f"reference.{s}" for s in rule.seeds)]
    needs += [*re.findall(r"\b(?:is|holds)_\w+(?=\()", rule.failing), *(["previous"] if rule.reads_previous else [])]
    failing = rule.failing.replace("{", "{{").replace("}", "}}")
    flagged = f"WITH this AS (SELECT * FROM {{batch}}) SELECT *, ({failing}\n) AS failing FROM this"
    query = f"SELECT * FROM ({flagged}) AS judged WHERE failing"
    return _made(_SQL, rule, {"unexpected_rows_query": query}, meta | {"needs": sorted(set(needs))})


def _made(kind: str, rule: Rule, given: dict[str, Any], meta: dict[str, Any]) -> Any:
    import great_expectations.expectations as gxe

    return getattr(gxe, kind)(**given, meta=meta, severity=Severity(rule.severity).value, description=rule.meaning)


def _given(rule: Rule) -> dict[str, Any]:
    """Rules about the delivery name their column by ``item``."""
    given = {k: v for k, v in json.loads(rule.arguments).items() if v is not None}
    if (
        rule.item
        and not {"column", "column_A", "column_list"} & set(given)
        and not rule.native.startswith("ExpectTable")
    ):
        given["column"] = rule.item
    return given


def _codes(table: str) -> list[str]:
    with (SEEDS / f"{table}.csv").open(encoding="utf-8", newline="") as file:
        return [row["code"] for row in csv.DictReader(file) if row["code"]]


def _why(error: Exception) -> str:
    """The first complaint, without the address of the documentation."""
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    told = lines[1:3] if len(lines) > 1 and "validation error" in lines[0] else lines[:1]
    return re.sub(r"\s*\(type=.*?\)|\s*\[type=.*?\]", "", ": ".join(told))[:200] or type(error).__name__
