"""Great Expectations' expectations that a catalog rule may name, compiled to the SQL condition of a failing row.

Lives here: ``compiled``, and one line an expectation in ``FORMS``: its arguments, its condition, and whether Great
Expectations answers it rightly on DuckDB by itself (``tests/unit/expectations/test_compatibility.py`` holds which).
Add here: another expectation, with its case in that table.
Stays out: judging (``verdicts``), rules of data standards (``rules``), reading arguments (``arguments``).
"""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from expectations.arguments import Given, NotOfferedError
from scheme.catalog import CatalogEntry, ItemType

_NUMBERS = (ItemType.decimal, ItemType.integer)
_ORDERED = (*_NUMBERS, ItemType.date, ItemType.datetime)
_TEXT = (ItemType.text,)


@dataclass(frozen=True)
class Condition:
    """SQL over the table that is judged: ``failing`` is true on a problem row, ``ignored`` on one not evaluated.

    A rule of the whole table has neither. ``is_native``: Great Expectations judges the items themselves.
    """

    type: str
    failing: str
    ignored: str
    is_native: bool


@dataclass(frozen=True)
class _Form:
    needs: tuple[str, ...]
    takes: tuple[str, ...]
    failing: Callable[[Given], str] | None
    ignored: Callable[[Given], str] | None
    is_native: bool


def compiled(name: str, arguments: dict[str, Any], entry: CatalogEntry) -> Condition:
    """Return the condition of an expectation with these arguments over the items of an entry.

    Raises:
        NotOfferedError: unknown expectation, unknown, missing or unfit argument, unknown item; in one line.
    """
    kind = _TYPES.get(name.replace("_", "").lower())
    if kind is None:
        raise NotOfferedError(f"{name[:80]} is no expectation that a rule may name")
    form = FORMS[kind]
    given = Given(kind, arguments, entry)
    given.expect(form.needs, form.takes)
    failing = form.failing(given) if form.failing else given.check_columns()
    return Condition(kind, failing, form.ignored(given) if form.ignored else "", form.is_native)


def duplicated(codes: list[str]) -> str:
    """Return the condition that another row has the same values; a row lacking one is compared with none."""
    present = " AND ".join(f'"{c}" IS NOT NULL' for c in codes)
    return f"{present} AND {_occurs_twice(codes, f'WHERE {present}')}"


def _occurs_twice(codes: list[str], where: str = "") -> str:
    names = ", ".join(f'"{c}"' for c in codes)
    value = names if len(codes) == 1 else f"({names})"
    return f"{value} IN (SELECT {value} FROM this {where} GROUP BY {names} HAVING count(*) > 1)"


def _missing(given: Given) -> str:
    return f"{given.column()} IS NULL"


def _not_null(given: Given, failing: str) -> str:
    return f"{given.column()} IS NOT NULL AND {failing}"


def _between(given: Given) -> str:
    return _outside(given, given.column(*_ORDERED), given.of_column)


def _lengths(given: Given) -> str:
    return _outside(given, f"length({given.column(*_TEXT)})", given.whole)


def _outside(given: Given, value: str, literal: Callable[[Any], str]) -> str:
    limits = []
    for name, strict, sign in (("min_value", "strict_min", "<"), ("max_value", "strict_max", ">")):
        if given.get(name) is not None:
            limits.append(f"{value} {sign}{'=' if given.flag(strict) else ''} {literal(given.get(name))}")
    if not limits:
        raise NotOfferedError(f"{given.kind}: give min_value, max_value or both")
    return f"({' OR '.join(limits)})"


def _matches(given: Given, one: str, many: str, pattern: Callable[[str, str], str], *, wanted: bool) -> str:
    """Any (or with ``match_on: all`` every) pattern is to match, or none is."""
    column, texts = given.column(*_TEXT), given.texts(many) if given.has(many) else [given.text(one)]
    every = given.choice("match_on", ("any", "all")) == "all"
    found = f" {'AND' if every else 'OR'} ".join(pattern(column, text) for text in texts)
    return _not_null(given, f"NOT ({found})" if wanted else f"({found})")


def _regex(column: str, text: str) -> str:
    return f"regexp_matches({column}, {text})"


def _like(column: str, text: str) -> str:
    return f"{column} LIKE {text}"


def _not_in_set(given: Given) -> str:
    return _not_null(given, f"{given.column()} NOT IN ({', '.join(given.values('value_set'))})")


def _in_set(given: Given) -> str:
    return _not_null(given, f"{given.column()} IN ({', '.join(given.values('value_set'))})")


def _pair(given: Given, holds: Callable[[str, str], str]) -> str:
    """A pair with one value missing does not hold (as Great Expectations says on pandas; on SQL it passes over it)."""
    a, b = given.pair()
    return f"NOT ({_pair_ignored(given)}) AND NOT coalesce({holds(a, b)}, false)"


def _pair_ignored(given: Given) -> str:
    joined = {"both_values_are_missing": "AND", "either_value_is_missing": "OR"}
    a, b = given.pair()
    return f"{a} IS NULL {joined[given.choice('ignore_row_if', tuple(joined))]} {b} IS NULL"


def _greater(given: Given) -> str:
    sign = ">=" if given.flag("or_equal") else ">"
    return _pair(given, lambda a, b: f"{a} {sign} {b}")


def _pair_in_set(given: Given) -> str:
    pairs = given.pairs("value_pairs_set")
    return _pair(given, lambda a, b: " OR ".join(f"({a} = {x} AND {b} = {y})" for x, y in pairs))


def _several(given: Given, failing: Callable[[list[str]], str]) -> str:
    return f"NOT ({_several_ignored(given)}) AND ({failing(given.columns())})"


def _several_ignored(given: Given) -> str:
    joined = {"all_values_are_missing": " AND ", "any_value_is_missing": " OR "}
    word = joined[given.choice("ignore_row_if", tuple(joined))]
    return word.join(f"{c} IS NULL" for c in given.columns())


def _same_within(columns: list[str]) -> str:
    pairs = [(a, b) for i, a in enumerate(columns) for b in columns[i + 1 :]]
    return " OR ".join(f"{a} IS NOT DISTINCT FROM {b}" for a, b in pairs)


def _differ_within(columns: list[str]) -> str:
    return " OR ".join(f"{columns[0]} IS DISTINCT FROM {c}" for c in columns[1:])


def _sum_differs(given: Given) -> str:
    total = given.number("sum_total")
    given.columns(*_NUMBERS)
    return _several(given, lambda columns: f"NOT coalesce({' + '.join(columns)} = {total}, false)")


def _compound(given: Given) -> str:
    return _several(given, lambda columns: _occurs_twice([c.strip('"') for c in columns]))


def _column(
    failing: Callable[[Given], str], needs: tuple[str, ...] = (), takes: tuple[str, ...] = (), *, is_native: bool = True
) -> _Form:
    return _Form(("column", *needs), ("mostly", *takes), failing, _missing, is_native)


def _pairs(
    failing: Callable[[Given], str],
    needs: tuple[str, ...] = (),
    takes: tuple[str, ...] = (),
    *,
    is_native: bool = False,
) -> _Form:
    return _Form(
        ("column_A", "column_B", *needs), ("mostly", "ignore_row_if", *takes), failing, _pair_ignored, is_native
    )


def _record(failing: Callable[[Given], str], needs: tuple[str, ...] = (), *, is_native: bool = True) -> _Form:
    return _Form(("column_list", *needs), ("mostly", "ignore_row_if"), failing, _several_ignored, is_native)


def _table(*needs: str, takes: tuple[str, ...] = ()) -> _Form:
    return _Form(needs, takes, None, None, is_native=True)


_LIMITS = ("min_value", "max_value", "strict_min", "strict_max")
FORMS: dict[str, _Form] = {
    "ExpectColumnValuesToNotBeNull": _Form(("column",), ("mostly",), _missing, None, is_native=True),
    "ExpectColumnValuesToBeNull": _Form(
        ("column",), ("mostly",), lambda g: f"{g.column()} IS NOT NULL", None, is_native=True
    ),
    "ExpectColumnValuesToBeInSet": _column(_not_in_set, ("value_set",)),
    "ExpectColumnValuesToNotBeInSet": _column(_in_set, ("value_set",)),
    "ExpectColumnValuesToBeBetween": _column(_between, takes=_LIMITS),
    "ExpectColumnValueLengthsToBeBetween": _column(_lengths, takes=_LIMITS),
    "ExpectColumnValueLengthsToEqual": _column(
        lambda g: f"length({g.column(*_TEXT)}) <> {g.whole(g.get('value'))}", ("value",)
    ),
    "ExpectColumnValuesToMatchRegex": _column(
        lambda g: _matches(g, "regex", "", _regex, wanted=True), ("regex",), is_native=False
    ),
    "ExpectColumnValuesToNotMatchRegex": _column(
        lambda g: _matches(g, "regex", "", _regex, wanted=False), ("regex",), is_native=False
    ),
    "ExpectColumnValuesToMatchRegexList": _column(
        lambda g: _matches(g, "", "regex_list", _regex, wanted=True), ("regex_list",), ("match_on",), is_native=False
    ),
    "ExpectColumnValuesToNotMatchRegexList": _column(
        lambda g: _matches(g, "", "regex_list", _regex, wanted=False), ("regex_list",), is_native=False
    ),
    "ExpectColumnValuesToMatchLikePattern": _column(
        lambda g: _matches(g, "like_pattern", "", _like, wanted=True), ("like_pattern",), is_native=False
    ),
    "ExpectColumnValuesToNotMatchLikePattern": _column(
        lambda g: _matches(g, "like_pattern", "", _like, wanted=False), ("like_pattern",), is_native=False
    ),
    "ExpectColumnValuesToMatchLikePatternList": _column(
        lambda g: _matches(g, "", "like_pattern_list", _like, wanted=True),
        ("like_pattern_list",),
        ("match_on",),
        is_native=False,
    ),
    "ExpectColumnValuesToNotMatchLikePatternList": _column(
        lambda g: _matches(g, "", "like_pattern_list", _like, wanted=False), ("like_pattern_list",), is_native=False
    ),
    "ExpectColumnValuesToBeUnique": _column(lambda g: duplicated([g.get("column")]), is_native=False),
    "ExpectColumnPairValuesToBeEqual": _pairs(lambda g: _pair(g, lambda a, b: f"{a} = {b}"), is_native=True),
    "ExpectColumnPairValuesAToBeGreaterThanB": _pairs(_greater, takes=("or_equal",)),
    "ExpectColumnPairValuesToBeInSet": _pairs(_pair_in_set, ("value_pairs_set",)),
    "ExpectCompoundColumnsToBeUnique": _record(_compound, is_native=False),
    "ExpectSelectColumnValuesToBeUniqueWithinRecord": _record(lambda g: _several(g, _same_within)),
    "ExpectMulticolumnValuesToBeEqual": _record(lambda g: _several(g, _differ_within)),
    "ExpectMulticolumnSumToEqual": _record(_sum_differs, ("sum_total",), is_native=False),
    "ExpectTableRowCountToBeBetween": _table(takes=("min_value", "max_value")),
    "ExpectTableRowCountToEqual": _table("value"),
    "ExpectColumnMinToBeBetween": _table("column", takes=_LIMITS),
    "ExpectColumnMaxToBeBetween": _table("column", takes=_LIMITS),
    "ExpectColumnMeanToBeBetween": _table("column", takes=_LIMITS),
    "ExpectColumnMedianToBeBetween": _table("column", takes=_LIMITS),
    "ExpectColumnStdevToBeBetween": _table("column", takes=_LIMITS),
    "ExpectColumnSumToBeBetween": _table("column", takes=_LIMITS),
    "ExpectColumnQuantileValuesToBeBetween": _table("column", "quantile_ranges"),
    "ExpectColumnUniqueValueCountToBeBetween": _table("column", takes=_LIMITS),
    "ExpectColumnProportionOfUniqueValuesToBeBetween": _table("column", takes=_LIMITS),
    "ExpectColumnProportionOfNonNullValuesToBeBetween": _table("column", takes=_LIMITS),
    "ExpectColumnMostCommonValueToBeInSet": _table("column", "value_set", takes=("ties_okay",)),
    "ExpectColumnDistinctValuesToBeInSet": _table("column", "value_set"),
    "ExpectColumnDistinctValuesToContainSet": _table("column", "value_set"),
    "ExpectColumnDistinctValuesToEqualSet": _table("column", "value_set"),
}
_TYPES = {name.lower(): name for name in FORMS}
