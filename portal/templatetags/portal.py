"""Template filters and tags.

Lives here: small readings that templates cannot do. Stays out: rules.
"""

from __future__ import annotations

from datetime import date
from typing import Any

from django import template
from django.urls import NoReverseMatch, reverse

from expectations.models import Order
from portal.act_words import in_words
from registry.models import Release
from scheme import chinese_dates
from scheme.catalog import DATA_CLASSES
from scheme.names import product_name
from scheme.protocols import RuleOutcome

register = template.Library()


@register.filter
def get(mapping: dict[str, Any], key: str) -> Any:
    """Return a mapping's value, or the key itself."""
    return mapping.get(key, key)


@register.filter
def count(number: int | None) -> str:
    """Return a number of records with separators; 未申报 where none was declared."""
    return "未申报" if number is None else f"{number:,}"


@register.filter
def score(points: float | None) -> str:
    """Return a score to two decimals."""
    return "—" if points is None else f"{points:.2f}"


@register.filter
def positive(number: int) -> int:
    """Return how many days something is late."""
    return abs(number)


@register.filter
def class_name(code: str | None) -> str:
    """Return the Chinese name of an item's class."""
    return DATA_CLASSES.get(code or "", code or "")


@register.filter
def share(outcome: RuleOutcome) -> str:
    """Return the share of problem rows in percent."""
    if not outcome.evaluated_count:
        return "—"
    return f"{100 * outcome.unexpected_count / outcome.evaluated_count:.3f}%"


@register.filter
def dataset(release: Release) -> str:
    """Return a release's data set name in lineage."""
    return str(product_name(release.grant.grant, release.product))


@register.filter
def act_in_words(detail: dict[str, Any]) -> str:
    """Return the detail of an act in words."""
    return in_words(detail)


@register.filter
def days_left(days: int | None) -> str:
    """Return the working days left, or by how many it is late."""
    if days is None:
        return "—"
    return f"逾期{-days}个工作日" if days < 0 else f"剩余{days}个工作日" if days else "今日届满"


@register.filter
def chinese_day(day: date | None) -> str:
    """Return 2026年10月9日."""
    return chinese_dates.day(day) if day else "—"


@register.filter
def order_share(order: Order) -> str:
    """Return the share of an order's problem rows in percent."""
    return f"{100 * order.problem_count / order.total_count:.3f}%" if order.total_count else "—"


@register.simple_tag
def address(name: str, *arguments: Any) -> str:
    """Return the address of a page, or nothing where the portal has no such page for these."""
    try:
        return reverse(name, args=arguments)
    except NoReverseMatch:
        return ""
