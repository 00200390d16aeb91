"""The arguments of a rule that names an expectation, read as SQL.

Lives here: what an argument must be, so that a wrong one is one clear line before anything is judged.
Add here: another kind of argument.
Stays out: conditions (``conditions``).
"""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date, datetime
from typing import Any

from scheme.catalog import CatalogEntry, ItemType
from warehouse.engine import literal


class NotOfferedError(ValueError):
    """An expectation cannot be used as the rule says; the message is one English line."""


class Given:
    """The arguments of one rule, over the items of an entry."""

    def __init__(self, kind: str, arguments: dict[str, Any], entry: CatalogEntry) -> None:
        self.kind, self._arguments = kind, arguments
        self._types = {item.code: item.type for item in entry.items}

    def expect(self, needs: tuple[str, ...], takes: tuple[str, ...]) -> None:
        """Refuse missing and unknown arguments."""
        missing = [n for n in needs if self.get(n) is None]
        unknown = sorted(set(self._arguments) - {*needs, *takes})
        if missing or unknown:
            what = f"lacks {', '.join(missing)}" if missing else f"takes no {', '.join(unknown)[:80]}"
            raise NotOfferedError(f"{self.kind} {what}")
        share = self.get("mostly")
        if share is not None and not (_is_number(share) and 0 <= share <= 1):
            raise self._bad("mostly", "a share from 0 to 1")

    def get(self, name: str) -> Any:
        """Return an argument as given, or None."""
        return self._arguments.get(name)

    def has(self, name: str) -> bool:
        """Whether an argument is given."""
        return name in self._arguments

    def flag(self, name: str) -> bool:
        """Return a yes or no, no unless given."""
        value = self._arguments.get(name, False)
        if not isinstance(value, bool):
            raise self._bad(name, "true or false")
        return value

    def choice(self, name: str, words: tuple[str, ...]) -> str:
        """Return one of several words, the first unless given."""
        value = self._arguments.get(name, words[0])
        if value not in words:
            raise self._bad(name, f"one of {', '.join(words)}")
        return value

    def whole(self, value: Any) -> str:
        """Return a whole number from 0."""
        if not isinstance(value, int) or isinstance(value, bool) or value < 0:
            raise NotOfferedError(f"{self.kind}: a length is a whole number from 0")
        return str(value)

    def number(self, name: str) -> str:
        """Return a number."""
        if not _is_number(self.get(name)):
            raise self._bad(name, "a number")
        return repr(self.get(name))

    def text(self, name: str) -> str:
        """Return a text as SQL."""
        return self._text(name, self.get(name))

    def texts(self, name: str) -> list[str]:
        """Return a list of texts as SQL."""
        return [self._text(name, each) for each in self._list(name)]

    def values(self, name: str) -> list[str]:
        """Return a list of values of the column as SQL."""
        return [self.of_column(each) for each in self._list(name)]

    def of_column(self, value: Any) -> str:
        """Return a value as SQL that has the type of the column: 1 is no value of a text item."""
        return self._value(self.get("column"), value)

    def pairs(self, name: str) -> list[tuple[str, str]]:
        """Return pairs of values of both columns as SQL."""
        found = self._list(name)
        if any(not isinstance(p, list | tuple) or len(p) != 2 for p in found):
            raise self._bad(name, "a list of pairs")
        a, b = self.get("column_A"), self.get("column_B")
        return [(self._value(a, x), self._value(b, y)) for x, y in found]

    def column(self, *types: ItemType) -> str:
        """Return the column, quoted; of one of these types if any are named."""
        return self._quoted(self.get("column"), types)

    def pair(self) -> tuple[str, str]:
        """Return both columns, quoted; of types that can be compared."""
        a, b = self.get("column_A"), self.get("column_B")
        found = self._quoted(a, ()), self._quoted(b, ())
        if _family(self._types[a]) != _family(self._types[b]):
            raise NotOfferedError(f"{self.kind}: {a} and {b} are of different types")
        return found

    def columns(self, *types: ItemType) -> list[str]:
        """Return the columns, quoted: at least two different ones."""
        found = [self._quoted(each, types) for each in self._list("column_list")]
        if len(found) < 2 or len(set(found)) < len(found):
            raise self._bad("column_list", "a list of two or more different items")
        return found

    def check_columns(self) -> str:
        """Refuse an unknown item; of a rule of the whole table no condition is left."""
        if self.has("column"):
            self.column()
        return ""

    def _quoted(self, code: Any, types: Sequence[ItemType]) -> str:
        if not isinstance(code, str) or code not in self._types:
            raise NotOfferedError(f"{self.kind}: the register has no item {str(code)[:60]}")
        if types and self._types[code] not in types:
            raise NotOfferedError(f"{self.kind} does not fit {code}, which is of type {self._types[code].value}")
        return f'"{code}"'

    def _list(self, name: str) -> list[Any]:
        found = self.get(name)
        if not isinstance(found, list | tuple) or not found:
            raise self._bad(name, "a list that is not empty")
        return list(found)

    def _text(self, name: str, value: Any) -> str:
        if not isinstance(value, str) or not value:
            raise self._bad(name, "text")
        return literal(value)

    def _value(self, code: Any, value: Any) -> str:
        self._quoted(code, ())
        kind = self._types[code]
        fits = {
            ItemType.text: isinstance(value, str), ItemType.boolean: isinstance(value, bool),
            ItemType.decimal: _is_number(value), ItemType.integer: _is_number(value),
            ItemType.date: _is_date(value), ItemType.datetime: _is_date(value),
        }[kind]  # fmt: skip
        if not fits:
            raise NotOfferedError(
                f"{self.kind}: {str(value)[:40]!r} is no value of {code}, which is of type {kind.value}"
            )
        return repr(value).lower() if kind is ItemType.boolean or _is_number(value) else literal(str(value))

    def _bad(self, name: str, wanted: str) -> NotOfferedError:
        return NotOfferedError(f"{self.kind}: {name} is to be {wanted}")


def _is_number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool) and value == value and abs(value) < 1e300


def _is_date(value: Any) -> bool:
    if isinstance(value, date):
        return True
    try:
        return isinstance(value, str) and bool(datetime.fromisoformat(value))
    except ValueError:
        return False


def _family(kind: ItemType) -> str:
    numbers, days = (ItemType.decimal, ItemType.integer), (ItemType.date, ItemType.datetime)
    return "number" if kind in numbers else "day" if kind in days else kind.value
